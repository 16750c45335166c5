"""The virtual environment: made beside its final place, then renamed, so that a `.venv` that exists is a whole one."""

import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.steps import CannotGoOn, say

LOCKS = {"demo": "requirements.txt", "dev": "requirements-dev.txt"}
HOLDS = {"demo": ("demo",), "dev": ("demo", "dev")}
# What pip says when no index answers; an index that cannot be reached also "has no versions".
OFFLINE = re.compile(
    r"NewConnectionError|NameResolutionError|Network is unreachable|timed out|ProxyError|versions: none"
)


def stamp(root: Path, kinds: tuple[str, ...]) -> dict[str, str]:
    """What an environment was made from; it can be used as long as all of this is still true."""
    return {
        "python": platform.python_version(),
        "place": str(root / ".venv"),
        **{kind: hashlib.sha256((root / LOCKS[kind]).read_bytes()).hexdigest() for kind in kinds},
    }


def is_current(root: Path, kind: str) -> bool:
    try:
        found = json.loads((root / ".venv" / "stamp.json").read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    wanted = stamp(root, (kind,))
    return (root / ".venv/bin/python").exists() and all(found.get(name) == value for name, value in wanted.items())


def ensure(root: Path, kind: str, log: Path) -> None:
    """Make `.venv` anew unless it was made from this very lock file."""
    if is_current(root, kind):
        return
    new, old, final = root / ".venv.new", root / ".venv.old", root / ".venv"
    shutil.rmtree(new, ignore_errors=True)
    try:
        build(new, root / LOCKS[kind], log)
        move_scripts(new, final)
        (new / "stamp.json").write_text(json.dumps(stamp(root, HOLDS[kind]), indent=1))
        shutil.rmtree(old, ignore_errors=True)
        if final.exists():
            final.rename(old)
        new.rename(final)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def build(place: Path, lock: Path, log: Path) -> None:
    command = [sys.executable, "-m", "venv", "--prompt", "phoi-hop", place]
    with log.open("ab") as output:
        made = subprocess.run(command, stdout=output, stderr=output, check=False)
    if made.returncode:
        raise CannotGoOn(f"Không tạo được môi trường Python tại {place}; xem {log}.")
    install(place / "bin" / "python", lock, log)


def install(python: Path, lock: Path, log: Path) -> None:
    """Install the locked packages, each checked against its hash, saying how far it is."""
    total = len(re.findall(r"^[a-z0-9].*==", lock.read_text(), flags=re.MULTILINE))
    command = [python, "-m", "pip", "install", "--require-hashes", "--no-deps", "--progress-bar", "off", "-r", lock]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
    say(f"      đang cài {total} gói Python (lần đầu mất khoảng một phút) …")
    lines = []
    output = subprocess.PIPE
    with (
        log.open("a") as file,
        subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, text=True) as pip,
    ):
        try:
            for line in pip.stdout:
                lines.append(line)
                file.write(line)
                count = sum(each.startswith("Collecting ") for each in lines)
                if line.startswith("Collecting ") and count % 20 == 0:
                    say(f"      {count}/{total} gói")
        except BaseException:
            pip.kill()
            raise
    if pip.returncode:
        raise CannotGoOn(reason(lines, log))


def reason(lines: list[str], log: Path) -> str:
    if any(map(OFFLINE.search, lines)):
        return f"Không tải được gói Python: máy không có mạng hoặc kho gói không trả lời; xem {log}."
    errors = [line.removeprefix("ERROR: ").strip() for line in lines if line.startswith("ERROR:")]
    return f"Không cài được gói Python: {errors[0] if errors else 'pip dừng giữa chừng'}; xem {log}."


def move_scripts(place: Path, final: Path) -> None:
    """The programs in bin/ name the folder they were made in; let them name the one they will stand in."""
    for file in (place / "pyvenv.cfg", *(place / "bin").iterdir()):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            moved = content.replace(os.fsencode(place), os.fsencode(final))
            if moved != content:
                file.write_bytes(moved)


def write_env(file: Path) -> None:
    """Settings of this machine, with a secret of its own. An existing file is never touched."""
    if file.exists():
        return
    text = (
        "# Settings of this machine only; .env.example explains every variable.\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        "SECURE=False\n"
    )
    new = file.with_name(".env.new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.rename(file)
