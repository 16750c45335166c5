"""`make bench`: the promises of speed, measured on a temporary PostgreSQL; a table, and out/bench.json."""

import os
import shlex
import subprocess
import sys

from scripts.postgres import temporary_postgres
from scripts.setup import PYTHON, ROOT, STEPS, prepare
from scripts.steps import Steps, run_script


def main() -> int:
    steps = Steps(STEPS + 1)
    prepare("bench", steps)
    steps.begin("Đo trên PostgreSQL tạm")
    (ROOT / "out").mkdir(exist_ok=True)
    with temporary_postgres() as url:
        environment = {**os.environ, "DATABASE_URL": url}
        command = [PYTHON, "-m", "bench", *shlex.split(os.environ.get("ARGS", ""))]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(run_script(main))
