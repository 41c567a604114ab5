"""One era in full, in a terminal: every machine with what it pays and what stands on it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import hand_made

from binpack.comparison import EraResult
from binpack.machines.machine_type import MachineType
from binpack.machines.racks import rack_positions
from binpack.report.machine_groups import each
from binpack.report.plan_text import plan_text


def told(row: EraResult, everything: bool = False) -> str:
    return "".join(plan_text(row, everything=everything))


def test_a_plan_tells_every_machine_and_adds_up() -> None:
    """Requested, overhead and free make up the whole of each resource; VMs, copies and places are there."""
    text = " ".join(told(hand_made.ROW).split())
    assert text.startswith("containers, as parts: 3 machines (proven")
    assert "14 GiB + 4 GiB overhead of 192 GiB, 174 GiB free" in text
    assert "cabinet 1 unit 1 slot 0" in text
    assert "3 GiB + 1 GiB overhead of 64 GiB, 60 GiB free" in text
    assert "web x 3" in text
    assert "8 GiB + 2 GiB overhead of 64 GiB, 54 GiB free" in text
    assert "VM of 2 vCPUs" in text


def test_a_plan_says_what_is_not_proven_and_what_is_unplaced() -> None:
    """The bound beside the number; the copies without a place, and the machine that comes nearest."""
    assert "at least 2" in told(hand_made.GAP).splitlines()[0]
    text = told(hand_made.UNFIT)
    assert "not everything fits" in text.splitlines()[0]
    [line] = [line for line in text.splitlines() if "shop/big x 2" in line]
    assert "99 GiB" in line
    assert "box" in line


def test_a_machine_without_place_or_content_is_told_plainly() -> None:
    """A rented spare: no cabinet, no price, no power, and nothing on it."""
    bare = replace(hand_made.MACHINES[0], places=None, instances=(), overhead=())
    text = told(replace(hand_made.UNKNOWN, plan=replace(hand_made.PLAN, machines=(bare,))))
    assert not any(word in text for word in ("cabinet", "kW", "$"))
    assert "  nothing" in text.splitlines()


def test_each_machine_by_itself_has_its_name_and_its_place() -> None:
    """The two of an entry are told one after the other, with the same content."""
    blocks = told(hand_made.ROW, everything=True).split("\n\n")
    assert [block.splitlines()[0] for block in blocks[2:5]] == [
        "machine-1: box, cabinet 1 unit 1 slot 0",
        "machine-2: box, cabinet 1 unit 1 slot 1",
        "machine-3: box, cabinet 1 unit 2 slot 0",
    ]
    assert blocks[2].splitlines()[1:] == blocks[3].splitlines()[1:]


def test_millions_of_machines_are_told_one_by_one() -> None:
    """What is told first does not wait for the others."""
    [places] = rack_positions([(MachineType("box", hand_made.CAPACITY, rack_units=Fraction(1, 2)), 10**9)])
    many = replace(hand_made.MACHINES[0], places=places, count=10**9)
    parts = plan_text(replace(hand_made.ROW, plan=replace(hand_made.PLAN, machines=(many,))), everything=True)
    assert [next(parts) for _ in range(87)][-1].splitlines()[1] == "machine-85: box, cabinet 2 unit 1 slot 0"


def test_vms_are_numbered_on_from_machine_to_machine() -> None:
    """Of an entry with two nodes on each machine, the second has the third and the fourth; others keep their names."""
    vms = tuple(replace(hand_made.VM, name=name, vcpus=k + 1) for k, name in enumerate(("node-7", "node-8", "linux")))
    inside = tuple(replace(hand_made.DB, inside=vm.name) for vm in vms)
    entry = replace(hand_made.MACHINES[0], name="machine-1", virtual_machines=vms, instances=inside)
    first, second = each(entry)
    for machine, names in ((first, ["node-7", "node-8", "linux"]), (second, ["node-9", "node-10", "linux"])):
        assert [vm.name for vm in machine.virtual_machines] == names == [i.inside for i in machine.instances]
