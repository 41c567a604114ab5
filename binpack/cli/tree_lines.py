"""The log of ``binpack solve --tree``: written from a Solution, and read back for ``binpack check --tree``.

For each instance a line that says what is there, then one for each node; where the fewest bins at the least cost were
searched for as well, the same once more. Items are called by their position in the file (of equal ones by the first); the
item that marks bins, if there is one, and each merge on the way to a node add a number, on from the number of entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TextIO, get_args

from binpack_solvers.column_generation.tree import Decision, Kind, Outcome, Tree, TreeNode
from binpack_solvers.errors import SolutionError
from binpack_solvers.instances.fields import Fields
from binpack_solvers.instances.instance import Instance
from binpack_solvers.instances.jsonl import read_objects
from binpack_solvers.instances.tokens import shorten
from binpack_solvers.solution import Solution

from binpack.cli.common import json_line
from binpack.cli.solution_lines import read_certificate

TREE_SCHEMA = "binpack.tree/1"


def write_tree(instance: Instance, solution: Solution, stream: TextIO) -> None:
    """The lines of one instance."""
    tree = solution.tree or Tree()
    _write(instance, solution, tree, stream)
    if tree.fewest_bins is not None:
        _write(instance, solution, tree.fewest_bins, stream)


def _write(instance: Instance, solution: Solution, tree: Tree, stream: TextIO) -> None:
    head = {
        "schema": TREE_SCHEMA,
        "instance": instance.name,
        "lower_bound": solution.lower_bound,
        "cost_lower_bound": solution.cost_lower_bound,
        "marks": tree.marks,
        "weight": tree.weight,
        "nodes": len(tree.nodes),
        "dominated": [[k, other] for k, other in sorted(tree.dominated.items())],
        "reason": tree.reason,
    }
    print(json_line(head), file=stream)
    for node in tree.nodes:
        print(json_line(_node_line(instance, node)), file=stream)


def _node_line(instance: Instance, node: TreeNode) -> dict[str, Any]:
    decision: dict[str, Any] | None = None
    if node.decision is not None:
        parts = [_position(instance, i) for i in node.decision.parts]
        decision = {"kind": node.decision.kind, "parts": parts}
        decision |= {"bin_type": node.decision.bin_type, "bins": node.decision.bins}
    certificate: dict[str, Any] | None = None
    if node.certificate is not None:
        m = instance.problem.item_types
        duals = [*instance.by_position(node.certificate.duals[:m]), *node.certificate.duals[m:]]
        certificate = {**node.certificate.as_dict(), "duals": duals}
    return {
        "schema": TREE_SCHEMA,
        "instance": instance.name,
        "node": node.number,
        "parent": node.parent,
        "decision": decision,
        "outcome": node.outcome,
        "certificate": certificate,
    }


def _position(instance: Instance, i: int) -> int:
    """The number in the log of an item type at a node."""
    m = instance.problem.item_types
    return instance.positions[i][0].position if i < m else i - m + instance.entries


@dataclass
class LoggedTree:
    """The tree of one instance in positions of its file, with the lines for places; see ``Tree``."""

    head: Fields
    reason: str
    dominated: dict[int, int]
    marks: int
    weight: int
    fewest_bins: LoggedTree | None = None
    nodes: list[tuple[Fields, TreeNode]] = field(default_factory=list)

    def tree(self, instance: Instance) -> Tree:
        """In item types of the instance; FormatError where the log is none of this instance."""
        type_of = {share.position: i for i, shares in enumerate(instance.positions) for share in shares}
        nodes = tuple(_in_types(instance, type_of, *found) for found in self.nodes)
        fewest = None if self.fewest_bins is None else self.fewest_bins.tree(instance)
        return Tree(nodes, self.dominated, self.reason, self.marks, self.weight, fewest)


def _in_types(instance: Instance, type_of: dict[int, int], fields: Fields, node: TreeNode) -> TreeNode:
    m, entries = instance.problem.item_types, instance.entries
    if node.decision is not None:
        parts = tuple(type_of[p] if p < entries else p - entries + m for p in node.decision.parts)
        node = replace(node, decision=replace(node.decision, parts=parts))
    if node.certificate is not None:
        duals = node.certificate.duals
        try:
            ours = instance.by_item_type(duals[:entries])
        except SolutionError as error:
            raise fields.error(("certificate", "duals"), str(error), f"duals of {instance.name}") from error
        node = replace(node, certificate=replace(node.certificate, duals=(*ours, *duals[entries:])))
    return node


def read_trees(path: str) -> dict[str, LoggedTree]:
    """The trees of a log by the names of their instances; FormatError with file:line:column."""
    trees: dict[str, LoggedTree] = {}
    last: LoggedTree | None = None
    for fields in read_objects(path):
        if fields.text("schema", "") != TREE_SCHEMA:
            raise fields.error(("schema",), shorten(repr(fields.value.get("schema"))), f"{TREE_SCHEMA!r}")
        name = fields.text("instance", "")
        if "node" not in fields.value:
            _complete(last)
            numbers = fields.integer("marks"), fields.integer("weight")
            last = LoggedTree(fields, fields.text("reason", ""), dict(_pairs(fields)), *numbers)
            if not last.weight and name not in trees:
                trees[name] = last
            elif last.weight and name in trees and trees[name].fewest_bins is None:
                trees[name].fewest_bins = last
            else:
                raise fields.error(("instance",), f"another tree of {name}", "for each one, then one with a weight")
        elif last is None or last.head.value["instance"] != name:
            raise fields.error(("instance",), f"a node of {name or 'nothing'}", "first the line that begins its tree")
        else:
            last.nodes.append((fields, _node(fields)))
    _complete(last)
    return trees


def _complete(tree: LoggedTree | None) -> None:
    if tree is not None and tree.head.integer("nodes") != len(tree.nodes):
        raise tree.head.error(
            ("nodes",), f"{len(tree.nodes)} lines of nodes", f"{tree.head.value['nodes']}, as it says"
        )


def _pairs(fields: Fields) -> Iterator[tuple[int, int]]:
    for n in range(len(fields.entries("dominated"))):
        k, other = fields.vector(("dominated", n), 2)
        yield k, other


def _node(fields: Fields) -> TreeNode:
    parent = fields.at(("parent",))
    outcome = next((known for known in get_args(Outcome) if known == fields.at(("outcome",))), None)
    if outcome is None:
        found = shorten(repr(fields.value["outcome"]))
        raise fields.error(("outcome",), found, f"an outcome: {', '.join(get_args(Outcome))}")
    return TreeNode(
        fields.integer("node"),
        None if parent is None else fields.integer("parent"),
        None if fields.at(("decision",)) is None else _decision(fields),
        outcome,
        None if fields.at(("certificate",)) is None else read_certificate(fields),
    )


def _decision(fields: Fields) -> Decision:
    found = fields.value["decision"]
    if not isinstance(found, dict):
        raise fields.error(("decision",), shorten(repr(found)), "a decision, an object")
    kind: Kind | None = next((known for known in get_args(Kind) if known == found.get("kind")), None)
    if kind is None:
        raise fields.error(
            ("decision", "kind"), shorten(repr(found.get("kind"))), f"a kind: {', '.join(get_args(Kind))}"
        )
    parts = fields.at(("decision", "parts"))
    if not isinstance(parts, list):
        raise fields.error(("decision", "parts"), shorten(repr(parts)), "a list of items")
    numbers = [fields.check(("decision", "parts", n), part, "an item") for n, part in enumerate(parts)]
    whole = [
        None if fields.at(("decision", key)) is None else fields.check(("decision", key), found[key], key)
        for key in ("bin_type", "bins")
    ]
    return Decision(kind, tuple(numbers), *whole)
