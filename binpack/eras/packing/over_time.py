"""Packing by curves: a problem in which each resource that copies take by a curve has to suffice at every point of time.

At one point a packing is an ordinary one, so a resource with curves becomes as many resources as there are points (time as
a dimension of vector packing, as in the temporal bin packing problem: de Cauwer, Mehta and O'Sullivan, 2016). What an era
charges, it charges at every point.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack_solvers.rules import Setup

if TYPE_CHECKING:
    from binpack.eras.packing.compilation import Compiled, Piece


def over_time(compiled: Compiled) -> Compiled:
    """The same with a resource for each point of time in place of each resource of which some piece has a curve.

    ``resources`` then names such a resource once for each point; without curves ``compiled`` itself.
    """
    problem = compiled.problem
    points = {r: _points(compiled.pieces, r) for r in compiled.resources}
    if not any(points.values()):
        return compiled
    origin = [k for k, r in enumerate(compiled.resources) for _ in range(points[r] or 1)]
    sizes = problem.sizes[:, origin].copy()
    start = 0
    for k, resource in enumerate(compiled.resources):
        for i, piece in enumerate(compiled.pieces):
            if curve := piece.curves.get(resource):
                beyond = int(problem.sizes[i, k]) - piece.requests.get(resource, 0)
                sizes[i, start : start + len(curve)] = [(amount or 0) + beyond for amount in curve]
        start += points[resource] or 1
    names = tuple(compiled.resources[k] for k in origin)
    setups = [Setup(s.members, tuple(s.size[k] for k in origin), s.types, s.cost) for s in problem.setups]
    changed = problem.replace(sizes=sizes, capacity=problem.capacity[:, origin], setups=setups, resource_names=names)
    return replace(compiled, resources=names, problem=changed)


def _points(pieces: Iterable[Piece], resource: str) -> int:
    """The points that pieces have of a resource; 0 where none has a curve."""
    return max((len(piece.curves.get(resource, ())) for piece in pieces), default=0)
