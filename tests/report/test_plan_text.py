"""One era in full, in a terminal: every machine with what it pays and what stands on it."""

from __future__ import annotations

from dataclasses import replace

import hand_made

from binpack.report.plan_text import plan_text


def test_a_plan_tells_every_machine_and_adds_up() -> None:
    """Requested, overhead and free make up the whole of each resource; VMs, copies and places are there."""
    text = " ".join(plan_text(hand_made.ROW).split())
    assert text.startswith("containers, as parts: 3 machines (proven")
    assert "14 GiB + 4 GiB overhead of 192 GiB, 174 GiB free" in text
    assert "cabinet 1 unit 1 slot 0" in text
    assert "3 GiB + 1 GiB overhead of 64 GiB, 60 GiB free" in text
    assert "web x 3" in text
    assert "8 GiB + 2 GiB overhead of 64 GiB, 54 GiB free" in text
    assert "VM of 2 vCPUs" in text


def test_a_plan_says_what_is_not_proven_and_what_is_unplaced() -> None:
    """The bound beside the number; the copies without a place, and the machine that comes nearest."""
    assert "at least 2" in plan_text(hand_made.GAP).splitlines()[0]
    text = plan_text(hand_made.UNFIT)
    assert "not everything fits" in text.splitlines()[0]
    [line] = [line for line in text.splitlines() if "shop/big x 2" in line]
    assert "99 GiB" in line
    assert "box" in line


def test_a_machine_without_place_or_content_is_told_plainly() -> None:
    """A rented spare: no cabinet, no price, no power, and nothing on it."""
    bare = replace(hand_made.MACHINES[0], cabinet=None, rack_unit=None, slot=None, instances=(), overhead=())
    text = plan_text(replace(hand_made.UNKNOWN, plan=replace(hand_made.PLAN, machines=(bare,))))
    assert not any(word in text for word in ("cabinet", "kW", "$"))
    assert "  nothing" in text.splitlines()
