"""Bin types that hold exactly what another one holds: nodes of one machine type in several zones."""

from __future__ import annotations

import numpy as np

from binpack_solvers.problem import UNLIMITED, Problem


def alike_bin_types(problem: Problem) -> dict[int, int]:
    """Bin type -> another with the same capacity, item types and setups, to be had without end, at no more cost.

    Of those that can stand for each other the cheapest stays, of equal ones the first. Every content of a bin of the one
    type is one of the other type, so whatever is known of the other's contents is known of both; where a rule tells the two
    apart (a domain), only that has to be looked at again.
    """
    rows = [problem.capacity, problem.compatible.T]
    rows += [np.isin(np.arange(problem.bin_types), setup.types)[:, None] for setup in problem.setups]
    kind = np.unique(np.hstack(rows), axis=0, return_inverse=True)[1].ravel()
    alike: dict[int, int] = {}
    stays: dict[int, int] = {}
    for k in np.argsort(problem.cost, kind="stable").tolist():
        first = stays.get(int(kind[k]))
        if first is not None:
            alike[k] = first
        elif problem.available[k] == UNLIMITED:
            stays[int(kind[k])] = k
    return alike
