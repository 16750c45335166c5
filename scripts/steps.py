"""How the scripts speak to the person who runs them: numbered steps, and one sentence when something is in the way."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CannotGoOn(Exception):
    """Something the person at the terminal has to see to; the text says what, in one sentence."""


class Steps:
    """Numbers the steps of one command: `[2/5] …`."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0

    def begin(self, what: str) -> None:
        self.done += 1
        say(f"[{self.done}/{self.total}] {what}")


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into SystemExit, so that every `finally` runs and nothing half made stays behind."""

    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_script(main: Callable[[], int]) -> int:
    """Run one command; what stands in its way becomes one sentence on stderr and exit code 1."""
    try:
        with ended_by_signals():
            return main()
    except CannotGoOn as obstacle:
        print(f"✗ {obstacle}", file=sys.stderr, flush=True)
    except OSError as error:
        print(f"✗ Hệ điều hành báo lỗi: {error}.", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("\nĐã dừng theo yêu cầu.", file=sys.stderr, flush=True)
        return 130
    return 1
