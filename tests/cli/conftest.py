"""What tests of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from binpack.cli.main import main


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """Four copies of two applications."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "applications:\n  - {name: web, replicas: 3, cpu: 500m, memory: 256 MiB}\n  - {name: db, cpu: 1, memory: 512 MiB}\n"
    )
    return str(path)


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command that makes no sense: exit 2, nothing on standard output, and one line on standard error, returned."""

    def run(*arguments: str) -> str:
        assert main([*arguments, "-q"]) == 2
        seen = capsys.readouterr()
        assert (seen.out, len(seen.err.splitlines())) == ("", 1)
        return seen.err

    return run
