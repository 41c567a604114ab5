"""Slow obvious version of online packing: one dictionary of copies a bin, every bin looked at for every arrival."""

from __future__ import annotations

from collections import Counter

STEPS = 2**40


class Naive:
    """The bins of one problem under one policy; ``do`` takes one event."""

    def __init__(self, problem, policy, close_empty=True, weights=None, types=None):
        self.problem, self.policy, self.close_empty = problem, policy, close_empty
        self.weights = weights or [1] * problem.resources
        self.types = types
        self.kinds, self.contents, self.is_open = [], [], []
        self.closed = [[] for _ in range(problem.bin_types)]
        self.copies, self.peak, self.rejected = [], 0, 0

    def do(self, event):
        """The bin that a copy goes to or leaves, or -1."""
        if event < 0:
            i, b = self.copies[-1 - event]
            if b >= 0:
                self._leave(b, i)
            return b
        fitting = [b for b in range(len(self.kinds)) if self.is_open[b] and self.takes(b, event)]
        b = self._chosen(fitting, event) if fitting else self._open_for(event)
        self.copies.append((event, b))
        if b < 0:
            self.rejected += 1
        else:
            self.contents[b][event] += 1
        self.peak = max(self.peak, sum(self.is_open))
        return b

    def free(self, b):
        """What is free in bin b."""
        p = self.problem
        return [
            int(p.capacity[self.kinds[b], h]) - sum(n * int(p.sizes[i, h]) for i, n in self.contents[b].items())
            for h in range(p.resources)
        ]

    def takes(self, b, i):
        """Whether a copy of item i may join bin b."""
        p, after = self.problem, self.contents[b] + Counter([i])
        copies = sum(after.values())
        return (
            bool(p.compatible[i, self.kinds[b]])
            and all(int(p.sizes[i, h]) <= free for h, free in enumerate(self.free(b)))
            and (copies == 1 or not any(p.exclusive[j] for j in after))
            and all(a not in after or after[c] <= cap for a, c, cap, _ in p.limits.tolist())
        )

    def _leave(self, b, i):
        self.contents[b] -= Counter([i])
        if not self.contents[b] and self.close_empty:
            self.is_open[b] = False
            self.closed[self.kinds[b]].append(b)

    def _open_for(self, i):
        for k in self.types:
            used = sum(is_open for is_open, kind in zip(self.is_open, self.kinds, strict=True) if kind == k)
            if 0 <= self.problem.available[k] <= used:
                continue
            if self.closed[k]:
                b = self.closed[k][-1]
            else:
                b = len(self.kinds)
            self.kinds[b:] = self.kinds[b:] or [k]
            self.contents[b:] = self.contents[b:] or [Counter()]
            self.is_open[b:] = self.is_open[b:] or [False]
            self.is_open[b] = True
            if self.takes(b, i):
                if self.closed[k]:
                    self.closed[k].pop()
                return b
            self.is_open[b] = False
            if not self.closed[k]:
                self.kinds.pop(), self.contents.pop(), self.is_open.pop()
        return -1

    def _chosen(self, fitting, i):
        if self.policy == "first_fit":
            return fitting[0]
        if self.policy == "best_fit":
            return min(fitting, key=lambda b: (self._room(b), b))
        if self.policy == "worst_fit":
            return min(fitting, key=lambda b: (-self._room(b), b))
        if self.policy == "dot_product":
            return min(fitting, key=lambda b: (-self._dot(b, i), -self._room(b), b))
        sign = -1 if self.policy == "least_allocated" else 1
        return min(fitting, key=lambda b: (-self.percent(b, i), sign * self._percent_free(b), b))

    def _room(self, b):
        free = self.free(b)
        if len(free) == 1:
            return free[0]
        total = 0.0
        for h, room in enumerate(free):
            total += STEPS * (1.0 / max(1, int(self.problem.capacity[:, h].max()))) * room
        return int(total)

    def _dot(self, b, i):
        total = 0.0
        for h, room in enumerate(self.free(b)):
            relative = 1.0 / max(1, int(self.problem.capacity[:, h].max()))
            total += int(self.problem.sizes[i, h]) * relative * relative * room
        return total

    def percent(self, b, i):
        """Kubernetes' score of bin b with a copy of item i in it."""
        total = weights = 0
        for h, room in enumerate(self.free(b)):
            capacity = int(self.problem.capacity[self.kinds[b], h])
            if capacity:
                left = room - int(self.problem.sizes[i, h])
                part = left if self.policy == "least_allocated" else capacity - left
                total += self.weights[h] * (100 * part // capacity)
                weights += self.weights[h]
        return total // weights if weights else 0

    def _percent_free(self, b):
        """The mean percent that is free, to the steps in which the kernel counts."""
        capacity = [int(c) for c in self.problem.capacity[self.kinds[b]]]
        weights = sum(w for w, c in zip(self.weights, capacity, strict=True) if c)
        total = 0.0
        for h, room in enumerate(self.free(b)):
            if capacity[h]:
                total += STEPS * (100.0 * self.weights[h] / (capacity[h] * weights)) * room
        return int(total)
