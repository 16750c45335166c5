"""`make demo`: sample data, the six-month report in out/, and the portal on http://127.0.0.1:8000.

PORT=8001 takes another port; SERVE=0 stops before serving.
"""

import os
import socket
import sys

from scripts.setup import PYTHON, ROOT, STEPS, manage, prepare
from scripts.steps import CannotGoOn, Steps, run_script, say
from scripts.together import run_together

REPORT = "out/bao-cao-6-thang"
FORMATS = ("pdf", "docx", "xlsx")


def port_wanted() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotGoOn(f"PORT={text} không phải là số cổng (1–65535).")
    return int(text)


def check_port(port: int) -> None:
    """Say at once, before minutes of set-up, that another program listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotGoOn(f"Cổng {port} chỉ dành cho root; hãy chạy «make demo PORT=8000».") from None
        except OSError:
            raise CannotGoOn(
                f"Cổng {port} đang có chương trình khác dùng; hãy chạy «make demo PORT={port + 1}»."
            ) from None


def load_and_render(steps: Steps) -> str:
    """Database, sample data, report. Returns the sign-ins, as load_demo prints them."""
    steps.begin("Cơ sở dữ liệu SQLite var/phoihop.sqlite3")
    manage("migrate", "--noinput", "--verbosity=0")
    steps.begin("Đơn vị hành chính, danh mục, dữ liệu mẫu")
    manage("load_units")
    manage("load_lists")
    sign_ins = manage("load_demo", capture=True)
    steps.begin(f"Báo cáo 6 tháng: {report_files()}")
    (ROOT / "out").mkdir(exist_ok=True)
    which = ("--agency", "SDTTG", "--province", "51", "--period", "2026-H1", "--kind", "gender-equality")
    for kind in FORMATS:
        manage("render_report", *which, "--format", kind, "--output", f"{REPORT}.{kind}")
    return sign_ins


def report_files() -> str:
    return ", ".join(f"{REPORT}.{kind}" for kind in FORMATS)


def serve(port: int) -> int:
    address = f"127.0.0.1:{port}"
    say(f"\nMở http://{address} · dừng bằng Ctrl-C\n")
    web = [PYTHON, "-m", "gunicorn", "config.wsgi", "--bind", address, "--workers", "2", "--threads", "4"]
    worker = [PYTHON, "manage.py", "run_worker"]
    ended = run_together([[*web, "--log-level", "warning"], worker], cwd=ROOT)
    if ended:
        raise CannotGoOn("Máy chủ hoặc tiến trình nền đã dừng, nên cả hai đều dừng; lý do ở các dòng trên.")
    say("Đã dừng máy chủ và tiến trình nền.")
    return 0


def main() -> int:
    serving, port = os.environ.get("SERVE") != "0", port_wanted()
    if serving:
        check_port(port)
    os.environ["DATABASE_URL"] = f"sqlite:///{ROOT}/var/phoihop.sqlite3"  # never samples into another database
    steps = Steps(STEPS + 3)
    prepare("demo", steps)
    sign_ins = load_and_render(steps)
    say(f"\nXong. Báo cáo: {report_files()}\n\n{sign_ins.rstrip()}")
    return serve(port) if serving else 0


if __name__ == "__main__":
    sys.exit(run_script(main))
