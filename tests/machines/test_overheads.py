"""The overhead data: levels, sources, and what a run may put in their place."""

from __future__ import annotations

import csv

import pytest

from binpack.builtin import load_dataset
from binpack.datasets_path import datasets_path
from binpack.errors import InputError
from binpack.machines.overheads import LEVELS, load_overheads
from binpack.units import GIB, MIB


def table() -> list[dict[str, str]]:
    with open(datasets_path() / "overheads" / "overheads.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_row_has_level_unit_evidence_and_source() -> None:
    """Nothing without a source; evidence is ``read`` or ``parameter``; a name has one row for a level and one unit."""
    rows = table()
    assert len({(row["name"], row["level"]) for row in rows}) == len(rows)
    units: dict[str, str] = {}
    for row in rows:
        assert row["level"] in LEVELS, row
        assert row["evidence"] in ("read", "parameter"), row
        assert row["source"], row
        assert int(row["amount"]) >= 0, row
        assert units.setdefault(row["name"], row["unit"]) == row["unit"], row


@pytest.mark.parametrize("name", ["guest_os", "node_reservations", "servers", "vm_overheads"])
def test_other_facts_were_all_read(name: str) -> None:
    """Minimums, reservations, servers and tables of hypervisors: each row from a source that was read."""
    for path in load_dataset(name).files:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert all(row["evidence"] == "read" and row["source"] for row in rows), path


def test_an_assumption_is_never_low_or_high() -> None:
    """Where no source gives a range there is a typical parameter only: no range is made up."""
    assert {row["level"] for row in table() if row["evidence"] == "parameter"} == {"typical"}


def test_levels_are_in_order() -> None:
    """Low is at most typical and typical at most high, for every name."""
    amounts: dict[str, list[int]] = {}
    for row in sorted(table(), key=lambda row: LEVELS.index(row["level"])):
        amounts.setdefault(row["name"], []).append(int(row["amount"]))
    assert all(found == sorted(found) for found in amounts.values())


def test_kvm_is_between_plain_qemu_and_what_openstack_measured() -> None:
    """oVirt's 64 MiB and OpenShift Virtualization's 218 MiB a VM beside the same 8 MiB a vCPU; 500 MiB in all."""
    found = [load_overheads({}, level) for level in LEVELS]
    name = "hypervisor.kvm.vm_memory"
    assert [each[name] // MIB for each in found] == [64, 218, 500 - 8]
    assert {each[f"{name}_per_vcpu"] for each in found} == {8 * MIB}
    assert "VMs in pods" in found[1].source(name)


def test_a_level_that_no_source_gives_is_the_typical_one() -> None:
    """The shim has a low amount and no high one."""
    found = {level: load_overheads({}, level)["shim.memory"] for level in LEVELS}
    assert found["low"] < found["typical"] == found["high"] == 11 * MIB


def test_a_range_without_a_typical_amount() -> None:
    """Starting a machine has a low and a high figure, with a source each; what is not there has none."""
    overheads = load_overheads()
    low, high = overheads.range("start.machine") or pytest.fail("no range")
    assert (low.amount, high.amount) == (47_000, 900_000)
    assert overheads.range("start.windows_container") is None
    assert {row.name for row in overheads.rows_used()} == {"start.machine"}


def test_a_guest_brings_its_minimum_and_keeps_the_footprint() -> None:
    """Alpine asks for 128 MiB and 1 GiB of disk; what an idle guest uses is another figure, of another source."""
    overheads = load_overheads(guest_os=("alpinelinux3.17", "win2k3"))
    assert overheads["guest_os.linux.minimum_memory"] == 128 * MIB
    assert overheads["guest_os.linux.disk"] == GIB
    assert overheads["guest_os.windows.disk"] == 4 * GIB
    assert overheads["guest_os.linux.memory"] == load_overheads()["guest_os.linux.memory"]
    assert "alpinelinux-3.17.xml" in overheads.source("guest_os.linux.minimum_memory")


def test_amd64_has_its_own_minimum() -> None:
    """RHEL 3.1 asks for 256 MiB on amd64 and for 512 MiB elsewhere."""
    assert load_overheads(guest_os=("rhel3.1",))["guest_os.linux.minimum_memory"] == 256 * MIB


def test_efficiency_is_one_unless_chosen() -> None:
    """A level is looked up, a share is taken as it is, and nothing is lost by default."""
    assert load_overheads()["cpu_efficiency.vm"] == 1000
    chosen = load_overheads(cpu_efficiency={"vm": "typical", "microvm": "0.925"})
    assert (chosen["cpu_efficiency.vm"], chosen["cpu_efficiency.microvm"]) == (880, 925)
    assert "BizTalk" in chosen.source("cpu_efficiency.vm")


@pytest.mark.parametrize(
    "layers", [{"disk": "0.9"}, {"vm": "0"}, {"vm": "1.1"}, {"vm": "0.0005"}, {"vm": "nan"}, {"microvm": "high"}]
)
def test_an_efficiency_that_makes_no_sense(layers: dict[str, str]) -> None:
    """An unknown layer, a share that is none, more decimals than count, and a level that no source gives."""
    with pytest.raises(InputError, match="cpu-efficiency"):
        load_overheads(cpu_efficiency=layers)


def test_an_unknown_guest_is_refused_with_the_nearest() -> None:
    """The message says which names are near."""
    with pytest.raises(InputError, match=r"alpinelinux3\."):
        load_overheads(guest_os=("alpine",))


@pytest.mark.parametrize(
    ("name", "text", "amount"),
    [
        ("host_os.linux.memory", "128 MiB", 128 * MIB),
        ("host_os.linux.cpu", "0.2", 200),
        ("vm.memory_step", "1", 1),
        ("cluster_dns.replicas", "3", 3),
        ("cpu_efficiency.vm", "930", 930),
    ],
)
def test_an_amount_of_ones_own(name: str, text: str, amount: int) -> None:
    """Written as people write it, in the unit of its row; it wins over the workload file."""
    overheads = load_overheads({name: 77}, own={name: text})
    assert overheads[name] == amount
    assert overheads.source(name) == "option --overhead"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("host_os.linux.memory", "much", "--overhead: found host_os.linux.memory=much"),
        ("host_os.linux.memory", "-1", "at least 0"),
        ("vm.memory_step", "0", "at least 1"),
        ("cpu_efficiency.vm", "0", "1 to 1000"),
        ("cpu_efficiency.vm", "1001", "1 to 1000"),
        ("cluster_dns.replicas", "2 GiB", "cluster_dns.replicas=2 GiB"),
        ("host_os.linux.memry", "1", "did you mean host_os.linux.memory"),
    ],
)
def test_an_amount_that_makes_no_sense(name: str, text: str, said: str) -> None:
    """The option, what was found, and the nearest name."""
    with pytest.raises(InputError, match=said):
        load_overheads(own={name: text})


def test_windows_2000_is_known_on_the_processors_of_its_time() -> None:
    """Its only minimum is that on i686."""
    for system, least in (("winnt4.0", 16), ("win2k", 32), ("win2k25", 512)):
        assert load_overheads(guest_os=(system,))["guest_os.windows.minimum_memory"] == least * MIB


def test_the_workload_file_wins_over_the_data() -> None:
    """An amount in a file replaces a level, a guest's minimum, an efficiency and a range."""
    own = {"guest_os.linux.disk": 7, "cpu_efficiency.vm": 900, "start.machine": 60_000}
    overheads = load_overheads(own, guest_os=("debian11",), cpu_efficiency={"vm": "0.5"})
    assert [overheads[name] for name in own] == [7, 900, 60_000]
    low, high = overheads.range("start.machine") or pytest.fail("no range")
    assert low.amount == high.amount == 60_000
    with pytest.raises(InputError, match=r"guest_os\.linux\.disks"):
        load_overheads({"guest_os.linux.disks": 1})
