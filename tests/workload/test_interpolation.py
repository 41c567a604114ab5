"""Compose's variables: every form of the specification, the files they come from, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.workload.interpolation import InterpolationError, environment_beside, interpolate

VARIABLES = {"A": "a", "EMPTY": "", "LONG_name1": "long"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("$A", "a"),
        ("${A}", "a"),
        ("x-$A/${A}.y", "x-a/a.y"),
        ("$LONG_name1", "long"),
        ("$$A", "$A"),
        ("$$$A", "$a"),
        ("cost: 5$", "cost: 5$"),
        ("^$1", "^$1"),
        ("${A:-x}", "a"),
        ("${NO:-x}", "x"),
        ("${NO-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${NO:-}", ""),
        ("${NO:-${A}}", "a"),
        ("${NO:-${NEITHER:-x}y}", "xy"),
        ("${NO:-{x}}", "{x}"),
        ("${A:+set}", "set"),
        ("${EMPTY:+set}", ""),
        ("${EMPTY+set}", "set"),
        ("${NO+set}", ""),
        ("${A:+$LONG_name1}", "long"),
        ("${A:?must be set}", "a"),
        ("${EMPTY?must be set}", ""),
    ],
)
def test_forms(text: str, filled: str) -> None:
    """Values, defaults (for unset, with a colon also for empty), replacements, and a doubled dollar for one."""
    missing: set[str] = set()
    assert interpolate(text, VARIABLES, missing) == filled
    assert not missing


def test_missing_names_are_collected() -> None:
    """A variable without value and default is empty, and named."""
    missing: set[str] = set()
    assert interpolate("$NO-${NEITHER}-${ALSO:-${DEEP}}", VARIABLES, missing) == "--"
    assert missing == {"NO", "NEITHER", "DEEP"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${NO:?set it}", r"no value for NO \(set it\)"),
        ("${EMPTY:?}", "no value for EMPTY"),
        ("${NO?}", "no value for NO"),
        ("${A", "without a closing brace"),
        ("${}", "is no variable"),
        ("${1A}", "is no variable"),
        ("${A!x}", "is no variable"),
        ("${A:x}", "is no variable"),
        ("${X:-" * 1000 + "}" * 1000, "nested deeper"),
    ],
)
def test_refused(text: str, said: str) -> None:
    """Required variables without a value, and what is no variable, are errors in words."""
    with pytest.raises(InterpolationError, match=said):
        interpolate(text, VARIABLES, set())


@given(st.text(alphabet="$${}A:-?+x1_", max_size=40))
def test_any_text_is_filled_or_refused(text: str) -> None:
    """No text makes it fail in another way; text without a dollar stays as it is."""
    try:
        filled = interpolate(text, VARIABLES, set())
    except InterpolationError:
        assert "${" in text
    else:
        assert "$" in text or filled == text


def test_variables_beside_a_file(tmp_path: Path) -> None:
    """``.env`` and ``NAME.env`` beside the file are read, comments and quotes removed; other files' are not."""
    (tmp_path / ".env").write_text(
        "# comment\nA=1\nB = two words # not this\nexport C='$A'\nD=\"x $A\"\nE=#\nno sign\n"
    )
    (tmp_path / "shop.env").write_text("A=2\nF=${A}${C}\nBROKEN=${A\n")
    (tmp_path / "sho.env").write_text("A=3\n")
    (tmp_path / "other.env").write_text("A=4\n")
    file = tmp_path / "shop.compose.yaml"
    file.write_text("services: {}\n")
    assert environment_beside(str(file)) == {
        "A": "2",
        "B": "two words",
        "C": "$A",
        "D": "x 1",
        "E": "",
        "F": "2$A",
        "BROKEN": "${A",
    }


def test_no_variables_without_a_text_file(tmp_path: Path) -> None:
    """Standard input has no folder; empty and binary files and folders called .env give nothing."""
    assert environment_beside("<stdin>") == {}
    file = tmp_path / "compose.yaml"
    file.write_text("services: {}\n")
    (tmp_path / "compose.env").write_bytes(b"\x00\xff")
    (tmp_path / ".env").mkdir()
    assert environment_beside(str(file)) == {}
    (tmp_path / ".env").rmdir()
    (tmp_path / ".env").write_text("")
    assert environment_beside(str(file)) == {}
