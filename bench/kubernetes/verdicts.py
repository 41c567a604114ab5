"""How far the filters agree with a real scheduler's verdicts: python bench/kubernetes/verdicts.py FILE...

A FILE is .jsonl or .jsonl.gz, one case a line. Exit 1 if any verdict whether a pod fits, or any request, differs.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solvers")]

from bench.kubernetes.cases import Pair, play, read_case, requests_agree  # noqa: E402
from binpack.errors import InputError  # noqa: E402
from binpack.workload.documents import parse_documents, read_text  # noqa: E402

RESPECTS = ("fits", "plugin", "code", "reasons", "score")
SHOWN = 10


class Agreement:
    """What was compared and what agrees, over all cases."""

    def __init__(self) -> None:
        self.cases = 0
        self.requests = Counter[bool]()
        self.compared = Counter[str]()
        self.agree = Counter[str]()
        self.differing: list[str] = []

    def add(self, pair: Pair) -> None:
        """Count a pod and a node. Plug-in and code are compared where both refuse, reasons where the plug-in agrees."""
        expected, found = pair.expected, pair.found
        self._count("fits", (expected is None) == (found is None))
        if expected is not None and found is not None:
            self._count("plugin", expected.plugin == found.plugin)
            self._count("code", expected.code == found.code)
            if expected.plugin == found.plugin:
                self._count("reasons", expected.reasons == found.reasons)
        if pair.expected_score is not None:
            self._count("score", pair.expected_score == pair.found_score)
        if pair.difference:
            said = f"{described(pair, 'expected')}; found {described(pair, 'found')}"
            self.differing.append(f"{pair.case}: {pair.pod} on {pair.node}: {said}")

    def _count(self, respect: str, agrees: bool) -> None:
        self.compared[respect] += 1
        self.agree[respect] += agrees

    @property
    def failed(self) -> bool:
        return self.requests[False] > 0 or self.agree["fits"] < self.compared["fits"]


def described(pair: Pair, whose: Literal["expected", "found"]) -> str:
    """One side of a pair in one line."""
    refusal, score = (pair.expected, pair.expected_score) if whose == "expected" else (pair.found, pair.found_score)
    if refusal is None:
        return "fits" if score is None else f"fits with score {score}"
    return f"{refusal.plugin}, {refusal.code}: {refusal}"


def compare(files: Sequence[str]) -> Agreement:
    """Every case of every file. InputError for what cannot be read."""
    total = Agreement()
    for file in files:
        for document in parse_documents(read_text(file)):
            case = read_case(document)
            total.cases += 1
            for pod, verdict, pairs in play(case):
                agrees = requests_agree(pod, verdict)
                total.requests[agrees] += 1
                if not agrees:
                    total.differing.append(f"{case.name}: {pod.key}: requests {dict(pod.template.requests)}")
                for pair in pairs:
                    total.add(pair)
    return total


def report(total: Agreement) -> str:
    """The table, and the first differences."""
    lines = [f"{total.cases} cases, {total.compared['fits']} pairs of a pod and a node"]
    rows = [("requests", total.requests[True], total.requests.total())]
    rows += [(respect, total.agree[respect], total.compared[respect]) for respect in RESPECTS]
    for name, agree, compared in rows:
        share = f"{100 * agree / compared:.2f} %" if compared else "-"
        lines.append(f"{name:<9} {agree:>7} of {compared:>7} agree  {share}")
    return "\n".join(lines + total.differing[:SHOWN])


def main(arguments: Sequence[str] | None = None) -> int:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("files", nargs="+", metavar="FILE")
    try:
        total = compare(made.parse_args(arguments).files)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(report(total))
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
