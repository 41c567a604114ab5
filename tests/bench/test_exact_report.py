"""The report: a table, its faults and the performance profile, from rows made by hand."""

from __future__ import annotations

from pathlib import Path

from bench.exact.profile import SHORTEST, proven_times, share_proven, text_profile
from bench.exact.published import published
from bench.exact.results import append_row
from bench.exact.run import report
from bench.exact.table import HEADER, class_cells, faults, table

KEY = {"time_limit": 20.0, "version": "abc"}
ROWS = [
    {"instance": "a", "status": "optimal", "bins": 5, "bound": 5, "seconds": 0.0001, "cpu_seconds": 0.5},
    {"instance": "b", "status": "optimal", "bins": 6, "bound": 6, "seconds": 2.0, "cpu_seconds": 1.5},
    {"instance": "c", "status": "feasible", "bins": 9, "bound": 7, "seconds": 20.5, "cpu_seconds": 4.0},
    {"instance": "d", "status": "unknown", "bins": None, "bound": 7, "seconds": 19.0, "cpu_seconds": 2.0},
    {"instance": "e", "status": "crashed", "faults": ["KeyError: 3"]},
    {"instance": "f", "status": "skipped", "reason": "invalid"},
]
for _row, _best in zip(ROWS, (5, 5, 9, 9), strict=False):
    _row["published_heuristic"] = _best
for _row in ROWS:
    _row |= KEY


def test_cells_of_a_class() -> None:
    """Skipped instances are counted apart, crashed ones are instances without time, open ones without gap where unpacked."""
    cells = dict(zip(HEADER, class_cells("hard28", ROWS), strict=True))
    assert cells == {
        "class": "hard28",
        "instances": "5",
        "proven": "2",
        "share": "40%",
        "mean s": "10.4",
        "median s": "10.5",
        "max s": "20.5",
        "mean CPU s": "2",
        "over the limit s": "0.50",
        "sum of gaps": "2",
        "no packing": "2",
        "at or below best heuristic": "2/4",
        "skipped": "1",
        "faults": "1",
        "published": "dSS 28/28, 7.0 s",
    }


def test_class_of_skipped_instances_only() -> None:
    """Where nothing was run there is no share and no time, and nothing is divided by zero."""
    cells = dict(zip(HEADER, class_cells("unheard_of", ROWS[-1:]), strict=True))
    assert (cells["instances"], cells["share"], cells["mean s"], cells["published"]) == ("0", "-", "-", "-")


def test_table_is_markdown() -> None:
    """A header, a rule, a line a class with as many cells each; the code and every source are named under it."""
    text = table({"hard28": ROWS, "empty": [], "scholl_1": ROWS[:1]})
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {len(HEADER) + 1}
    assert "abc, limit 20 s" in text
    assert "2023.0399" in text


def test_published_columns() -> None:
    """Every method that is published for a class, with its count and mean."""
    assert published("ani402") == "dSS 50/50, 2.7 s; BCCF 50/50, 300 s; EXM 47/50, 436 s"
    assert published("unheard_of") == ""


def test_faults_are_named() -> None:
    """Each fault has its class and instance."""
    assert faults({"x": ROWS}) == ["x: e: KeyError: 3"]


def test_profile_counts_what_is_proven() -> None:
    """The share is of all instances that were run; times under the axis are drawn at its start."""
    assert proven_times(ROWS) == [SHORTEST, 2.0]
    assert [share_proven(ROWS, seconds) for seconds in (SHORTEST, 1.9, 2.0, 20.0)] == [0.2, 0.2, 0.4, 0.4]
    assert share_proven([], 1.0) == 0.0
    assert text_profile({"x": ROWS}).splitlines()[1].split() == ["x", "20%", "20%", "20%", "40%", "40%"]


def test_report_writes_and_its_status(tmp_path: Path) -> None:
    """report.md and a profile lie beside the results; 1 with a fault, 0 without, 2 where there are no results."""
    assert report(tmp_path, []) == 2
    for row in ROWS:
        append_row(tmp_path / "bad.jsonl", row)
    append_row(tmp_path / "good.jsonl", ROWS[0])
    assert report(tmp_path, ["good"]) == 0
    assert report(tmp_path, []) == 1
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == table({"bad": ROWS, "good": ROWS[:1]})
    assert len(list(tmp_path.glob("profile.*"))) == 1
