"""One era in full, in a terminal: every machine with what it pays and what stands on it."""

from __future__ import annotations

from dataclasses import replace

import hand_made

from binpack.report.terminal import plan_text


def test_a_plan_tells_every_machine_and_adds_up() -> None:
    """Requested, overhead and free make up the whole of each resource; VMs, copies and places are there."""
    text = plan_text(hand_made.PLAN)
    assert text.startswith("containers, parts: 3 machines (proven")
    first, second = text.split("\n\n")[1:3]
    assert first.startswith("machine-1 and 1 more like it: box, cabinet 1 unit 1 slot 0")
    assert "3 GiB requested, 1 GiB overhead, 60 GiB free" in first
    assert "6% of 64 GiB" in first
    assert "shop/web x 3" in first
    assert "8 GiB requested, 2 GiB overhead, 54 GiB free" in second
    assert "1 virtual machine" in second
    assert "shop/db" in second


def test_a_plan_says_what_is_not_proven_and_what_is_unplaced() -> None:
    """The bound beside the number, and the copies without a place."""
    assert "bound 2" in plan_text(hand_made.GAP.plan).splitlines()[0]
    text = plan_text(hand_made.UNFIT.plan)
    assert "shop/big x 2" in text
    assert "box" in text.splitlines()[-1]


def test_a_machine_without_place_or_content_is_told_plainly() -> None:
    """A rented spare: no cabinet, nothing on it, and a resource of which there is none is 0%."""
    bare = replace(hand_made.MACHINES[0], cabinet=None, rack_unit=None, slot=None, instances=(), capacity={"cpu": 0})
    text = plan_text(replace(hand_made.PLAN, machines=(bare,)))
    assert "cabinet" not in text
    assert "0% of 0" in text
    assert text.rstrip().endswith("nothing")
