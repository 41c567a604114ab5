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
    """Runs a command that makes no sense: exit 2, from the parser of options or later, nothing on standard output, and one
    line on standard error, returned."""

    def run(*arguments: str) -> str:
        try:
            status = main([*arguments, "-q"])
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        seen = capsys.readouterr()
        assert (status, seen.out, len(seen.err.splitlines())) == (2, "", 1)
        return seen.err

    return run
