"""``--spot-share`` of ``plan``: spot nodes to choose from, and the copies that may stand on them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from binpack.cli.money_arguments import share
from binpack.errors import input_error

if TYPE_CHECKING:
    from binpack.kubernetes.planning.inputs import PlanInput
    from binpack.kubernetes.planning.node_class import NodeClass


class WithSpot(NamedTuple):
    """All classes, what divides the copies of an input, and what is assumed in words."""

    classes: list[NodeClass]
    divided: Callable[[PlanInput], PlanInput]
    stated: tuple[str, ...]


def spot_share(args: argparse.Namespace) -> Fraction:
    """The share asked for, 0 without; all of the copies is a share as well."""
    if (args.spot_share or "").strip() in ("100%", "1"):
        return Fraction(1)
    return share("--spot-share", args.spot_share) or Fraction(0)


def with_spot(
    args: argparse.Namespace, classes: Sequence[NodeClass], spot: Sequence[NodeClass], providers: Sequence[str]
) -> WithSpot:
    """Classes and copies of a plan with spot nodes. spot : such nodes at their prices. InputError where there are none."""
    from binpack.kubernetes.planning.spot import split_for_spot, spot_classes
    from binpack.kubernetes.planning.spot_nodes import spot_taint

    part = spot_share(args)
    if not part:
        return WithSpot(list(classes), lambda given: given, ())
    if not spot:
        raise input_error("--spot-share", "no spot price", "spot_price_per_hour in --prices, or --spot-discount 65%")
    taint = spot_taint(providers)
    who = f"{float(part) * 100:g}% of the copies of each workload, rounded down (named .spot)"
    said = f"new spot nodes have the taint {taint.key}={taint.value}, which daemons tolerate and at most {who}; StatefulSets"
    said += " and bare pods do not"

    def divided(given: PlanInput) -> PlanInput:
        return replace(given, sets=split_for_spot(given.sets, part, taint))

    return WithSpot([*classes, *spot_classes(spot, taint)], divided, (said,))
