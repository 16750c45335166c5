"""A PostgreSQL of one's own for as long as a command runs: `python -m scripts.postgres COMMAND …` sets DATABASE_URL.

It lives in a temporary folder, is reached on a free port of this machine only, and never waits for the disk: what it
holds is worth nothing once the command has ended.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.steps import CannotGoOn, run_script

START_SECONDS = 60
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=256MB", "max_connections=100")
# Tests roll back what they write: a table that was emptied again would be remembered as empty for the next of them,
# and its plans be made for no rows.
PLANS = ("autovacuum=off",)


def server_programs() -> Path | None:
    """The folder that holds initdb and postgres. Debian keeps them out of PATH, one folder a version."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    if found:
        folders.insert(0, Path(found).resolve().parent)
    whole = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return whole[-1] if whole else None


def unprivileged() -> dict[str, object]:
    """Who the server runs as: whoever calls, but never root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    raise CannotGoOn("Không có người dùng «postgres» hay «nobody» để chạy PostgreSQL tạm.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Yield the DATABASE_URL of a server made for this call; it and its folder are gone afterwards, come what may."""
    programs = server_programs()
    if programs is None:
        raise CannotGoOn("Máy thiếu PostgreSQL (initdb); hãy chạy «sudo apt-get install -y postgresql» rồi chạy lại.")
    place = Path(tempfile.mkdtemp(prefix="phoihop-pg-"))
    server = None
    try:
        person = unprivileged()
        if person:
            os.chown(place, person["user"], person["group"])
        create_cluster(programs, place, person)
        server, port = start(programs, place, person)
        yield f"postgres://phoihop@127.0.0.1:{port}/postgres"
    finally:
        if server:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(place, ignore_errors=True)


def create_cluster(programs: Path, place: Path, person: dict[str, object]) -> None:
    command = [programs / "initdb", "-D", place / "data", "-U", "phoihop", "-A", "trust", "-E", "UTF8", "-N"]
    done = subprocess.run(
        [*command, "--locale=C.UTF-8"], cwd=place, capture_output=True, text=True, check=False, **person
    )
    if done.returncode:
        raise CannotGoOn(f"Không tạo được PostgreSQL tạm: {done.stderr.strip().splitlines()[-1]}")


def start(programs: Path, place: Path, person: dict[str, object]) -> tuple[subprocess.Popen, int]:
    """Start the server. Its own session: a Ctrl-C at the terminal must reach the tests first, the server last."""
    for _attempt in range(3):  # another program may take the port between the look and the start
        port = free_port()
        settings = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={place}", *SPEED, *PLANS)
        command = [programs / "postgres", "-D", place / "data", *(part for each in settings for part in ("-c", each))]
        with (place / "log").open("wb") as log:
            server = subprocess.Popen(command, cwd=place, stdout=log, stderr=log, start_new_session=True, **person)
        if answers(programs, server, port):
            return server, port
    last = (place / "log").read_text(errors="replace").strip().splitlines()[-1:]
    raise CannotGoOn(f"PostgreSQL tạm không khởi động được: {' '.join(last)}")


def answers(programs: Path, server: subprocess.Popen, port: int) -> bool:
    """Wait until the server takes connections; one that does not is ended here."""
    question = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + START_SECONDS
    ready = False
    try:
        while not ready and time.monotonic() < deadline and server.poll() is None:
            time.sleep(0.1)
            ready = subprocess.run(question, check=False).returncode == 0
    finally:
        if not ready:
            server.kill()
            server.wait()
    return ready


def main() -> int:
    with temporary_postgres() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(run_script(main))
