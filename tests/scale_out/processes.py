"""What worker processes of the tests call, and looking for processes; not a test."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

PATIENCE = 60.0


def die_once(marker: str, value: int) -> int:
    """Kills its own process the first time, when it leaves ``marker``; then ``value``."""
    path = Path(marker)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return value


def die(value: int) -> int:
    """Kills its own process; never a value."""
    os.kill(os.getpid(), signal.SIGKILL)
    return value


def environment(name: str) -> str | None:
    """What the process has in its environment."""
    return os.environ.get(name)


def sleep_long(folder: str, seconds: float) -> None:
    """Leave a file named after the process, and sleep."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(seconds)


def alive(pid: int) -> bool:
    """Whether the process runs, zombies not counted."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_until(condition, what: str):  # type: ignore[no-untyped-def]
    """The first true value of ``condition``; fails by name after a minute."""
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.05)
    return value


def leave(path: str, text: str) -> None:
    """A file that is there whole or not at all."""
    part = Path(f"{path}.{os.getpid()}")
    part.write_text(text)
    part.rename(path)


def read(path: Path) -> str:
    """What was left in a file, or nothing."""
    return path.read_text() if path.exists() else ""
