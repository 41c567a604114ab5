"""Writing and reading give the same instance back; patterns go to file positions and back unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
from binpack_solvers.instances.bpplib import build, file_entries
from binpack_solvers.instances.generators import CLASSES, generate
from binpack_solvers.instances.instance import Instance
from binpack_solvers.instances.reading import read_instances
from binpack_solvers.instances.writing import write_instances
from binpack_solvers.packing import Packing
from hypothesis import given
from hypothesis import strategies as st

ENTRIES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), min_size=1, max_size=8)


def _again(instance: Instance, ending: str, folder: Path, kind: str) -> Instance:
    path = folder / f"again{ending}"
    with path.open("w") as stream:
        write_instances([instance], stream, kind)
    (again,) = read_instances(path)
    assert isinstance(again, Instance)
    return again


@given(entries=ENTRIES, capacity=st.integers(0, 20))
def test_one_dimension(tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[int, int]], capacity: int) -> None:
    """Every format keeps sizes, copies, their order and the capacity of a one-dimensional instance."""
    instance = build("x", capacity, [s for s, _ in entries], [c for _, c in entries])
    folder = tmp_path_factory.mktemp("round")
    for ending, kind in ((".bpp", "bpplib"), (".vbp", "vbp"), (".mvp", "mvp"), (".jsonl", "jsonl")):
        again = _again(instance, ending, folder, kind)
        assert file_entries(again) == [((s,), c) for s, c in entries]
        assert again.problem.capacity.tolist() == [[capacity]]


@pytest.mark.parametrize("name", CLASSES)
def test_classes(name: str, tmp_path: Path) -> None:
    """An instance of every class survives writing and reading, bins, costs and published figures with it."""
    (instance,) = generate(name, seed=3, count=1, size=9)
    again = _again(instance, ".jsonl", tmp_path, "jsonl")
    assert again.name == instance.name
    assert again.reference == instance.reference
    assert again.positions == instance.positions
    for field in ("sizes", "capacity", "demands", "cost", "available"):
        assert getattr(again.problem, field).tolist() == getattr(instance.problem, field).tolist()


@pytest.mark.parametrize("name", CLASSES)
def test_same_seed_same_instances(name: str) -> None:
    """A seed fixes the sizes; another seed gives others; every item fits into some bin."""
    first, same, other = ([file_entries(x) for x in generate(name, seed, 2, 9)] for seed in (1, 1, 2))
    assert first == same
    assert first != other
    for instance in generate(name, 1, 2, 9):
        sizes, capacity = instance.problem.sizes, instance.problem.capacity
        assert (sizes[:, None, :] <= capacity[None]).all(axis=2).any(axis=1).all()


@given(entries=ENTRIES, data=st.data())
def test_patterns_in_file_positions(entries: list[tuple[int, int]], data: st.DataObject) -> None:
    """Any packing of all copies, told in file positions, uses every entry as often as it is there, and reads back."""
    instance = build("x", 100, [s for s, _ in entries], [c for _, c in entries])
    left = instance.problem.demands.tolist()
    rows = []
    while any(left):
        count = [data.draw(st.integers(0, n)) for n in left]
        if not any(count):
            count = left
        times = data.draw(st.integers(1, min(n // c for n, c in zip(left, count, strict=True) if c)))
        rows.append((0, {i: c for i, c in enumerate(count) if c}, times))
        left = [n - c * times for n, c in zip(left, count, strict=True)]
    packing = Packing.from_patterns(rows)
    patterns = list(instance.file_patterns(packing))
    assert instance.position_violations(patterns) == []
    again = instance.packing(patterns)
    assert again.bins == packing.bins
    assert again.copies(instance.problem.item_types) == packing.copies(instance.problem.item_types)


def test_equal_items_are_told_apart() -> None:
    """Packing one of two equal entries twice is a violation, though the item type's copies add up."""
    instance = build("x", 10, [5, 5], [1, 1])
    found = instance.position_violations([(0, {0: 2}, 1)])
    assert found == ["item 0: packed 2 times, expected 1", "item 1: packed 0 times, expected 1"]
