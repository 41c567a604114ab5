"""bench/kubernetes/verdicts.py: what it counts, and the verdicts of the real scheduler where they are at hand."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from bench.kubernetes.verdicts import main
from tests.kubernetes.own_cases import COUNT, STORED, draw_case

VERDICTS = Path(__file__).resolve().parents[2] / "../shared/data/kubernetes-verdicts"


def written(path: Path, case: dict[str, Any]) -> str:
    path.write_text(json.dumps(case) + "\n")
    return str(path)


def a_case() -> dict[str, Any]:
    """One with a pod that fits somewhere and is refused elsewhere."""
    cases = (draw_case(random.Random(seed)) for seed in range(1000))
    return next(c for c in cases if {node["fits"] for node in c["verdicts"][0]["nodes"]} == {True, False})


def test_agreement_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Equal verdicts: exit 0, each respect with its count and share."""
    assert main([written(tmp_path / "own.jsonl", a_case())]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1 cases, ")
    assert [line.split()[0] for line in lines[1:]] == ["requests", "fits", "plugin", "code", "reasons", "score"]
    assert all(line.endswith("100.00 %") for line in lines[1:6])
    assert lines[6].split() == ["score", "0", "of", "0", "agree", "-"]


def test_differences_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another plug-in alone is shown and not a failure; another request or verdict is one."""
    case = a_case()
    refused = next(node for node in case["verdicts"][0]["nodes"] if not node["fits"])
    refused["plugin"] = "NodeName"
    assert main([written(tmp_path / "own.jsonl", case)]) == 0
    assert f"on {refused['node']}: NodeName, {refused['code']}: " in capsys.readouterr().out
    case["verdicts"][0]["requests"]["cpu"] = "123456m"
    assert main([written(tmp_path / "own.jsonl", case)]) == 1
    case = a_case()
    next(node for node in case["verdicts"][0]["nodes"] if not node["fits"])["fits"] = True
    assert main([written(tmp_path / "own.jsonl", case)]) == 1


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad input is one line and exit 2."""
    assert main([str(tmp_path / "none.jsonl")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_cases_of_our_own(capsys: pytest.CaptureFixture[str]) -> None:
    """The stored cases agree in every respect."""
    assert main([str(STORED)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{COUNT} cases, ")
    assert all(line.endswith("100.00 %") for line in lines[1:6])


@pytest.mark.skipif(not VERDICTS.is_dir(), reason="no ../shared/data/kubernetes-verdicts beside the checkout")
def test_the_real_schedulers_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    """All 52 named and 1,200 random cases agree in every respect, on all 22,085 pairs, and so do the scores given."""
    assert main([str(VERDICTS / f"{name}-cases.jsonl.gz") for name in ("named", "random")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1252 cases, 22085 pairs of a pod and a node"
    assert len(lines) == 7
    assert all(line.endswith("100.00 %") for line in lines[1:])
