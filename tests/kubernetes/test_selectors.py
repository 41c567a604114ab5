"""Label selectors."""

from __future__ import annotations

import pytest

from binpack.errors import InputError
from binpack.kubernetes.selectors import Selector, read_selector
from binpack.workload.documents import SourceText, parse_documents


def selector(text: str) -> Selector:
    return read_selector(parse_documents(SourceText("s.yaml", text))[0])


@pytest.mark.parametrize(
    ("text", "ssd", "hdd", "none"),
    [
        ("matchLabels: {disk: ssd}", True, False, False),
        ("matchExpressions: [{key: disk, operator: In, values: [ssd, nvme]}]", True, False, False),
        ("matchExpressions: [{key: disk, operator: NotIn, values: [ssd]}]", False, True, True),
        ("matchExpressions: [{key: disk, operator: Exists}]", True, True, False),
        ("matchExpressions: [{key: disk, operator: DoesNotExist}]", False, False, True),
        ("{matchLabels: {disk: ssd}, matchExpressions: [{key: disk, operator: DoesNotExist}]}", False, False, False),
        ("{}", True, True, True),
    ],
)
def test_operators(text: str, ssd: bool, hdd: bool, none: bool) -> None:
    """NotIn and DoesNotExist match an absent label, In and Exists do not; all requirements must hold; {} matches all."""
    chosen = selector(text)
    assert [chosen.matches({"disk": "ssd"}), chosen.matches({"disk": "hdd"}), chosen.matches({})] == [ssd, hdd, none]


def test_absent_selector_matches_nothing() -> None:
    """No selector is not the empty selector."""
    assert not read_selector(None).matches({})


@pytest.mark.parametrize("text", ["[{key: a, operator: Like, values: [b]}]", "[{key: a, operator: In}]", "[{key: a}]"])
def test_bad_expressions(text: str) -> None:
    """An operator that does not exist, or In without values, is an error with its place."""
    with pytest.raises(InputError, match=r"^s\.yaml:1:\d+: "):
        selector(f"matchExpressions: {text}")
