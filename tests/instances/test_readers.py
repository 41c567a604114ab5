"""Readers of instance files: real files, and one clear line for every kind of bad input."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from binpack_solvers.errors import FormatError
from binpack_solvers.instances.instance import Instance
from binpack_solvers.instances.jsonl import Skipped
from binpack_solvers.instances.reading import read_instances

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
REAL = sorted([*SHARED.glob("bpp1d/*.jsonl.gz"), *SHARED.glob("vbp/*.jsonl.gz")])
NOT_PACKING = "roadef2012"
DENSE = "tclab_density1"


@pytest.mark.skipif(not REAL, reason="published instances are not beside the checkout (../shared/data)")
def test_every_real_file_is_read() -> None:
    """The first instances of every published file are read, with all their copies."""
    for path in REAL:
        if NOT_PACKING in path.name or DENSE in path.name:
            continue
        for instance in read_instances(path, limit=2):
            assert isinstance(instance, Skipped) or instance.problem.copies > 0, path


@pytest.mark.skipif(not REAL, reason="published instances are not beside the checkout (../shared/data)")
def test_reassignment_is_refused_by_name() -> None:
    """A machine reassignment problem is no bin packing: refused, naming it."""
    with pytest.raises(FormatError, match="ROADEF2012/a1_1, a machine reassignment problem"):
        list(read_instances(SHARED / "vbp" / f"{NOT_PACKING}.jsonl.gz"))


@pytest.mark.skipif(not REAL, reason="published instances are not beside the checkout (../shared/data)")
def test_marked_instances_are_skipped_by_name() -> None:
    """What a file marks as invalid comes out as Skipped, the rest as instances."""
    found = list(read_instances(SHARED / "vbp" / "mommessin_triplet.jsonl.gz"))
    assert sum(isinstance(x, Skipped) for x in found) == 37
    assert sum(isinstance(x, Instance) for x in found) == 83


@pytest.mark.parametrize(
    ("name", "content", "place", "words"),
    [
        ("a.bpp", "", "1:1", "an empty file"),
        ("a.bpp", "2\n10\n5\n-3\n", "4:1", "from 0 to 2"),
        ("a.bpp", "2\n10\n5\nfive\n", "4:1", "'five'"),
        ("a.bpp", "3\n10\n5\n3\n", "4:1", "2 item lines; expected 3"),
        ("a.bpp", "1\n10\n5\n3\n", "4:1", "2 item lines; expected 1"),
        ("a.bpp", "2\n10\n5 1\n3\n", "4:1", "1 words"),
        ("a.bpp", "1\n10\n99999999999999999999\n", "3:1", "from 0 to 2"),
        ("a.bpp", "\0\1\2", "1:1", "a binary file"),
        ("a.vbp", "2\n10 10\n1\n5 x 1\n", "4:3", "'x'"),
        ("a.vbp", "2\n10 10\n2\n5 5 1\n", "4:1", "the end of the file"),
        ("a.vbp", "2\n10 10\n1\n5 5 1 7\n", "4:7", "the end after 1 items"),
        ("a.mvp", "1\n1\n10 1 -1\n1\n1 2\n-4\n", "6:1", "from 0 to 2"),
        ("a.jsonl", '{"name": "x", "capacity": 10, "sizes": [5, -3]}', "1:44", "-3"),
        ("a.jsonl", '\n{"capacity": 10, "sizes": [5, "3"]}', "2:31", "'3'"),
        ("a.jsonl", '{"capacity": 10, "sizes": [5, 3], "n": 3}', "1:27", "2 items; expected 3"),
        ("a.jsonl", '{"capacity": 10, "sizes": [5, 3', "1:32", "broken JSON"),
        ("a.jsonl", '{"sizes": [5, 3]}', "1:1", "no field 'capacity'"),
        ("a.jsonl", '{"capacities": [9, 9], "items": [[1, 2], [3]]}', "1:42", "1 entries"),
        ("a.jsonl", '{"capacities": [9], "items": [[1]], "demands": [1, 1]}', "1:48", "2 entries"),
        ("a.jsonl", '{"capacities": [9], "items": [[1]], "affinities": [[0, 4, 0]]}', "1:52", "item 4"),
        ("a.jsonl", '{"bins": [], "items": [[1]]}', "1:10", "with an entry"),
        ("a.jsonl", "[1]", "1:1", "JSON list"),
    ],
)
def test_bad_input(tmp_path: Path, name: str, content: str, place: str, words: str) -> None:
    """Each fault is one line: file:line:column, what was found, what was expected."""
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(FormatError) as caught:
        list(read_instances(path))
    message = str(caught.value)
    assert message.startswith(f"{path}:{place}: found "), message
    assert words in message
    assert "\n" not in message


def test_not_text(tmp_path: Path) -> None:
    """Bytes that are no text, and gzip data that is cut off, are named as such."""
    path = tmp_path / "a.bpp"
    path.write_bytes(b"2\n10\n\xff\xfe\n")
    with pytest.raises(FormatError, match=re.escape(f"{path}:3:1: found byte 0xff")):
        list(read_instances(path))
    path = tmp_path / "b.bpp.gz"
    path.write_bytes(gzip.compress(b"2\n10\n5\n3\n")[:-6])
    with pytest.raises(FormatError, match="broken gzip data"):
        list(read_instances(path))


def test_missing_file_and_unknown_ending(tmp_path: Path) -> None:
    """A missing file and an ending that stands for no format are said to be so."""
    with pytest.raises(FormatError, match="no such file"):
        list(read_instances(tmp_path / "none.bpp"))
    with pytest.raises(FormatError, match="the ending"):
        list(read_instances(tmp_path / "none.xls"))


def test_cutting_stock_form(tmp_path: Path) -> None:
    """Lines of size and demand are entries with copies."""
    path = tmp_path / "a.txt"
    path.write_text("2\n10\n5 4\n3\t2\n")
    (instance,) = read_instances(path)
    assert isinstance(instance, Instance)
    assert instance.problem.demands.tolist() == [4, 2]
    assert instance.name == "a"


def test_compact_affinities(tmp_path: Path) -> None:
    """Targets are running sums of deltas, begun again at each item; limits are one digit per arc."""
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"capacities":[9],"items":[[1],[2],[3]],"affinity_degree":[2,0,1],'
        '"affinity_target_delta":[1,1,0],"affinity_limit":["02","","1"]}'
    )
    (instance,) = read_instances(path)
    assert isinstance(instance, Instance)
    assert instance.problem.limits.tolist() == [[0, 1, 0, 0], [0, 2, 2, 0], [2, 0, 1, 0]]


def test_select_and_limit(tmp_path: Path) -> None:
    """A pattern chooses by name, and the limit counts what was chosen."""
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"name":"{n}","capacity":1,"sizes":[1]}}\n' for n in ("a1", "b1", "a2", "a3")))
    assert [x.name for x in read_instances(path, "a*", 2)] == ["a1", "a2"]


def test_choices_share_a_demand(tmp_path: Path) -> None:
    """The choices of an item of a .mvp file are alternatives: entries of their own, one demand."""
    path = tmp_path / "a.mvp"
    path.write_text("1\n2\n10 3 -1\n7 2 4\n2\n2 5\n3\n4\n1 1\n6\n")
    (instance,) = read_instances(path)
    assert isinstance(instance, Instance)
    assert instance.problem.demand_groups == ((0, 1), (2,))
    assert instance.problem.available.tolist() == [-1, 4]
    assert instance.problem.copies == 6
