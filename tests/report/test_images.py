"""Images in words: the plan's figures, their bound, and what they are held against."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import hand_made
from hypothesis import given
from hypothesis import strategies as st

from binpack.image_use import Bandwidth, ImageBytes
from binpack.report.images import era_image_lines, image_sentence
from binpack.report.images_json import images_json

PLAN = replace(hand_made.PLAN, images=hand_made.IMAGES)
PROVEN = replace(hand_made.IMAGES, lower_bound=2000, without_regard=None, bandwidth=Bandwidth(), unknown=())


def test_a_clause_for_each_era_of_containers() -> None:
    """Disk, bytes pulled in how long, their bound, the packing that looks at machines alone, and no sharing at all."""
    text = " ".join("\n".join(era_image_lines([replace(hand_made.ROW, plan=PLAN)], 200)).split())
    assert text == (
        "images containers: 2.9 KiB on disks, 2.0 KiB pulled in 20 s (at least 1.5 KiB; packed without regard 2.4 KiB in 25"
        " s) 8.8 KiB on disks if copies shared no layers; 1 image of unknown size not counted"
    )
    assert era_image_lines([hand_made.ROW], 200) == []


def test_what_is_proven_is_said_to_be() -> None:
    """Where the bound is met; without a bandwidth no time is invented."""
    sentence = image_sentence(PROVEN).replace("\N{NO-BREAK SPACE}", " ")
    assert "2.0 KiB pulled (proven least)" in sentence
    assert " s" not in sentence.replace(" shared", "")
    found = images_json(PROVEN)
    assert found is not None
    assert (found["proven"], found["pull_seconds"], found["without_regard"]) == (True, None, None)


amounts = st.integers(1, 10**6)


@given(st.lists(amounts, min_size=1, max_size=6), amounts, amounts)
def test_the_time_to_pull_is_the_least_there_is(wanted: list[int], registry: int, machine: int) -> None:
    """At rates in proportion to what each machine wants all are done then, within both limits; and a limit is used up, so
    nothing is quicker."""
    use = ImageBytes(0, 0, sum(wanted), max(wanted))
    seconds = Bandwidth(registry, machine).seconds(use)
    assert seconds is not None
    rates = [Fraction(amount) / seconds for amount in wanted]
    assert sum(rates) <= registry
    assert max(rates) <= machine
    assert sum(rates) == registry or max(rates) == machine
    assert Bandwidth().seconds(use) is None
