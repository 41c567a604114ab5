"""Turning what callers pass into exact, read-only int64 arrays, or a ProblemError that names the culprit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from binpack_solvers.errors import ProblemError

LARGEST = 2**62


def name_of(what: str, index: int, names: Sequence[str]) -> str:
    """``item 3``, or ``item 3 ('web')`` where names are known."""
    return f"{what} {index} ({names[index]!r})" if names else f"{what} {index}"


def as_integers(
    name: str,
    values: ArrayLike | None,
    shape: tuple[int, ...] | None,
    default: int = 0,
    low: int = 0,
    names: Sequence[str] = (),
    copy: bool = True,
) -> NDArray[np.int64]:
    """A read-only int64 array of ``shape`` (None: as given) with every entry in low..2**62, exactly as passed.

    Floats are taken only where they are whole and below 2**53, so that no rounding can hide. Without ``copy`` an int64
    array is itself made read-only and taken: the caller gives it up.
    """
    if values is None:
        assert shape is not None
        return np.broadcast_to(np.int64(default), shape)  # one number for all of them: read-only, and no memory
    try:
        raw = np.asarray(values)
    except ValueError as error:
        raise ProblemError(f"{name}: rows of different lengths; expected a rectangular array of integers") from error
    if raw.dtype.kind == "f" and not isinstance(values, np.ndarray | np.floating):
        raw = np.asarray(values, dtype=object)  # numpy turns lists with integers of 2**63 and more into floats
    if shape is not None and raw.shape != shape:
        raise ProblemError(f"{name} has shape {raw.shape}: expected {shape}")
    if raw.size == 0:
        return _frozen(np.zeros(raw.shape, np.int64))
    if raw.dtype == np.bool_ or raw.dtype.kind not in "iufO":
        raise ProblemError(f"{name} holds {raw.dtype}: expected integers")
    _check_entries(name, raw, low, names)
    return _frozen(raw.astype(np.int64, copy=copy))


def _check_entries(name: str, raw: NDArray[Any], low: int, names: Sequence[str]) -> None:
    if raw.dtype.kind in "iu":
        if low <= int(raw.min()) and int(raw.max()) <= LARGEST:
            return
        bad = (raw < low) | (raw > LARGEST)
    elif raw.dtype.kind == "O":
        bad = np.array([not _is_exact(v) or not low <= v <= LARGEST for v in raw.ravel()]).reshape(raw.shape)
    else:
        bad = ~(np.isfinite(raw) & (raw == np.floor(raw)) & (np.abs(raw) < 2.0**53) & (raw >= low))
    if bad.any():
        place = tuple(int(k) for k in np.argwhere(bad)[0])
        row = name_of("entry", place[0], names if place and place[0] < len(names) else ()) if place else "value"
        column = f", column {place[1]}" if len(place) > 1 else ""
        raise ProblemError(f"{name}, {row}{column}: {raw[place]!s}; expected an integer from {low} to 2**62")


def _is_exact(value: object) -> bool:
    if isinstance(value, float):
        return value.is_integer() and abs(value) < 2.0**53
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def as_flags(name: str, values: ArrayLike | None, shape: tuple[int, ...], default: bool) -> NDArray[np.bool_]:
    """A read-only boolean array of ``shape``; integers 0 and 1 are taken too."""
    if values is None:
        return np.broadcast_to(np.bool_(default), shape)
    raw = np.asarray(values)
    if raw.shape != shape:
        raise ProblemError(f"{name} has shape {raw.shape}: expected {shape}")
    if raw.size and raw.dtype != np.bool_ and not np.isin(raw, (0, 1)).all():
        raise ProblemError(f"{name} holds something else than true and false")
    array = raw.astype(np.bool_)
    array.setflags(write=False)
    return array


def check_indices(name: str, indices: NDArray[np.int64], count: int) -> None:
    """Every index must be one of 0..count - 1."""
    if len(indices) and int(indices.max()) >= count:
        raise ProblemError(f"{name}: {int(indices.max())}; expected an index from 0 to {count - 1}")


def check_range(name: str, value: object, low: int, high: int) -> None:
    """An exact integer from low to high."""
    if not _is_exact(value) or not low <= value <= high:  # type: ignore[operator]
        raise ProblemError(f"{name}: {value!s}; expected an integer from {low} to {high}")


def integer_tuple(name: str, values: Sequence[int], count: int) -> tuple[int, ...]:
    """The distinct indices in increasing order, each one of 0..count - 1."""
    if not (set(map(type, values)) <= {int} and min(values, default=0) >= 0 and max(values, default=0) < count):
        for value in values:
            check_range(name, value, 0, count - 1)
    return tuple(sorted({int(value) for value in values}))


def _frozen(array: NDArray[np.int64]) -> NDArray[np.int64]:
    array.setflags(write=False)
    return array
