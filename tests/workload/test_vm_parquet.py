"""Traces of VMs in Parquet: stretches of use on one grid. Skipped where pyarrow, which is optional, is not installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from binpack.errors import InputError
from binpack.units import MIB
from binpack.workload.reading import read

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is an optional dependency")
KIB = {"memory": ("mem_capacity", "kib")}


def write(path: Path, **columns: list[Any]) -> Path:
    import pyarrow.parquet as parquet

    parquet.write_table(pyarrow.table(columns), path)
    return path


def vms(folder: Path, capacity: float = 2000.0) -> Path:
    return write(
        folder / "vms.parquet",
        id=["a", "b"],
        cpu_count=[2, 1],
        cpu_capacity=[capacity, 1000.0],
        mem_capacity=[2048, 1024],
    )


def use(folder: Path, **changes: list[Any]) -> Path:
    columns: dict[str, list[Any]] = {
        "id": ["a", "a", "b"],
        "timestamp": [100, 300, 300],
        "duration": [100, 200, 100],
        "cpu_usage": [500.0, 1000.5, 1000.0],
    }
    return write(folder / "use.parquet", **{**columns, **changes})


def test_stretches_become_curves_on_one_grid(tmp_path: Path) -> None:
    """The shortest stretch is the step; MHz over the VM's own MHz are threads; None where a VM was not there."""
    found = read(use(tmp_path), vms(tmp_path), columns=KIB)
    first, second = found.applications
    assert first.requests == {"cpu": 2000, "memory": 2 * MIB}
    assert first.curves["cpu"] == (500, 1001, 1001)
    assert second.curves["cpu"] == (None, None, 1000)


def test_stretches_that_share_a_point_count_with_the_most(tmp_path: Path) -> None:
    """A grid that stretches do not keep to never shows less than was used."""
    found = read(use(tmp_path, timestamp=[100, 350, 300], duration=[100, 250, 100]), vms(tmp_path), columns=KIB)
    assert found.applications[0].curves["cpu"] == (500, 1001, 1001, 1001)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cpu_usage": [500.0, float("nan"), 1.0]}, "use.parquet:2: found a cpu_usage of nan"),
        ({"cpu_usage": [-1.0, 1.0, 1.0]}, "use.parquet:1: found a cpu_usage of -1.0"),
        ({"duration": [100, 0, 100]}, "use.parquet:2: found a duration of 0"),
        ({"id": ["a", "a", "a"]}, "vms.parquet:2: found the VM b without any use"),
    ],
)
def test_bad_use_is_refused(tmp_path: Path, changes: dict[str, list[Any]], said: str) -> None:
    """One line with the file and the row."""
    with pytest.raises(InputError) as caught:
        read(use(tmp_path, **changes), vms(tmp_path), columns=KIB)
    assert str(caught.value).startswith(f"{tmp_path}/{said}")


def test_both_tables_and_a_unit_are_needed(tmp_path: Path) -> None:
    """Memory without a unit, a table that is missing and a file that is no Parquet are named."""
    with pytest.raises(InputError, match="mem_capacity without a unit"):
        read(use(tmp_path), vms(tmp_path))
    with pytest.raises(InputError, match="no table of VMs"):
        read(use(tmp_path), columns=KIB)
    with pytest.raises(InputError, match="more than 0 of each"):
        read(use(tmp_path), vms(tmp_path, capacity=0.0), columns=KIB)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="cannot be read"):
        read(broken, columns=KIB)
