"""The kernels' bench: its data, the guard, how time grows, the table with its faults, and the command."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from bench.kernels import run
from bench.kernels.cases import CASES, Shape, cases
from bench.kernels.growth import points, power_law, seconds_at_last
from bench.kernels.measure import row_of
from bench.kernels.names import KERNEL, SOLVE
from bench.kernels.plot import write_plot
from bench.kernels.processes import lines_of
from bench.kernels.runners import volume_bound
from bench.kernels.table import faults, method_cells

FIRST, BEST = "first_fit_decreasing", "best_fit_decreasing"


def row(copies, seconds, skipped=None, contents=7):
    """A rung: runner -> its seconds; all make the same five bins."""
    made = {"seconds": [0.0], "wall": [0.0], "bins": 5, "contents": contents}
    runs = {name: made | {"seconds": list(times)} for name, times in seconds.items()}
    skipped = {} if skipped is None else skipped
    return {"copies": copies, "item_types": copies, "resources": 2, "bound": 4, "runs": runs, "skipped": skipped}


ROWS = [
    row(10, {"tree": [0.001], KERNEL: [0.01]}),
    row(20, {"tree": [0.002], KERNEL: [0.04]}),
    row(40, {"tree": [0.004, 0.005], "scan": [0.006, 0.007]}, {KERNEL: "over 1 s"}),
]
RESULT = {"axis": "copies", "methods": {FIRST: ROWS}, "memory": {FIRST: {"tree": {"peak_mib": 9, "loaded_mib": 8}}}}


def test_a_shape_has_what_it_says():
    """Sizes within their range, the same for the same seed; joined ones are different and keep their copies."""
    sizes, demands = Shape(500, 3, 2, 40, 100).arrays()
    assert sizes.shape == (500, 2)
    assert (sizes.min(), sizes.max(), set(demands.tolist())) == (1, 40, {3})
    assert (sizes == Shape(500, 3, 2, 40, 100).arrays()[0]).all()
    joined, demands = Shape(500, 3, 1, 40, 100, joined=True).arrays()
    assert len(set(joined[:, 0].tolist())) == len(joined) <= 40
    assert demands.sum() == 1500


@pytest.mark.parametrize("name", CASES)
def test_rungs_grow(name):
    """Each rung of a case has more of what its axis counts than the one before; a scale takes its share of the copies."""
    small, whole = cases(0.01)[name].rungs, cases(1.0)[name].rungs
    measure = {"resources": lambda s: s.resources, "item types": lambda s: s.item_types}
    axis = measure.get(cases(1.0)[name].axis, lambda s: s.item_types * s.copies)
    assert [axis(shape) for shape in whole] == sorted({axis(shape) for shape in whole})
    assert small[-1].item_types * small[-1].copies < whole[-1].item_types * whole[-1].copies


def test_the_volume_bound():
    """The fullest resource, rounded up."""
    shape = Shape(3, 2, 2, 10, 10)
    sizes, demands = shape.arrays()
    volume = max((sizes * demands[:, None]).sum(axis=0).tolist())
    assert 10 * (volume_bound(shape, sizes, demands) - 1) < volume <= 10 * volume_bound(shape, sizes, demands)


@pytest.mark.parametrize("method", [FIRST, BEST])
def test_a_rung_without_a_compiler(method):
    """The heuristic and the public call make one packing, at or above the bound; there is nothing else."""
    found = row_of(Shape(30, 4, 2, 50, 100), method, 2, 60.0, None, {})
    assert list(found["runs"]) == [KERNEL, SOLVE]
    assert found["runs"][KERNEL]["contents"] == found["runs"][SOLVE]["contents"]
    assert found["bound"] <= found["runs"][KERNEL]["bins"]
    assert len(found["runs"][SOLVE]["seconds"]) == 2


def test_what_would_take_too_long_is_skipped():
    """A runner whose times grow past the patience is not run again, on this rung and all that follow; others are."""
    taken = {KERNEL: [1.0, 4.0]}
    for _ in range(2):
        found = row_of(Shape(5, 1, 1, 50, 100), FIRST, 1, 15.0, None, taken)
        assert found["skipped"] == {KERNEL: "over 15 s"}
        assert list(found["runs"]) == [SOLVE]


def test_the_exponent_of_a_power_law():
    """Exact for times that follow one; the rungs that were not run are read off it."""
    assert power_law([(x, 3e-3 * x**1.5) for x in (10, 20, 40, 80)]) == pytest.approx((1.5, 3e-3))
    assert power_law([(10, 1.0)]) is None
    assert points(ROWS, "copies", KERNEL) == [(10, 0.01), (20, 0.04)]
    assert seconds_at_last(ROWS, "copies", "tree") == (pytest.approx(0.0045), True)
    assert seconds_at_last(ROWS, "copies", KERNEL) == (pytest.approx(0.16), False)
    assert seconds_at_last(ROWS, "copies", SOLVE) is None


def test_the_table():
    """Ratios are run by run to the fastest baseline; what was not run is marked; memory stands beside its runner."""
    tree, scan, kernel = method_cells(FIRST, ROWS, RESULT)
    assert tree[1:] == ["tree", "0.0045", "1.00", "1.08", "5", "4", "20.00%", "-", "9", "8"]
    assert scan[1:9] == ["scan", "0.0065", "1.45", "-", "5", "4", "20.00%", "same"]
    assert kernel[1:9] == [KERNEL, "~0.16", "~36", "2.00", "over 1 s", "4", "-", "-"]


def test_another_packing_is_a_fault():
    """First fit has one packing; best fit of several resources may have others."""
    result = deepcopy(RESULT) | {"faults": ["seen while running"]}
    assert faults(result) == ["seen while running"]
    result["methods"][FIRST][0]["runs"][KERNEL]["contents"] = 8
    assert faults(result)[0] == f"{FIRST}, 10 copies, 2 resources: {KERNEL} makes other bins than tree"
    result["methods"] = {BEST: result["methods"][FIRST]}
    assert faults(result) == ["seen while running"]


def test_a_process_that_fails_is_told():
    """What went wrong in it, and no rows."""
    rows, fault = lines_of("bench.kernels.measure", ["vectors", "no_method", 1, 1, 1], 120.0)
    assert (rows, fault) == ([], "unknown method no_method")


def test_the_command(tmp_path, monkeypatch, capsys):
    """Without a compiler it says so, measures in other processes, and writes results, table and plots."""
    monkeypatch.setattr(run, "compile_baselines", lambda folder: None)
    monkeypatch.setattr(run, "compile_seconds", lambda timeout: 0.5)
    arguments = ["--case", "item_types", "--method", FIRST, "--scale", "1e-6", "--repeats", "1"]
    assert run.main([*arguments, "--results", str(tmp_path)]) == 0
    assert "no g++: the C++ baselines are skipped" in capsys.readouterr().out
    result = json.loads((tmp_path / "item_types.json").read_text())
    assert [row["item_types"] for row in result["methods"][FIRST]] == [10, 30, 100, 300, 1000, 3000, 10_000]
    assert set(result["memory"][FIRST]) == {KERNEL, SOLVE}
    assert "## item_types" in (tmp_path / "report.md").read_text()


def test_a_plot(tmp_path):
    """The same rows give the same file."""
    pytest.importorskip("matplotlib")
    assert write_plot("title", "copies", ROWS, tmp_path / "one.svg")
    assert write_plot("title", "copies", ROWS, tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
