"""`make lint`: every check of the code that needs no running portal. All of them run, also after one has failed."""

import subprocess
import sys

from scripts.setup import PYTHON, ROOT, STEPS, prepare
from scripts.steps import Steps, run_script, say

PROGRAMS = PYTHON.parent


def checks() -> dict[str, list[str]]:
    templates = sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("templates/**/*.html"))
    return {
        "ruff format": [f"{PROGRAMS}/ruff", "format", "--check", "."],
        "ruff check": [f"{PROGRAMS}/ruff", "check", "."],
        "djade": [f"{PROGRAMS}/djade", "--check", "--target-version", "6.1", *templates],
        "import-linter": [f"{PROGRAMS}/lint-imports"],
        "mypy": [f"{PROGRAMS}/mypy"],
        "makemigrations": [f"{PYTHON}", "manage.py", "makemigrations", "--check", "--dry-run"],
        "templates, translations": [f"{PYTHON}", "-m", "pytest", "-q", "tests/test_consistency.py"],
    }


def main() -> int:
    todo = checks()
    steps = Steps(STEPS + len(todo))
    prepare("lint", steps)
    failed = []
    for name, command in todo.items():
        steps.begin(name)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    say(f"✗ Không đạt: {', '.join(failed)}" if failed else "Mọi kiểm tra đều đạt.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run_script(main))
