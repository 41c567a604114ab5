"""The table of a run: a row for all problems, for those without a rule, and for those with each rule."""

from __future__ import annotations

from collections.abc import Sequence

from bench.differential.draw import RULES
from bench.differential.outcome import PROVEN, Outcome


def table(outcomes: Sequence[Outcome], methods: Sequence[str]) -> str:
    """Problems, how many are infeasible, proven by each method, and faults; under it times and certificates."""
    groups = {"all": list(outcomes), "no rule": [o for o in outcomes if not o.rules]}
    groups |= {rule: [o for o in outcomes if rule in o.rules] for rule in RULES}
    lines = [_line("", "problems", "infeasible", *methods, "faults")]
    lines += [_line(name, *_cells(group, methods)) for name, group in groups.items()]
    return "\n".join([*lines, "", *(_times(outcomes, method) for method in methods), _certificates(outcomes)])


def _cells(outcomes: Sequence[Outcome], methods: Sequence[str]) -> list[str]:
    infeasible = sum("infeasible" in outcome.statuses.values() for outcome in outcomes)
    proven = [sum(outcome.statuses[method] in PROVEN for outcome in outcomes) for method in methods]
    shares = [f"{count} {count / len(outcomes):.1%}" if outcomes else "-" for count in proven]
    return [str(len(outcomes)), str(infeasible), *shares, str(sum(len(outcome.faults) for outcome in outcomes))]


def _times(outcomes: Sequence[Outcome], method: str) -> str:
    seconds = [outcome.seconds[method] for outcome in outcomes if method in outcome.seconds]
    mean = sum(seconds) / len(seconds) if seconds else 0.0
    return f"{method}: mean {mean:.3f} s, longest {max(seconds, default=0.0):.2f} s"


def _certificates(outcomes: Sequence[Outcome]) -> str:
    verdicts = [verdict for outcome in outcomes for verdict in outcome.certificates]
    counts = [f"{verdicts.count(result)} {result}" for result in ("proved", "not re-proved", "refuted")]
    return f"certificates: {', '.join(counts)}"


def _line(name: str, *cells: str) -> str:
    return f"{name:<14}" + "".join(f"{cell:>14}" for cell in cells)
