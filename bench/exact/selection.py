"""Which instances a run takes: files of the published classes, or classes generated from a seed where these are absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from hashlib import sha256
from heapq import nsmallest
from pathlib import Path

from binpack_solvers.errors import ProblemError
from binpack_solvers.instances.generators import CLASSES, generate
from binpack_solvers.instances.instance import Instance
from binpack_solvers.instances.jsonl import Skipped
from binpack_solvers.instances.reading import read_instances

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SETS = ("bpp1d", "vbp")
GENERATED = 100
"""Instances of a generated class where no sample size is given."""


def class_of(path: Path) -> str:
    """The class that a file holds: its name without endings."""
    return path.name.removesuffix(".gz").rsplit(".", 1)[0]


def class_sources(files: list[Path], names: list[str]) -> dict[str, Path | None]:
    """Class -> its file, or None where it is to be generated; ProblemError for a name that is neither.

    Without files and names: every published class that is there, otherwise every class that can be generated.
    """
    if files:
        return {class_of(path): path for path in files if not names or class_of(path) in names}
    there = {class_of(path): path for folder in SETS for path in sorted((DATA / folder).glob("*.jsonl.gz"))}
    for name in names:
        if name not in there and name not in CLASSES:
            raise ProblemError(f"{name}: no such class; expected one of {', '.join({**there, **CLASSES})}")
    return {name: there.get(name) for name in names or there or CLASSES}


def instances_of(
    name: str,
    path: Path | None,
    select: str | None = None,
    count: int | None = None,
    seed: int = 1,
    optimum: str | None = None,
) -> list[Instance | Skipped]:
    """The chosen instances of a class in the order of its file; those that the file marks as invalid come with them.

    optimum : ``known`` or ``open`` for those of which what is published says that (``optimum_is``).
    """
    if path is not None:
        read = read_instances(path, select)
        return sample((i for i in read if optimum in (None, optimum_is(i))), count, seed)
    drawn = generate(name, seed, count or GENERATED)
    return [i for i in drawn if (select is None or fnmatchcase(i.name, select)) and optimum in (None, optimum_is(i))]


def optimum_is(instance: Instance | Skipped) -> str:
    """``known`` where an optimum is published or a bound that meets a packing, otherwise ``open``; none of a skipped one."""
    if isinstance(instance, Skipped):
        return ""
    known = instance.reference
    best = min((known[key] for key in ("best_heuristic", "upper_bound") if key in known), default=None)
    return "known" if "optimum" in known or (best is not None and known.get("lower_bound") == best) else "open"


def sample(instances: Iterable[Instance | Skipped], count: int | None, seed: int) -> list[Instance | Skipped]:
    """``count`` instances by a hash of seed and name: a larger sample holds the smaller ones, so that it continues them.

    All skipped instances are kept, and count as none of the sample.
    """
    if count is None:
        return list(instances)
    skipped: list[tuple[int, Instance | Skipped]] = []
    kept = nsmallest(count, _ranked(instances, seed, skipped), key=lambda entry: entry[0])
    return [instance for _, instance in sorted([*skipped, *(place for _, place in kept)], key=lambda place: place[0])]


def _ranked(
    instances: Iterable[Instance | Skipped], seed: int, skipped: list[tuple[int, Instance | Skipped]]
) -> Iterator[tuple[bytes, tuple[int, Instance | Skipped]]]:
    for position, instance in enumerate(instances):
        if isinstance(instance, Skipped):
            skipped.append((position, instance))
        else:
            yield sha256(f"{seed}:{instance.name}".encode()).digest(), (position, instance)
