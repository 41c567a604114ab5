"""A user's own machines, good and bad."""

from __future__ import annotations

import gzip
from fractions import Fraction
from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.machines.machine_type import DEFAULT_DISK
from binpack.machines.own_machines import read_machines
from binpack.units import CPU, DISK, GIB, MEMORY

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def read(tmp_path: Path, text: str, name: str = "own.yaml") -> list:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return read_machines(str(file))


def test_everything_in_yaml(tmp_path: Path) -> None:
    """Each key fills its field, in exact units."""
    text = """
machines:
  - name: blade
    cpu: 32
    memory: 1.5 GiB
    disk: 2 TB
    rack_units: 3/10
    watts_idle: 17.9
    watts_full: 70.5
    price_per_hour: 0.0416
    max_pods: 250
    available: 20
    arch: arm64
    labels: {zone: a}
    resources: {nvidia.com/gpu: 2}
    source: our cellar
"""
    (machine,) = read(tmp_path, text)
    assert machine.capacity == {CPU: 32_000, MEMORY: 3 * GIB // 2, DISK: 2 * 10**12, "nvidia.com/gpu": 2}
    assert (machine.rack_units, machine.watts_idle) == (Fraction(3, 10), Fraction(179, 10))
    assert (machine.price, machine.max_pods, machine.available) == (41_600, 250, 20)
    assert (machine.arch, machine.labels, machine.source) == ("arm64", {"zone": "a"}, "our cellar")


def test_what_is_not_said(tmp_path: Path) -> None:
    """A racked machine takes a unit and has the default disk; a rented one has neither; nothing else is made up."""
    text = "machines:\n  - {name: a, cpu: 1, memory: 1 GiB}\n  - {name: b, cpu: 1, memory: 1 GiB, provider: aws}\n"
    racked, hired = read(tmp_path, text)
    assert (racked.rack_units, racked.capacity[DISK], racked.rented) == (1, DEFAULT_DISK, False)
    assert (hired.rack_units, DISK in hired.capacity, hired.rented) == (None, False, True)
    assert (racked.price, racked.watts_full, racked.available) == (None, None, None)
    assert racked.source.endswith("own.yaml:2:5")


def test_a_disk_of_nothing_is_none(tmp_path: Path) -> None:
    """Not as much as is asked for."""
    (bare,) = read(tmp_path, "machines: [{name: b, cpu: 1, memory: 1 GiB, disk: 0}]")
    assert bare.capacity[DISK] == 0


def test_a_rented_machine_has_a_price_with_windows(tmp_path: Path) -> None:
    """Beside that with Linux; what it is more by the month is what Windows costs."""
    hired = "{name: a, provider: aws, cpu: 1, memory: 1 GiB, price_per_hour: 0.4, windows_price_per_hour: 0.75}"
    (rent,) = read(tmp_path, f"machines: [{hired}]")
    assert (rent.price, rent.windows_price, rent.windows_surcharge) == (400_000, 750_000, 350_000 * 730)


def test_csv_says_the_same_as_yaml(tmp_path: Path) -> None:
    """Units in the column's name or in the cell; further resources as columns; labels with semicolons."""
    table = (
        "name,cpu_milli,memory_gib,disk,gpu,resources.rdma,rack_units,labels,available\n"
        "box,16000,64,1 TiB,2,200,1/2,zone=a;tier=1,3\n"
    )
    text = (
        "machines: [{name: box, cpu: 16, memory: 64 GiB, disk: 1 TiB, resources: {gpu: 2, rdma: 200}, rack_units: 1/2,"
        " labels: {zone: a, tier: 1}, available: 3, source: x}]"
    )
    (from_table,) = read(tmp_path, table.replace("\n", ",source\n", 1).rstrip() + ",x\n", "own.csv")
    (from_yaml,) = read(tmp_path, text)
    assert from_table == from_yaml


def test_gzip_semicolons_and_columns_of_others(tmp_path: Path) -> None:
    """A packed table with semicolons is read; a column that has no meaning here is left aside."""
    file = tmp_path / "own.csv.gz"
    file.write_bytes(gzip.compress(b"name;cpu;memory;colour\nbox;4;8 GiB;green\n"))
    assert read_machines(str(file))[0].capacity[CPU] == 4000


def test_real_nodes() -> None:
    """The node list of OpenB, as published: an inventory of one machine a row, GPUs counted."""
    file = SHARED / "traces" / "alibaba-openb-2023" / "openb_node_list_all_node.csv.gz"
    if not file.exists():
        pytest.skip("../shared/data is not there")
    machines = read_machines(str(file))
    assert sum(machine.available or 0 for machine in machines) == 1523
    assert max(machine.capacity.get("gpu", 0) for machine in machines) == 8


BAD = [
    ("machines: [{name: a, cpu: 1, memroy: 1 GiB}]", 1, r"did you mean 'memory'"),
    ("machines:\n  - {name: a, cpu: 1}", 2, r"without memory"),
    ("machines:\n  - {cpu: 1, memory: 1 GiB}", 2, r"without name"),
    ("machines: [{name: a, cpu: 1, memory: 1 parsec}]", 1, r"a unit of memory"),
    ("machines: [{name: a, cpu: 1, memory: 64}]", 1, r"expected memory with a unit; such as 64 GiB"),
    ("machines: [{name: a, cpu: -1, memory: 1 GiB}]", 1, r"at least 0"),
    ("machines: [{name: a, cpu: 0, memory: 1 GiB}]", 1, r"more than 0 cpu"),
    ("machines: [{name: a, cpu: 1, memory: 9999999999 GiB}]", 1, r"at most 2\*\*62"),
    ("machines: [{name: a, cpu: 1, memory: 1 GiB, rack_units: 0}]", 1, r"more than 0"),
    ("machines: [{name: a, cpu: 1, memory: 1 GiB, rack_units: 1/0}]", 1, r"such as 0.5 or 1/2"),
    ("machines: [{name: a, cpu: 1, memory: 1 GiB, price_per_hour: cheap}]", 1, r"a number of at least 0"),
    (
        "machines: [{name: a, cpu: 1, memory: 1 GiB, windows_price_per_hour: 2}]",
        1,
        r"rented machine with price_per_hour",
    ),
    (
        "machines: [{name: a, provider: gcp, cpu: 1, memory: 1 GiB, windows_price_per_hour: 2}]",
        1,
        r"rented machine with price_per_hour",
    ),
    (
        "machines: [{name: a, provider: gcp, cpu: 1, memory: 1 GiB, price_per_hour: 2, windows_price_per_hour: 1}]",
        1,
        r"and no higher",
    ),
    ("machines: [{name: a, cpu: 1, memory: 1 GiB, available: some}]", 1, r"a whole number"),
    ("machines: [{name: a, cpu: 1, memory: 1 GiB, available: 1.5}]", 1, r"a whole number"),
    ("machines: [{name: a, cpu: 1, memory: 1 GiB, watts_idle: 9, watts_full: 8}]", 1, r"at least watts_idle"),
    (
        "machines: [{name: a, cpu: 1, memory: 1 GiB, sockets: 2, cores: 1}]",
        1,
        r"at least one core for each of 2 sockets",
    ),
    ("machines: [{name: a, cpu: 1, memory: 1 GiB, watts_idle: 9}]", 1, r"give both"),
    ("machines:\n- {name: a, cpu: 1, memory: 1 GiB}\n- {name: a, cpu: 2, memory: 1 GiB}", 3, r"second machine"),
    ("machine: []", 1, r"did you mean 'machines'"),
    ("machines: {name: a}", 1, r"a list"),
    ("machines: [{name: a, cpu: [1], memory: 1 GiB}]", 1, r"a single value"),
]


@pytest.mark.parametrize(("text", "line", "words"), BAD)
def test_bad_yaml(tmp_path: Path, text: str, line: int, words: str) -> None:
    """One line that says where, what and what instead."""
    with pytest.raises(InputError, match=words) as caught:
        read(tmp_path, text)
    assert f"own.yaml:{line}:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_inventory_is_joined_into_types(tmp_path: Path) -> None:
    """A column of single machines' names: a row is one machine; equal rows are one type with as many available."""
    table = "sn,cpu_milli,memory_mib,gpu\nn1,32000,1024,0\nn2,32000,1024,0\nn3,32000,1024,2\n"
    types = read(tmp_path, table, "inventory.csv")
    assert [(m.name, m.available, m.capacity.get("gpu")) for m in types] == [("n1", 2, None), ("n3", 1, 2)]


def test_rows_with_a_type_name_stay_types(tmp_path: Path) -> None:
    """``name`` names a type, of which there may be any number; equal types stay two."""
    types = read(tmp_path, "name,cpu,memory_gib\na,4,8\nb,4,8\n", "own.csv")
    assert [(m.name, m.available) for m in types] == [("a", None), ("b", None)]


BAD_TABLES = [
    ("name,cpu,memroy\na,1,1\n", 1, r"did you mean 'memory'"),
    ("name,cpu,memory_parsecs\na,1,1\n", 1, r"memory_gib"),
    ("name,cpu\na,1\n", 2, r"without memory"),
    ("name,cpu,memory_gib\na,many,1\n", 2, r"'many'"),
    ("name,cpu,memory_gib\na,1,-1\n", 2, r"at least 0"),
    ("name,cpu,memory_gib,rack_units\na,1,1,wide\n", 2, r"such as 0.5 or 1/2"),
    ("name,cpu,memory_gib,available\na,1,1,few\n", 2, r"a whole number"),
    ("name,cpu,memory_gib,labels\na,1,1,zone\n", 2, r"key=value"),
    ("name,cpu,memory_gib\na,1,1,1\n", 2, r"4 cells"),
    ('name,cpu,memory_gib\na,1,"1\n', 2, r"CSV table"),
    ("name,cpu,memory_gib\n", 0, r"no machines"),
]


@pytest.mark.parametrize(("text", "line", "words"), BAD_TABLES)
def test_bad_tables(tmp_path: Path, text: str, line: int, words: str) -> None:
    """Line and column are those of the cell."""
    with pytest.raises(InputError, match=words) as caught:
        read(tmp_path, text, "own.csv")
    assert f"own.csv:{line}:" in str(caught.value) or (not line and "own.csv: " in str(caught.value))
    assert "\n" not in str(caught.value)


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Two bad machines are two lines."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, "name,cpu,memory_gib\na,x,1\nb,1,1\nc,1,y\n", "own.csv")
    assert [problem.place.line for problem in caught.value.problems] == [2, 4]
    assert [problem.place.column for problem in caught.value.problems] == [2, 3]


def test_empty_binary_and_missing_files(tmp_path: Path) -> None:
    """No traceback for what is no text."""
    (tmp_path / "empty.yaml").write_text("")
    (tmp_path / "binary.csv").write_bytes(b"\x00\xff\x00\x01")
    for name in ("empty.yaml", "binary.csv", "missing.yaml"):
        with pytest.raises(InputError, match=name):
            read_machines(str(tmp_path / name))
