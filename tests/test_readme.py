"""README shows what the program prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.cli.main import main

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_sample_is_a_real_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first block is ``binpack eras`` at 100 columns, byte for byte."""
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["eras", "-q"]) == 0
    sample = README.read_text(encoding="utf-8").split("```\n")[1]
    assert sample == capsys.readouterr().out
