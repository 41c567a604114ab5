"""bench/kubernetes/large_manifest.py: a manifest of any size, read by binpack."""

from __future__ import annotations

import pytest

from bench.kubernetes.large_manifest import main


def test_a_small_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The same documents, a few of them: binpack reads them, and what it took is printed."""
    assert main(["--megabytes", "0.02", "read", "-q"]) == 0
    assert " Deployments: exit 0, " in capsys.readouterr().out
