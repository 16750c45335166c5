"""What the machine itself must have: looked for, installed with apt, else the one command is named."""

import ctypes
import importlib.util
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.postgres import server_programs
from scripts.steps import CannotGoOn, say

FONT_DIRS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
APT = ["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=120"]


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def font_revision(font: bytes) -> float:
    """The revision a TrueType file states of itself: the second number of its `head` table, 16.16 fixed."""
    tables = struct.unpack_from(">H", font, 4)[0]
    for entry in range(12, 12 + 16 * tables, 16):
        tag, _checksum, offset, _length = struct.unpack_from(">4sLLL", font, entry)
        if tag == b"head":
            return struct.unpack_from(">l", font, offset + 4)[0] / 65536
    return 0.0


def has_report_font() -> bool:
    """Liberation Serif 2.1 or later, in four styles: 1.x has no Vietnamese letters."""
    folders = [Path(folder).expanduser() for folder in FONT_DIRS]
    return all(
        any(
            round(font_revision(file.read_bytes()), 2) >= 2.1
            for folder in folders
            for file in folder.rglob(f"LiberationSerif-{style}.ttf")
        )
        for style in FONT_STYLES
    )


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@dataclass(frozen=True)
class Need:
    """One thing a command cannot do without; of `packages` the first that this system knows is installed."""

    what: str
    packages: tuple[str, ...]
    present: Callable[[], bool]


PAGES = (
    Need(
        "venv của Python",
        (f"python3.{sys.version_info.minor}-venv",),
        lambda: importlib.util.find_spec("ensurepip") is not None,
    ),
    Need("Pango", ("libpango-1.0-0",), partial(has_library, "libpango-1.0.so.0")),
    Need("Pango FT2", ("libpangoft2-1.0-0",), partial(has_library, "libpangoft2-1.0.so.0")),
    Need("HarfBuzz Subset", ("libharfbuzz-subset0",), partial(has_library, "libharfbuzz-subset.so.0")),
    Need("phông Liberation Serif 2.1", ("fonts-liberation2", "fonts-liberation"), has_report_font),
)
TESTS = (
    Need("Chromium", ("chromium", "chromium-browser"), lambda: chromium() is not None),
    Need("PostgreSQL", ("postgresql",), lambda: server_programs() is not None),
    Need("Poppler", ("poppler-utils",), lambda: shutil.which("pdftotext") is not None),
)
OFFICE = ("libreoffice-writer-nogui", "libreoffice-writer")
BENCH = (Need("LibreOffice", OFFICE, lambda: shutil.which("soffice") is not None),)
NEEDS = {"demo": PAGES, "lint": PAGES, "test": PAGES + TESTS, "bench": PAGES + TESTS + BENCH}


def lacking(purpose: str) -> list[Need]:
    return [need for need in NEEDS[purpose] if not need.present()]


def known(package: str) -> bool:
    """Whether apt's lists, as they are now, offer this package itself (not only its name)."""
    shown = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)
    return shown.returncode == 0 and bool(shown.stdout)


def chosen(needs: list[Need]) -> list[str]:
    return [next(filter(known, need.packages), need.packages[0]) for need in needs]


def apt(*arguments: str, log: Path) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as output:
        done = subprocess.run([*APT, *arguments], env=environment, stdout=output, stderr=output, check=False)
    return done.returncode == 0


def ensure(purpose: str, log: Path) -> None:
    """Install what is lacking. Only root on Debian or Ubuntu installs; anyone else is told the one command."""
    needs = lacking(purpose)
    if not needs:
        return
    names = ", ".join(need.what for need in needs)
    if not shutil.which("apt-get"):
        raise CannotGoOn(f"Máy thiếu {names}; hãy cài bằng trình quản lý gói của máy rồi chạy lại.")
    if os.geteuid() != 0:
        packages = " ".join(chosen(needs))
        raise CannotGoOn(f"Máy thiếu {names}; hãy chạy «sudo apt-get install -y {packages}» rồi chạy lại.")
    install(needs, names, log)
    still = ", ".join(need.what for need in lacking(purpose))
    if still:
        raise CannotGoOn(f"Đã cài nhưng vẫn thiếu {still}; xem {log}.")


def install(needs: list[Need], names: str, log: Path) -> None:
    say(f"      đang cài {names} …")
    install_now = ("install", "--no-install-recommends")
    listed = all(any(map(known, need.packages)) for need in needs)
    if listed and apt(*install_now, *chosen(needs), log=log):
        return
    # Lists that are missing or old: fetch them once, then try again.
    apt("update", log=log)
    packages = chosen(needs)
    if not apt(*install_now, *packages, log=log):
        raise CannotGoOn(f"apt-get không cài được {' '.join(packages)} (không có mạng?); xem {log}.")
