"""The bench of images: small cases run, and images cost no machine."""

from __future__ import annotations

import pytest

from bench.images.run import main


def test_a_small_run(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each era, with bytes from copies apart down to the bound."""
    assert main(["--images", "6", "--seeds", "1", "--time-limit", "0.5"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert len(lines) == 2
    for line in lines:
        apart, without, plan, least = map(float, line.split()[5:9])
        assert apart >= without >= plan >= least > 0
