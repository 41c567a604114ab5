"""What tests of the command line share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """Four copies of two applications."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "applications:\n  - {name: web, replicas: 3, cpu: 500m, memory: 256 MiB}\n  - {name: db, cpu: 1, memory: 512 MiB}\n"
    )
    return str(path)
