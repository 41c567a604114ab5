"""How many copies of an item type a group of bins takes, by every rule that concerns one bin."""

from __future__ import annotations

from binpack_solvers.jit import inlined, uncounted
from binpack_solvers.kernels.groups import (
    CAP,
    CAPPED,
    COUNT,
    EXCLUSIVE,
    HEAD,
    ITEM,
    KIND,
    LIMIT,
    LIMIT_END,
    LIMITED,
    LIMITED_END,
    LOCKED,
    NEXT,
    NOTHING,
    OF,
    OTHER,
    PLENTY,
    REQUIRE,
    REQUIRE_END,
    SETUP,
    SETUP_END,
    TOGETHER,
    WITH,
)


@uncounted
def copies_in(bins, g, i):  # type: ignore[no-untyped-def]
    """Copies of item i in one bin of group g."""
    total = 0
    node = bins.group[g, HEAD]
    while node != NOTHING:
        if bins.node[node, ITEM] == i:
            total += bins.node[node, COUNT]
        node = bins.node[node, NEXT]
    return total


@uncounted
def _room(rules, bins, g, i):  # type: ignore[no-untyped-def]
    """How many more copies of item i each bin of group g can take; 0 where a rule forbids it."""
    k = bins.group[g, KIND]
    if not rules.compatible[i, k] or bins.group[g, LOCKED]:
        return 0
    if rules.item[i, EXCLUSIVE] and bins.group[g, HEAD] != NOTHING:
        return 0
    most = 1 if rules.item[i, EXCLUSIVE] else PLENTY
    for h in range(rules.sizes.shape[1]):
        free = bins.left[g, h]
        for at in range(rules.item[i, SETUP], rules.item[i, SETUP_END]):
            s = rules.arc[at, OTHER]
            if rules.setup_in[s, k] and not bins.paid[g, s]:
                if rules.setup_size[s, h] > free:
                    return 0
                free -= rules.setup_size[s, h]
        size = rules.sizes[i, h]
        if size > free or free < 0:
            return 0
        if size > 0:
            most = min(most, free // size)
    return _room_by_limits(rules, bins, g, i, most)


@inlined
def _write_caps(rules, bins, i):  # type: ignore[no-untyped-def]
    """Write the limits of item i to ``cap``, over those of the item before: a bin is then looked through once, not once for
    each of what may be a hundred limits."""
    before = bins.tally[CAPPED]
    if before == i:
        return
    if before != NOTHING:
        for at in range(rules.item[before, LIMIT], rules.item[before, LIMIT_END]):
            bins.cap[rules.arc[at, OTHER], OF] = PLENTY
        for at in range(rules.item[before, LIMITED], rules.item[before, LIMITED_END]):
            bins.cap[rules.arc[at, OTHER], WITH] = PLENTY
    for at in range(rules.item[i, LIMIT], rules.item[i, LIMIT_END]):
        j = rules.arc[at, OTHER]
        bins.cap[j, OF] = min(bins.cap[j, OF], rules.arc[at, CAP])
    for at in range(rules.item[i, LIMITED], rules.item[i, LIMITED_END]):
        j = rules.arc[at, OTHER]
        bins.cap[j, WITH] = min(bins.cap[j, WITH], rules.arc[at, CAP])
    bins.tally[CAPPED] = i


@inlined
def _room_by_limits(rules, bins, g, i, most):  # type: ignore[no-untyped-def]
    if rules.item[i, LIMIT] < rules.item[i, LIMIT_END] or rules.item[i, LIMITED] < rules.item[i, LIMITED_END]:
        _write_caps(rules, bins, i)
        most = min(most, bins.cap[i, WITH] - copies_in(bins, g, i))
        node = bins.group[g, HEAD]
        while node != NOTHING and most > 0:
            j = bins.node[node, ITEM]
            if j != i and bins.cap[j, WITH] < PLENTY:
                most = min(most, bins.cap[j, WITH] - copies_in(bins, g, i))
            if j != i and bins.cap[j, OF] < PLENTY and copies_in(bins, g, j) > bins.cap[j, OF]:
                return 0
            node = bins.node[node, NEXT]
    for at in range(rules.item[i, REQUIRE], rules.item[i, REQUIRE_END]):
        if copies_in(bins, g, rules.arc[at, OTHER]) == 0:
            return 0
    return max(most, 0)


@uncounted
def choice(rules, bins, g, run, rest):  # type: ignore[no-untyped-def]
    """The first item type of the run that fits group g, and how many copies of the ``rest`` a bin takes."""
    for at in range(rules.run_ptr[run], rules.run_ptr[run + 1]):
        i = rules.run_item[at]
        most = min(_room(rules, bins, g, i), rest)
        if most > 0 and (most == rest or not rules.item[i, TOGETHER]):
            return i, most
    return NOTHING, 0


@uncounted
def is_weightless(rules, bins, g, i):  # type: ignore[no-untyped-def]
    """Whether a copy of item i leaves a bin of group g as empty as it was, so that the next goes there too."""
    for h in range(rules.sizes.shape[1]):
        if rules.sizes[i, h] > 0:
            return False
        for at in range(rules.item[i, SETUP], rules.item[i, SETUP_END]):
            s = rules.arc[at, OTHER]
            if rules.setup_in[s, bins.group[g, KIND]] and not bins.paid[g, s] and rules.setup_size[s, h] > 0:
                return False
    return True
