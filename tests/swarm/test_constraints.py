"""Placement constraints: what is one, and which nodes match."""

from __future__ import annotations

import pytest

from binpack.swarm.constraints import Constraint, node_matches, parse_constraint
from tests.swarm.small_swarms import node


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("node.role==manager", ("node.role", "==", "manager")),
        ("  node.role  !=  manager ", ("node.role", "!=", "manager")),
        ("node.labels.a-b_c.d == x y", ("node.labels.a-b_c.d", "==", "x y")),
        ("node.ip==10.0.0.0/8", ("node.ip", "==", "10.0.0.0/8")),
        ("aa!=b?c", ("aa", "!=", "b?c")),
    ],
)
def test_parsed(text: str, parts: tuple[str, str, str]) -> None:
    """Blanks around key and value do not count."""
    assert parse_constraint(text) == Constraint(*parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("manager", "constraint expected one operator from ==, !="),
        ("node.role=manager", "constraint expected one operator from ==, !="),
        ("a==b", "key 'a' is invalid"),
        ("1a==b", "key '1a' is invalid"),
        ("node role==b", "key 'node role' is invalid"),
        ("node.role==", "value '' is invalid"),
        ("node.role==a,b", "value 'a,b' is invalid"),
        ("node.role==~a", "value '~a' is invalid"),
        ("aa!=b==c", "key 'aa!=b' is invalid"),
        ("aa==b==c", "value 'b==c' is invalid"),
    ],
)
def test_refused(text: str, said: str) -> None:
    """Swarm's own words; ``==`` is looked for first."""
    with pytest.raises(ValueError) as caught:
        parse_constraint(text)
    assert str(caught.value) == said


N1 = node("Host1", "disk=SSD", engine_labels={"zone": "a"}, role="manager", id="q7", address="10.1.2.3")


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("node.id==Q7", True),
        ("node.hostname==host1", True),
        ("node.hostname!=host1", False),
        ("NODE.ROLE==manager", True),
        ("node.role!=worker", True),
        ("node.platform.os==Linux", True),
        ("node.platform.arch==x86_64", True),
        ("node.platform.arch==amd64", False),
        ("node.labels.disk==ssd", True),
        ("Node.Labels.disk==ssd", True),
        ("node.labels.Disk==ssd", False),
        ("node.labels.disk==ss", False),
        ("node.labels.gone==x", False),
        ("node.labels.gone!=x", True),
        ("engine.labels.zone==A", True),
        ("engine.labels.disk!=ssd", True),
        ("node.labels.!=x", False),
        ("node.name==host1", False),
        ("node.name!=host1", False),
        ("node.ip==10.1.2.3", True),
        ("node.ip==::ffff:10.1.2.3", True),
        ("node.ip!=10.1.2.4", True),
        ("node.ip==10.1.9.9/16", True),
        ("node.ip!=10.1.0.0/16", False),
        ("node.ip==2001:db8::/32", False),
        ("node.ip!=10.1.0.0/255.255.0.0", False),
        ("node.ip!=here", False),
    ],
)
def test_matched(text: str, matches: bool) -> None:
    """Keys and values in any case, names of labels as they stand; a missing label is empty; an unknown key, or an address
    that is none, matches no node, whatever the sign."""
    assert node_matches([parse_constraint(text)], N1) == matches


def test_all_must_hold() -> None:
    """Constraints are joined by and; none at all match every node."""
    both = [parse_constraint("node.role==manager"), parse_constraint("node.labels.disk==hdd")]
    assert not node_matches(both, N1)
    assert node_matches([], N1)


@pytest.mark.parametrize(
    ("label", "value", "equal"),
    [("\u212a", "k", True), ("\u017fSD", "ssd", True), ("ß", "ss", False), ("é", "e", False)],
)
def test_letters_fold_one_by_one(label: str, value: str, equal: bool) -> None:
    """As Go's EqualFold has it: a sign that folds to one letter is equal, one that folds to two is not."""
    assert node_matches([parse_constraint(f"node.labels.x=={value}")], node("n", f"x={label}")) == equal


def test_without_an_address() -> None:
    """A node whose address is not known is in no subnet."""
    assert node_matches([parse_constraint("node.ip!=10.0.0.0/8")], node("n"))
    assert not node_matches([parse_constraint("node.ip==10.0.0.0/8")], node("n"))
