"""Which instances a run takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from binpack_solvers.errors import ProblemError
from binpack_solvers.instances.generators import CLASSES, generate
from binpack_solvers.instances.jsonl import Skipped

from bench.exact import selection
from bench.exact.selection import class_of, class_sources, instances_of, optimum_is, sample


def test_sample_is_fixed_and_nested() -> None:
    """The same seed gives the same sample in the order of the file; a larger one holds it; another seed another one."""
    instances = list(generate("falkenauer_u", seed=1, count=30, size=5))
    names = [instance.name for instance in instances]
    small, large = ([i.name for i in sample(instances, count, 1)] for count in (5, 12))
    assert len(small) == 5
    assert len(large) == 12
    assert set(small) < set(large)
    assert large == [name for name in names if name in large]
    assert large == [i.name for i in sample(instances, 12, 1)]
    assert large != [i.name for i in sample(instances, 12, 2)]


def test_skipped_instances_are_none_of_the_sample() -> None:
    """Instances that their file marks as invalid all come, in their place, beside as many others as were asked for."""
    first, second, third = generate("falkenauer_u", seed=1, count=3, size=5)
    mixed = [Skipped("bad", "why"), first, Skipped("worse", "why"), second, third]
    chosen = sample(mixed, 2, 1)
    assert [i.name for i in chosen if isinstance(i, Skipped)] == ["bad", "worse"]
    assert len(chosen) == 4
    assert sample(mixed, None, 1) == mixed


def test_classes_are_generated_where_the_data_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without data every class that has a generator is drawn; with a file that class is read; else a name is refused."""
    monkeypatch.setattr(selection, "DATA", tmp_path)
    assert class_sources([], []) == dict.fromkeys(CLASSES)
    folder = tmp_path / "bpp1d"
    folder.mkdir()
    file = folder / "hard.jsonl.gz"
    file.touch()
    assert class_sources([], []) == {"hard": file}
    assert class_sources([], ["falkenauer_t", "hard"]) == {"falkenauer_t": None, "hard": file}
    assert class_sources([file, folder / "x.bpp"], ["x"]) == {"x": folder / "x.bpp"}
    with pytest.raises(ProblemError, match="nothing_like_it"):
        class_sources([], ["nothing_like_it"])


def test_generated_class() -> None:
    """A class without file gives as many instances as asked for, those whose names match."""
    chosen = instances_of("falkenauer_t", None, count=4)
    assert len(chosen) == 4
    assert instances_of("falkenauer_t", None, select=chosen[1].name, count=4)[0].name == chosen[1].name


def test_class_of() -> None:
    """The class is the file's name without its endings."""
    assert class_of(Path("a/hard28.jsonl.gz")) == "hard28"
    assert class_of(Path("N1C1.bpp")) == "N1C1"


def test_known_and_open_optima() -> None:
    """Known is an optimum on record, or a published bound that meets a published packing; everything else is open."""
    drawn = next(iter(generate("falkenauer_u", seed=1, count=1, size=5)))

    def says(**reference: int) -> str:
        return optimum_is(replace(drawn, reference=reference))

    assert says(optimum=3) == says(lower_bound=3, best_heuristic=3) == "known"
    assert says() == says(lower_bound=3) == says(lower_bound=3, best_heuristic=4) == "open"
    assert optimum_is(Skipped("bad", "why")) == ""
