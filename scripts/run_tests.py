"""`make test`: the whole suite, once on SQLite and once on a temporary PostgreSQL. ARGS="…" is passed to pytest.

Journeys in the browser run on PostgreSQL only, but those marked `both_databases`; tests marked `once` in the first
pass only. `--soak` runs the long fault tests instead.
"""

import os
import shlex
import subprocess
import sys

from scripts.postgres import temporary_postgres
from scripts.setup import PYTHON, ROOT, STEPS, prepare
from scripts.steps import Steps, run_script, say

PASSES = {
    "SQLite": "not soak and (not browser or both_databases)",
    "PostgreSQL": "not soak and not once",
}
SOAK = {"SQLite": "soak", "PostgreSQL": "soak"}
NOTHING_COLLECTED = 5


def run_pass(expression: str, database_url: str) -> int:
    command = [PYTHON, "-m", "pytest", "--numprocesses=2", "-m", expression]
    environment = {**os.environ, "DATABASE_URL": database_url}
    return subprocess.run(
        [*command, *shlex.split(os.environ.get("ARGS", ""))], cwd=ROOT, env=environment, check=False
    ).returncode


def main() -> int:
    passes = SOAK if "--soak" in sys.argv[1:] else PASSES
    steps = Steps(STEPS + len(passes))
    prepare("test", steps)
    codes = {}
    for name, expression in passes.items():
        steps.begin(f"pytest trên {name}")
        if name == "SQLite":
            codes[name] = run_pass(expression, f"sqlite:///{ROOT}/var/tests.sqlite3")
        else:
            with temporary_postgres() as url:
                codes[name] = run_pass(expression, url)
    verdicts = {name: "đạt" if code in (0, NOTHING_COLLECTED) else "KHÔNG ĐẠT" for name, code in codes.items()}
    say(" · ".join(f"{name}: {verdict}" for name, verdict in verdicts.items()))
    ran = [code for code in codes.values() if code != NOTHING_COLLECTED]
    return int(any(ran)) if ran else NOTHING_COLLECTED


if __name__ == "__main__":
    sys.exit(run_script(main))
