"""Label selectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.kubernetes.selectors import NODE_OPERATORS, Requirement, Selector, label_integer, read_selector
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


WORDS = st.sampled_from(["a", "b", "1", "7", "-3"])
REQUIREMENTS = st.builds(
    Requirement, WORDS, st.sampled_from(NODE_OPERATORS), st.lists(WORDS, min_size=1, max_size=2).map(tuple)
)


@given(st.builds(Selector, st.lists(REQUIREMENTS, max_size=3).map(tuple), st.booleans()), st.dictionaries(WORDS, WORDS))
def test_anchors_are_had_by_all_that_matches(chosen: Selector, labels: dict[str, str]) -> None:
    """Whatever a selector matches has one of its anchors; they are labels of one key."""
    anchors = chosen.anchors
    assert anchors is None or len({key for key, _ in anchors}) <= 1
    assert anchors is None or not chosen.matches(labels) or set(anchors) & set(labels.items())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7), ("+5", 5), ("-0", 0), ("007", 7), (str(2**63 - 1), 2**63 - 1), (str(2**63), None), ("1_000", None),
        (" 7", None), ("7\n", None), ("", None), ("0x10", None), ("٧", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_integers_of_labels(text: str, number: int | None) -> None:
    """Gt and Lt read 64-bit integers in base ten, with a sign or without, and nothing else."""
    assert label_integer(text) == number
