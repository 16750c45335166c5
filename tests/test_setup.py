"""The set-up as a person meets it: an obstacle is said in one sentence, and nothing half made stays behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from unittest.mock import Mock

import pytest
from fontTools.ttLib import TTFont

from scripts import demo, environment, system_packages
from scripts.steps import CannotGoOn
from scripts.system_packages import Need

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
TOGETHER = "import sys; from pathlib import Path; from scripts.together import run_together; "


@pytest.fixture
def fake_program(tmp_path):
    """Write a shell script of that name into a folder that can stand in PATH."""

    def write(name, body, folder="bin"):
        file = tmp_path / folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)
        return file

    return write


def find_python(tmp_path):
    """Run the search where only the programs of the test and three plain tools can be found."""
    for tool in ("cat", "dirname"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    places = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "PYENV_ROOT": str(tmp_path / "pyenv")}
    return subprocess.run(
        ["/bin/sh", ROOT / "scripts/find_python.sh"], env=places, capture_output=True, text=True, check=False
    )


def test_python_is_taken_in_the_order_promised(tmp_path, fake_program):
    fake_program("python3", "echo plain")
    fake_program("python3.12", "echo twelve")
    fake_program("python3", "echo any-pyenv", folder="pyenv/versions/3.14.1/bin")
    order = []
    for name, folder in [("python3.13", "bin"), ("python3", "pyenv/versions/3.13.7/bin")]:
        shutil.rmtree(tmp_path / "bin2", ignore_errors=True)
        fake_program(name, f"echo {folder}", folder=folder)
        for tool in ("cat", "dirname"):
            (tmp_path / "bin" / tool).unlink(missing_ok=True)
        order.append(find_python(tmp_path).stdout.strip())
    assert order == ["bin", "pyenv/versions/3.13.7/bin"]


def test_python_too_old_is_one_sentence(tmp_path, fake_program):
    fake_program("python3", 'case "$2" in *platform*) echo 3.9.2;; *) exit 1;; esac')
    found = find_python(tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("✗ Cần Python 3.12 trở lên (python3 trên máy này: 3.9.2).")
    assert found.stderr.count("\n") == 1


def run_demo(port):
    return subprocess.run(
        [sys.executable, "-m", "scripts.demo"],
        cwd=ROOT,
        env={**os.environ, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )


def test_taken_port_stops_the_demo_before_any_work():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_demo(str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"✗ Cổng {port} đang có chương trình khác dùng; hãy chạy «make demo PORT={port + 1}».\n"


@pytest.mark.parametrize("port", ["80a", "²", "65536"])
def test_port_that_is_no_port_is_refused(port):
    done = run_demo(port)
    assert (done.returncode, done.stderr) == (1, f"✗ PORT={port} không phải là số cổng (1–65535).\n")


def test_port_kept_for_root_is_not_called_taken(monkeypatch):
    monkeypatch.setattr(socket.socket, "bind", Mock(side_effect=PermissionError))
    with pytest.raises(CannotGoOn, match=r"^Cổng 80 chỉ dành cho root"):
        demo.check_port(80)


# The virtual environment


def make_wheel(folder):
    """A package of one line with one program, and the lock line that names its hash."""
    info = "tiny_part-1.0.dist-info"
    files = {
        "tiny_part.py": "def main():\n    print('here')\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-part\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ntiny-part = tiny_part:main\n",
    }
    record = [
        f"{name},sha256={urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}"
        for name, text in files.items()
    ]
    wheel = folder / "tiny_part-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,"]))
    return f"tiny-part==1.0 --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree whose lock file names one tiny package, and a pip that looks for it beside the tree only."""
    tree = tmp_path / "tree"
    tree.mkdir()
    lock = make_wheel(tmp_path)
    for file in environment.LOCKS.values():
        (tree / file).write_text(lock)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tree


def leftovers(tree):
    return sorted(path.name for path in tree.iterdir() if path.name.startswith(".venv"))


def test_environment_is_whole_and_made_once(tree, tmp_path, capsys):
    environment.ensure(tree, "dev", tmp_path / "log")
    program = tree / ".venv/bin/tiny-part"
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "here\n"
    made = (tree / ".venv").stat().st_ino
    environment.ensure(tree, "dev", tmp_path / "log")
    environment.ensure(tree, "demo", tmp_path / "log")
    assert (tree / ".venv").stat().st_ino == made
    (tree / "requirements-dev.txt").write_text("# another lock\n" + (tree / "requirements-dev.txt").read_text())
    environment.ensure(tree, "dev", tmp_path / "log")
    assert (tree / ".venv").stat().st_ino != made
    assert leftovers(tree) == [".venv"]


def test_no_network_is_one_sentence_and_leaves_nothing(tree, tmp_path, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(CannotGoOn, match=r"^Không tải được gói Python: máy không có mạng"):
        environment.ensure(tree, "demo", tmp_path / "log")
    assert leftovers(tree) == []


def test_package_that_is_not_the_locked_one_is_refused(tree, tmp_path):
    environment.ensure(tree, "demo", tmp_path / "log")
    before = (tree / ".venv").stat().st_ino
    (tree / "requirements.txt").write_text(f"tiny-part==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(CannotGoOn, match=r"^Không cài được gói Python: THESE PACKAGES DO NOT MATCH THE HASHES"):
        environment.ensure(tree, "demo", tmp_path / "log")
    assert leftovers(tree) == [".venv"]
    assert (tree / ".venv").stat().st_ino == before
    assert not environment.is_current(tree, "demo")


def test_interrupted_install_leaves_nothing(tree, tmp_path, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        code = (
            "from pathlib import Path; from scripts import environment; from scripts.steps import run_script; "
            f"run_script(lambda: environment.ensure(Path({str(tree)!r}), 'demo', Path({str(tmp_path / 'log')!r})))"
        )
        setup = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
        silent.settimeout(60)
        asked, _address = silent.accept()  # pip has asked the silent index: the new environment stands half made
        assert leftovers(tree) == [".venv.new"]
        setup.send_signal(signal.SIGTERM)
        assert setup.wait(timeout=30) == 128 + signal.SIGTERM
        setup.stdout.close()
        asked.close()
    assert leftovers(tree) == []


def test_env_file_has_a_secret_of_its_own_and_is_kept(tmp_path):
    for name in ("a", "b"):
        environment.write_env(tmp_path / name)
    first = (tmp_path / "a").read_text()
    environment.write_env(tmp_path / "a")
    assert (tmp_path / "a").read_text() == first != (tmp_path / "b").read_text()
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


# What the machine itself must have

PANGO = Need("Pango", ("libpango-1.0-0",), lambda: False)


def test_missing_library_names_the_one_command(tmp_path, monkeypatch):
    monkeypatch.setitem(system_packages.NEEDS, "demo", (PANGO,))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CannotGoOn) as told:
        system_packages.ensure("demo", tmp_path / "log")
    assert str(told.value) == ("Máy thiếu Pango; hãy chạy «sudo apt-get install -y libpango-1.0-0» rồi chạy lại.")


@pytest.mark.parametrize(
    ("works_at", "calls"),
    [
        (1, ["install"]),
        (3, ["install", "update", "install"]),
    ],
)
def test_root_installs_and_fetches_the_lists_only_when_needed(tmp_path, monkeypatch, fake_program, works_at, calls):
    """apt-get stands in as a program that notes its verb, and installs at its n-th call."""
    noted, done = tmp_path / "calls", tmp_path / "done"
    fake_program("apt-cache", "echo Package: known")
    fake_program(
        "apt-get",
        f'for word in "$@"; do case $word in install|update) echo $word >> {noted};; esac; done\n'
        f'[ "$(wc -l < {noted})" -ge {works_at} ] && touch {done} && exit 0\nexit 1',
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setitem(system_packages.NEEDS, "demo", (Need("Pango", ("libpango-1.0-0",), done.exists),))
    system_packages.ensure("demo", tmp_path / "log")
    assert noted.read_text().split() == calls


def test_install_that_fails_is_one_sentence(tmp_path, monkeypatch, fake_program):
    fake_program("apt-cache", "exit 100")
    fake_program("apt-get", "exit 100")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setitem(system_packages.NEEDS, "demo", (PANGO,))
    with pytest.raises(CannotGoOn, match=r"^apt-get không cài được libpango-1.0-0 \(không có mạng\?\)"):
        system_packages.ensure("demo", tmp_path / "log")


def test_font_revision_is_what_font_tools_read():
    folders = [Path(folder).expanduser() for folder in system_packages.FONT_DIRS]
    font = next(file for folder in folders for file in folder.rglob("LiberationSerif-Regular.ttf"))
    assert system_packages.font_revision(font.read_bytes()) == TTFont(font)["head"].fontRevision


# Programs that run beside each other


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_temporary_postgres_is_gone_after_a_signal():
    command = "echo $DATABASE_URL; exec sleep 60"
    script = subprocess.Popen(
        [sys.executable, "-m", "scripts.postgres", "sh", "-c", command], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with script.stdout as said:
        address = said.readline().partition("@")[2].partition("/")[0].split(":")
    folder = next(
        Path(entry.split("=", 1)[1])
        for pid in Path("/proc").glob("[0-9]*/cmdline")
        if address[1] in (words := pid.read_bytes().decode(errors="replace"))
        for entry in words.split("\0")
        if entry.startswith("unix_socket_directories=")
    )
    socket.create_connection(address, timeout=5).close()
    script.send_signal(signal.SIGTERM)
    assert script.wait(timeout=30) == 128 + signal.SIGTERM
    assert not folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def wait_for_pid(file):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if file.exists() and file.read_text().strip():
            return int(file.read_text())
        time.sleep(0.05)
    pytest.fail(f"{file.name} never started")


def test_one_program_ending_ends_the_other(tmp_path):
    note = f"echo $$ > {tmp_path / 'pid'}; exec sleep 60"
    code = TOGETHER + f"sys.exit(run_together([['sh', '-c', {note!r}], ['sleep', '1']], cwd=Path('.')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30, check=False)
    assert done.returncode == 1
    assert is_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 128 + signal.SIGTERM)])
def test_signal_ends_both_programs(tmp_path, number, code):
    files = [tmp_path / "first", tmp_path / "second"]
    commands = [["sh", "-c", f"echo $$ > {file}; exec sleep 60"] for file in files]
    text = TOGETHER + "from scripts.steps import run_script; "
    text += f"sys.exit(run_script(lambda: run_together({commands!r}, cwd=Path('.'))))"
    both = subprocess.Popen([sys.executable, "-c", text], cwd=ROOT)
    pids = [wait_for_pid(file) for file in files]
    both.send_signal(number)
    assert both.wait(timeout=30) == code
    assert all(is_gone(pid) for pid in pids)
