"""The tables and sentences of a terminal: columns, the plan's values, ``-`` for the unknown, any width."""

from __future__ import annotations

import re
from dataclasses import replace

import hand_made
import pytest

from binpack.comparison import EraResult, IsolationPrice
from binpack.era_plan import Unplaced
from binpack.report.figures import proven, title
from binpack.report.terminal import comparison_text, headline


def cells(text: str) -> dict[str, dict[str, str]]:
    """Era -> column -> cell; figures end where their column's name ends, words begin where it begins."""
    lines = text.splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("era "))
    names = [(found[0], found.start(), found.end()) for found in re.finditer(r"\S+(?: \S+)*", lines[start])]
    known = {title(row.era) for row in hand_made.COMPARISON.rows}
    rows: dict[str, dict[str, str]] = {}
    for line in lines[start + 1 :]:
        parts = [(found[0], found.start(), found.end()) for found in re.finditer(r"\S+(?: \S+)*", line)]
        if not parts or parts[0][0] not in known:
            break
        rows[parts[0][0]] = {
            name: next((word for word, a, b in parts if a == left or b == right), "") for name, left, right in names
        }
    return rows


def only(*rows: EraResult, width: int = 120) -> str:
    """The text of a comparison of these rows."""
    return comparison_text(replace(hand_made.COMPARISON, rows=rows), width)


def test_the_columns_are_there_with_the_values_of_the_plan() -> None:
    """One line for each era as parts, each figure the row's."""
    found = cells(only(*hand_made.COMPARISON.rows))
    assert list(found) == [title(row.era) for row in hand_made.COMPARISON.rows if row.shape == "parts"]
    row = found["containers"]
    assert (row["machines"], row["proven"], row["+1 spare"], row["racks"]) == ("3", "yes", "4", "2")
    assert row["overhead memory"].split()[0:2] == ["4", "GiB"]
    assert (row["full of"], row["starts"]) == ("memory 33%", "0.33-2 s")
    assert (row["kW"], row["$/month"]) == ("2.3", "$1,235")
    for other in hand_made.COMPARISON.rows[:4]:
        assert found[title(other.era)]["proven"] == proven(other)


def test_what_is_not_known_is_a_dash_in_its_column() -> None:
    """Beside rows of which it is known, a row without rack, price, power or spare has ``-``, and nowhere a 0."""
    row = cells(only(hand_made.ROW, hand_made.UNKNOWN))["virtual machines"]
    assert [row[name] for name in ("+1 spare", "racks", "kW", "$/month", "starts")] == ["-"] * 5
    assert row["full of"] == "isolation"
    assert "0" not in "".join(row[name] for name in ("+1 spare", "racks", "kW", "$/month", "full of"))


def test_a_column_of_which_nothing_is_known_is_left_out() -> None:
    """Without any price no column of prices; without any rack neither racks nor power of one's own."""
    header = next(iter(cells(only(hand_made.UNKNOWN)).values()))
    assert not {"$/month", "racks", "kW"} & set(header)
    assert "+1 spare" in header


@pytest.mark.parametrize("width", [40, 60, 80, 95, 96, 100, 200])
def test_sentences_stay_within_the_width(width: int) -> None:
    """Whatever is not a table, or one word, is wrapped; words are never lost by it."""
    text = comparison_text(hand_made.COMPARISON, width)
    start = text.index("\nera ")
    table = text[start : text.index("\n\n", start)].splitlines()
    prose = [line for line in text.splitlines() if line not in table and not line.startswith("unplaced")]
    assert [line for line in prose if len(line) > width and "binpack plan" not in line] == []
    wide = comparison_text(hand_made.COMPARISON, 1_000)
    for sentence in (hand_made.ROW.why, hand_made.COMPARISON.notes[0], hand_made.COMPARISON.machine):
        assert " ".join(sentence.split()) in " ".join(wide.split())
        assert sentence.split()[-1] in text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_table_is_within_the_width(width: int) -> None:
    """Racks, power and prices together fit as well; era, machines, proof and what binds are never left out."""
    text = only(hand_made.ROW, replace(hand_made.GAP, full_of="minimum nodes", full_share=None), width=width)
    start = text.index("\nera ")
    table = text[start + 1 : text.index("\n\n", start)].splitlines()
    assert max(map(len, table)) <= width
    for word in ("machines", "proven", "full of"):
        assert word in table[0]


def test_monoliths_are_told_in_short() -> None:
    """Era and machines; what is not proven with its bound."""
    open_ = replace(hand_made.MONOLITH, era="kubernetes", plan=replace(hand_made.GAP.plan, shape="monolith"))
    text = " ".join(only(hand_made.ROW, hand_made.MONOLITH, open_).split())
    assert re.search(r"monoliths?, 7 copies: containers 1, Kubernetes 3 \(>= 2\)", text)


def test_without_parts_the_monoliths_are_the_table() -> None:
    """``--shape monolith`` alone fills the same table."""
    text = only(hand_made.MONOLITH)
    assert cells(text)["containers"]["machines"] == "1"
    assert "monolith" not in text


def test_eras_with_one_reason_share_a_line_of_why() -> None:
    """The sum is printed once, after the eras that it is the reason of."""
    text = " ".join(only(hand_made.ROW, hand_made.GAP, replace(hand_made.UNKNOWN, why="2 copies")).split())
    assert f"containers, Kubernetes: {hand_made.ROW.why}" in text
    assert "virtual machines: 2 copies" in text
    assert text.count(hand_made.ROW.why) == 1


def test_what_has_no_place_is_told_once_with_its_eras() -> None:
    """Name, copies, reason, nearest machine; the same refusal in two eras is one line."""
    again = replace(hand_made.UNFIT, era="kubernetes", plan=replace(hand_made.UNFIT.plan, era="kubernetes"))
    text = " ".join(only(hand_made.ROW, hand_made.UNFIT, again).split())
    assert text.count("shop/big x 2") == 1
    assert "99 GiB" in text
    told = text[text.index("shop/big x 2") :]
    assert "Docker Swarm, Kubernetes" in told
    assert "box" in told


def test_assumptions_are_some_or_all() -> None:
    """In short with their number; on request as a table with every source."""
    short = comparison_text(hand_made.COMPARISON)
    assert "guest OS 1 GiB" in short
    assert "all 3" in short
    assert "almanac" not in short
    everything = comparison_text(hand_made.COMPARISON, all_assumptions=True)
    for assumption in hand_made.COMPARISON.assumptions:
        assert re.search(rf"{assumption.name} +{assumption.value} +{assumption.source}", everything)


def test_the_headline_says_what_is_proven() -> None:
    """Proven only where every row is; where something has no place, that comes first; silent about a single figure."""
    both = [hand_made.ROW, hand_made.UNKNOWN]
    assert headline(both) == "Containers need 3 machines, virtual machines 3. Proven: nothing smaller exists."
    assert "Proven" not in headline([*both, hand_made.GAP])
    unfit = replace(
        hand_made.UNKNOWN, plan=replace(hand_made.PLAN, status="infeasible", unplaced=(Unplaced("a", 1, "b"),))
    )
    assert "Not everything fits" in headline([hand_made.ROW, unfit])
    assert headline([hand_made.ROW]) == ""


def test_the_head_counts_what_was_asked_for() -> None:
    """Applications, instances, CPU, memory, and how much of it is assumed; ``x copies`` where all have the same."""
    text = comparison_text(hand_made.COMPARISON)
    assert text.startswith("Shop: 2 applications, 7 instances, 5 CPU and 14 GiB requested (25% assumed)\n")
    same = comparison_text(replace(hand_made.COMPARISON, copies=3, instances=6))
    assert same.startswith("Shop: 2 x 3 copies = 6 instances")


def test_that_a_demand_costs_nothing_is_said_only_where_it_is_proven() -> None:
    """An era with as many machines either way needs no more for a demand if both are proven; else that is left open."""
    row = replace(hand_made.ROW, plan=replace(hand_made.ROW.plan, status="optimal", unplaced=()))
    guess = replace(row, plan=replace(row.plan, status="feasible"))

    def told(without: EraResult) -> str:
        price = IsolationPrice("machine", ("shop/bank",), 1, ((row, without),))
        return " ".join(comparison_text(replace(hand_made.COMPARISON, isolation=(price,))).split())

    assert "with that and without: no era needs more for it" in told(row)
    assert f"with that and without: no more found, but not proven: {title(row.era)}" in told(guess)
