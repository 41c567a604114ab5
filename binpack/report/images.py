"""Images in words: what they take of disks and of a network, shared and not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from binpack.comparison import EraResult
from binpack.era_plan import IMAGES, Machine
from binpack.image_use import ImageUse
from binpack.report.figures import counted, plain_title
from binpack.report.wrapping import unbroken, wrapped
from binpack.units import DISK, format_bytes

GUEST = "guest_os"  # the kind of overhead


def era_image_lines(rows: Sequence[EraResult], width: int) -> list[str]:
    """A clause for each era of containers, what not sharing would take, and the disks of virtual machines' guests; nothing
    without images."""
    told = [(row, row.plan.images) for row in rows if row.plan.images is not None]
    if not told:
        return []
    lines: list[str] = []
    for row, use in told:
        before = "".join(f"; {words}" for words in _before(use))
        text = f"{format_bytes(use.plan.disk)} on disks, {_pulled(use)} ({_proof(use)}{before})"
        lines += wrapped("" if lines else "images", f"{plain_title(row.era)}: {text}", width)
    apart = max(use.apart.disk for _, use in told)
    rest = [f"{format_bytes(apart)} on disks if copies shared no layers"]
    if unknown := told[0][1].unknown:
        rest.append(f"{counted(len(unknown), 'image')} of unknown size not counted")
    guests = ((row, row.overhead.get(GUEST, {}).get(DISK, 0)) for row in rows if row.era == "virtual_machines")
    rest += [
        f"{counted(row.virtual_machines, 'disk')} of virtual machines' guests {format_bytes(d)}, installed and not pulled"
        for row, d in guests
        if d
    ]
    return [*lines, *wrapped("", "; ".join(map(unbroken, rest)), width)]


def image_sentence(use: ImageUse) -> str:
    """Disk, bytes pulled with their bound, and both without sharing."""
    found, apart = use.plan, use.apart
    stored = f"{format_bytes(found.disk)} on disks, at most {format_bytes(found.largest)} on one"
    parts = [stored, f"{_pulled(use)} ({_proof(use)})", *_before(use)]
    parts.append(f"if copies shared no layers {format_bytes(apart.disk)} on disks, {format_bytes(apart.pulled)} pulled")
    if use.unknown:
        parts.append(f"{counted(len(use.unknown), 'image')} of unknown size not counted")
    return "; ".join(map(unbroken, parts))


def image_line(machine: Machine) -> str:
    """What images take on one machine; empty for nothing."""
    size = sum(charge.amount for charge in machine.overhead if charge.what == IMAGES)
    return f"images {format_bytes(size)}" if size else ""


def _pulled(use: ImageUse) -> str:
    return f"{format_bytes(use.plan.pulled)} pulled{_in(use.seconds(use.plan))}"


def _proof(use: ImageUse) -> str:
    return "proven least" if use.proven else f"at least {format_bytes(use.lower_bound)}"


def _before(use: ImageUse) -> list[str]:
    """What a packing that looks at machines alone pulls, where that is more."""
    before = use.without_regard
    if before is None or before.pulled == use.plan.pulled:
        return []
    return [f"packed without regard {format_bytes(before.pulled)}{_in(use.seconds(before))}"]


def _in(seconds: Fraction | None) -> str:
    return "" if seconds is None else f" in {float(seconds):,.3g} s"
