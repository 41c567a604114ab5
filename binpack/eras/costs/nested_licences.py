"""Licences of hosts by what stands in their virtual machines: kinds of hosts and boxes with a licence, and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import numpy as np
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.problem import UNLIMITED, Int64
from binpack_solvers.reductions.bin_types_made_of import bin_types_made_of
from binpack_solvers.reductions.paid_setups import with_paid_setups
from binpack_solvers.rules import Setup

from binpack.eras.costs.cost_objective import sought_licences
from binpack.eras.costs.licence_needs import always, one_set
from binpack.eras.costs.licences import needs
from binpack.eras.era import Era, Setting
from binpack.eras.packing.compilation import Compiled


@dataclass(frozen=True)
class LicensedHosts:
    """The nested problem with licences. boxes, hosts : for each kind the one of the problem without."""

    problem: NestedProblem
    boxes: Int64
    hosts: Int64

    def back(self, packing: NestedPacking) -> NestedPacking:
        """The same boxes on the same hosts, of the kinds without."""
        return NestedPacking(
            replace(packing.boxes, bin_type=self.boxes[packing.boxes.bin_type]),
            replace(packing.hosts, bin_type=self.hosts[packing.hosts.bin_type]),
        )


@dataclass(frozen=True)
class HostFee:
    """What a host of each machine type pays, in units of cost, once one of its boxes holds any of ``members``."""

    members: tuple[int, ...]
    prices: tuple[int, ...]


def host_fees(era: Era, compiled: Compiled, setting: Setting, unit: Fraction) -> list[HostFee]:
    """The first set of each licence that not every host needs; further ones, and licences per VM, are not looked at."""
    found = []
    for licence in sought_licences(setting):
        if licence.per == "vm" or licence.hypervisor is not None or always(licence, era, compiled.boxes[0], setting):
            continue
        members = tuple(
            i
            for i, piece in enumerate(compiled.pieces)
            if piece.application is not None and needs(licence, piece.application.os, [piece.application])
        )
        found.append(HostFee(members, tuple(int(one_set(licence, machine) / unit) for machine in setting.machines)))
    return [fee for fee in found if fee.members and any(fee.prices)]


def with_licensed_hosts(problem: NestedProblem, fees: Sequence[HostFee]) -> LicensedHosts | None:
    """The problem with kinds for each choice of licences; None without any, with too many kinds, or where hosts are limited
    in number, as nothing would keep the kinds of one together."""
    inner, outer = problem.inner, problem.outer
    nothing = (0,) * inner.resources
    made = with_paid_setups(inner.replace(setups=[*inner.setups, *(Setup(f.members, nothing, cost=1) for f in fees)]))
    if made is None or (outer.available != UNLIMITED).any():
        return None
    needed = np.array([made.problem.compatible[list(fee.members)].any(axis=0) for fee in fees])
    kinds = [(h, paid) for h in range(outer.bin_types) for paid in product((False, True), repeat=len(fees))]
    hosts = np.array([h for h, _ in kinds], np.int64)
    paid = np.array([chosen for _, chosen in kinds])
    lacks = (needed[:, :, None] & ~paid.T[:, None, :]).any(axis=0)
    prices = np.array([fee.prices for fee in fees], np.int64)
    plain = bin_types_made_of(outer, hosts)
    changed = plain.replace(
        sizes=outer.sizes[made.origin],
        demands=outer.demands[made.origin],
        alternatives=None,
        optional=None,
        exclusive=outer.exclusive[made.origin],
        move_cost=None,
        cost=plain.cost + (paid * prices[:, hosts].T).sum(axis=1),
        compatible=plain.compatible[made.origin] & ~lacks,
        item_names=(),
    )
    nested = NestedProblem(made.problem, changed, most_per_host=problem.most_per_host, apart=problem.apart)
    return LicensedHosts(nested, made.origin, hosts)
