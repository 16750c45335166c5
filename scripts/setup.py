"""From a fresh clone to a tree that runs. Each part first looks whether it is there: a second run takes seconds.

`python -m scripts.setup [demo | lint | test | bench]`
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import environment, system_packages
from scripts.steps import CannotGoOn, Steps, run_script, say

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
STEPS = 4
KINDS = {"demo": "demo", "lint": "dev", "test": "dev", "bench": "dev"}


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in one tree; a second one waits for the first."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Một lần cài đặt khác đang chạy; chờ nó xong …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(purpose: str, steps: Steps) -> None:
    """Bring the tree to where `purpose` can run: four steps of `steps`."""
    log = ROOT / "var" / "setup.log"
    with alone():
        log.write_bytes(b"")
        steps.begin(f"Python {sys.version.split()[0]}: {sys.executable}")
        steps.begin("Thư viện hệ thống")
        system_packages.ensure(purpose, log)
        steps.begin("Môi trường Python .venv")
        environment.ensure(ROOT, KINDS[purpose], log)
        environment.write_env(ROOT / ".env")
        steps.begin("Phông chữ, biểu tượng, tệp tĩnh")
        collect_static(ROOT / "var" / "static.stamp")


def manage(*arguments: str, capture: bool = False) -> str:
    """Run one management command; whatever it prints is shown, or returned."""
    output = subprocess.PIPE if capture else None
    done = subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, stdout=output, text=True, check=False)
    if done.returncode:
        raise CannotGoOn(f"Lệnh «manage.py {' '.join(arguments)}» dừng với mã {done.returncode}.")
    return done.stdout or ""


def static_sources() -> list[Path]:
    """All that the static files are made from: ours, the command that builds, the packages that bring the rest."""
    patterns = ("static/**/*", "*/management/commands/build_assets.py", "requirements.txt")
    return sorted(file for pattern in patterns for file in ROOT.glob(pattern) if file.is_file())


def collect_static(stamp: Path) -> None:
    """Build fonts and icons, then collect all static files, unless nothing they are made from has changed."""
    digest = hashlib.sha256()
    for file in static_sources():
        digest.update(os.fsencode(file.relative_to(ROOT)) + file.read_bytes())
    if stamp.exists() and stamp.read_text() == digest.hexdigest() and (ROOT / "var/static").is_dir():
        return
    stamp.unlink(missing_ok=True)
    (ROOT / "var/assets").mkdir(exist_ok=True)  # settings name it: without it every command warns
    manage("build_assets")
    manage("collectstatic", "--noinput", "--clear", "--verbosity=0")
    new = stamp.with_suffix(".new")
    new.write_text(digest.hexdigest())
    new.replace(stamp)


def main() -> int:
    prepare(sys.argv[1] if len(sys.argv) > 1 else "demo", Steps(STEPS))
    return 0


if __name__ == "__main__":
    sys.exit(run_script(main))
