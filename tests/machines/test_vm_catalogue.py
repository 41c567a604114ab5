"""Catalogues of sizes of VMs: files, providers, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.machines.vm_catalogue import read_vm_sizes, select_vm_sizes
from binpack.machines.vm_size import VmSize
from binpack.units import GIB


def test_a_table_as_clouds_print_it(tmp_path: Path) -> None:
    """vCPUs, memory with a unit, a disk where a size has one of its own; other columns are left aside; smallest first."""
    file = tmp_path / "sizes.csv"
    file.write_text("name,vcpus,memory_gib,disk,generation\nl,4,16,100 GiB,new\ns,1,2,,old\n", encoding="utf-8")
    assert select_vm_sizes([str(file)]) == (VmSize("s", 1, 2 * GIB), VmSize("l", 4, 16 * GIB, 100 * GIB))


def test_a_file_of_machines_is_one_of_sizes(tmp_path: Path) -> None:
    """The same YAML that ``--machines`` takes; its disk counts only where it is written."""
    file = tmp_path / "own.yaml"
    file.write_text("machines: [{name: s, cpu: 2, memory: 4 GiB, price_per_hour: 0.1}]", encoding="utf-8")
    assert read_vm_sizes(str(file)) == [VmSize("s", 2, 4 * GIB)]


@pytest.mark.parametrize("name", ["aws", "azure", "gcp", "m5"])
def test_what_a_provider_offers(name: str) -> None:
    """Every ordinary type, dear ones as well: on machines of one's own a size has no price."""
    sizes = select_vm_sizes([name])
    assert len(sizes) > 5
    assert [s.memory for s in sizes] == sorted(s.memory for s in sizes)
    if name in ("aws", "m5"):
        assert VmSize("m5.large", 2, 8 * GIB) in sizes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,vcpus,memory\na,1.5,1 GiB\n", ":2:2: found '1.5'; expected whole vCPUs, at least one"),
        ("name,vcpus,memory\na,0,1 GiB\n", ":2:2: found '0'; expected whole vCPUs, at least one"),
        ("name,vcpus,memory\na,1,0\n", ":2:3: found '0'; expected more than 0 memory"),
        ("name,vcpus,memory\na,1,lots\n", ":2:3: found 'lots'; expected memory: a number with a unit"),
        ("name,vcpus,memory\na,1e99999999,1 GiB\n", ":2:2: found '1e99999999'; expected cpu: a number with a unit"),
        ("name,vcpus,memory\na,1,1 GiB\na,2,1 GiB\n", ":3:1: found 'a'; expected a name for each size; a is there"),
        ("name,vcpus\na,1\n", ":2:1: found a size without memory; expected name, vcpus and memory"),
        ("name,vcpus,memory\n", ": found no sizes of virtual machines; expected a CSV with name,vcpus,memory"),
    ],
)
def test_bad_files_are_one_line(tmp_path: Path, text: str, said: str) -> None:
    """File, line, column, what was found and what was expected."""
    file = tmp_path / "sizes.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        select_vm_sizes([str(file)])
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_unknown_names_and_two_of_one_name(tmp_path: Path) -> None:
    """The nearest name is suggested; sizes that differ have names that differ."""
    with pytest.raises(InputError, match=r"--vm-sizes: found 'm5.lrge'; .* did you mean m5.large"):
        select_vm_sizes(["m5.lrge"])
    file = tmp_path / "sizes.csv"
    file.write_text("name,vcpus,memory\nm5.large,1,1 GiB\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"two sizes named 'm5\.large'"):
        select_vm_sizes(["m5", str(file)])
