"""`make lock`: write requirements.txt and requirements-dev.txt from pyproject.toml, each version with its hashes.

Versions already locked stay; ARGS="--upgrade" or ARGS="--upgrade-package NAME" moves them.
"""

import os
import shlex
import subprocess
import sys

from scripts.setup import ROOT
from scripts.steps import run_script

# No option: with one, addresses of this machine's package index would reach the files.
OPTIONS = ["--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe", "--no-annotate", "--no-emit-options"]
FILES = {"requirements.txt": [], "requirements-dev.txt": ["--extra", "dev", "--constraint", "requirements.txt"]}


def main() -> int:
    environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"}
    for file, extra in FILES.items():
        more = [*extra, *shlex.split(os.environ.get("ARGS", "")), "--output-file", file, "pyproject.toml"]
        done = subprocess.run(
            [sys.executable, "-m", "piptools", "compile", *OPTIONS, *more], cwd=ROOT, env=environment, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(run_script(main))
