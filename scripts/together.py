"""Programs that live and die together: when one ends, or Ctrl-C is pressed, the others are ended too."""

import os
import signal
import subprocess
import time
from pathlib import Path

GRACE_SECONDS = 20


def run_together(commands: list[list[str]], *, cwd: Path, environment: dict[str, str] | None = None) -> int:
    """Run until the first of `commands` ends. 0 after Ctrl-C; 1 when one ended by itself: none of them should."""
    running = []
    try:
        for command in commands:
            # Sessions of their own: a Ctrl-C reaches this program only, which then ends them in order.
            running.append(subprocess.Popen(command, cwd=cwd, env=environment, start_new_session=True))
        while all(program.poll() is None for program in running):
            time.sleep(0.2)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        end(running)


def end(running: list[subprocess.Popen]) -> None:
    for program in running:
        if program.poll() is None:
            program.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for program in running:
        try:
            program.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()
