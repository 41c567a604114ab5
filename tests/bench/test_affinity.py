"""Clusters with limits between applications: the made instances, and the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from binpack_solvers.bounds.lower_bounds import lower_bounds

from bench.affinity.instance import CONFLICTS, DENSITIES, SHARES, instances
from bench.affinity.run import main, table


@pytest.mark.parametrize("name", DENSITIES)
def test_a_seed_gives_one_set_of_the_density(name: str) -> None:
    """The same seed gives the same instances; arcs are as many as the density says, between two applications each."""
    for one, again, other in zip(*(instances(name, 400, seed) for seed in (1, 1, 2)), strict=True):
        limits = one.problem.limits
        assert one.name == again.name != other.name
        assert limits.tolist() == again.problem.limits.tolist() != other.problem.limits.tolist()
        assert (limits[:, 0] != limits[:, 1]).all()
        assert len(limits) / (400 * 399) == pytest.approx(DENSITIES[name], rel=0.25)
        assert sorted(share.copies for (share,) in one.positions) == sorted(one.problem.demands.tolist())


def test_conflicts_are_a_share_of_all_pairs_and_lift_the_bound() -> None:
    """Each pair at most once and never on one machine; where a fifth of all pairs or more conflict, machines are more than
    their volume says."""
    for share, made in zip(SHARES, instances(CONFLICTS, 200, 1), strict=True):
        limits = made.problem.limits
        assert (limits[:, 0] < limits[:, 1]).all()
        assert not limits[:, 2].any()
        assert len(limits) == round(share * 200 * 199 / 2)
        volume, bounds = lower_bounds(made.problem, volume_only=True), lower_bounds(made.problem)
        assert bounds.bins > volume.bins or (bounds.bins == volume.bins and share < 0.2)


def test_every_instance_at_every_limit_and_the_last_row_counts() -> None:
    """A line for each instance and limit; an answer without a packing is told as such."""
    key = {"version": "a", "method": "auto"}
    found = {"instance": "x", "status": "feasible", "bins": 102, "bound": 100, "seconds": 1.5, "cpu_seconds": 1.25}
    rows = [
        {**found, "bins": 110, "time_limit": 60.0, **key},
        {**found, "time_limit": 60.0, **key},
        {"instance": "x", "status": "crashed", "faults": ["none"], "time_limit": 300.0, **key},
    ]
    lines = table(rows).splitlines()[2:4]
    assert lines[0] == "| x | 60 | feasible | 102 | 100 | 2.000 | 1.50 | 1.25 | 0 |"
    assert lines[1] == "| x | 300 | crashed | - | - | - | - | - | 1 |"


def test_the_command_measures_made_instances_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every instance is checked and has a row; a second run finds it done."""
    words = ["--class", "tclab_affinity", "--applications", "40", "--time-limits", "20", "--results", str(tmp_path)]
    assert main(words) == 0
    assert "tclab_affinity/arbitrary_n40_s1 | 20 |" in capsys.readouterr().out
    assert main(words) == 0
    assert "0 of 1 to run" in capsys.readouterr().err
