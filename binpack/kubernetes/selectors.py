"""Label selectors: ``matchLabels`` and ``matchExpressions``, as ``apimachinery/pkg/labels`` evaluates them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from binpack.workload.documents import Node

Labels = Mapping[str, str]
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
NODE_OPERATORS = (*OPERATORS, "Gt", "Lt")
"""Selectors of nodes may compare numbers as well."""

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", re.ASCII)
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}", re.ASCII)
_LONGEST_DOMAIN = 253


def is_label_key(key: str) -> bool:
    """Is this a name that a label may have: ``name`` or ``domain/name`` (``IsQualifiedName``)?"""
    domain, slash, name = key.rpartition("/")
    named = _NAME.fullmatch(name) is not None
    return named and (not slash or (len(domain) <= _LONGEST_DOMAIN and _DOMAIN.fullmatch(domain) is not None))


def is_label_value(value: str) -> bool:
    """Is this a value that a label may have (``IsValidLabelValue``)?"""
    return not value or _NAME.fullmatch(value) is not None


def label_integer(text: str) -> int | None:
    """The 64-bit integer that Gt and Lt read from a label or a value, None if it is none (``strconv.ParseInt``)."""
    number = int(text) if _INTEGER.fullmatch(text) else None
    return number if number is not None and -(2**63) <= number < 2**63 else None


@dataclass(frozen=True)
class Requirement:
    """One condition on a label. NotIn and DoesNotExist hold where the label is absent; In, Exists, Gt and Lt do not."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Labels) -> bool:
        present = self.key in labels
        if self.operator == "In":
            return present and labels[self.key] in self.values
        if self.operator == "NotIn":
            return not present or labels[self.key] not in self.values
        if self.operator in ("Gt", "Lt"):
            return present and self._compares(labels[self.key])
        return present == (self.operator == "Exists")

    def _compares(self, text: str) -> bool:
        number, limit = label_integer(text), label_integer(self.values[0])
        if number is None or limit is None:
            return False
        return number > limit if self.operator == "Gt" else number < limit

    def __str__(self) -> str:
        return " ".join([self.key, self.operator, *([f"({', '.join(self.values)})"] if self.values else [])])


@dataclass(frozen=True)
class Selector:
    """Requirements that must all hold. Without any it matches everything; an absent selector matches nothing."""

    requirements: tuple[Requirement, ...] = ()
    absent: bool = False

    def matches(self, labels: Labels) -> bool:
        return not self.absent and all(requirement.matches(labels) for requirement in self.requirements)

    @property
    def matches_everything(self) -> bool:
        """Is this the empty selector ``{}``?"""
        return not self.absent and not self.requirements

    @property
    def anchors(self) -> tuple[tuple[str, str], ...] | None:
        """Labels of one key, one of which everything that matches has; None if there are none such. An absent selector has
        the empty tuple: nothing matches."""
        if self.absent:
            return ()
        chosen = next((r for r in self.requirements if r.operator == "In"), None)
        return None if chosen is None else tuple((chosen.key, value) for value in dict.fromkeys(chosen.values))

    def __str__(self) -> str:
        if self.absent:
            return "nothing"
        shown = [
            f"{r.key}={r.values[0]}" if r.operator == "In" and len(r.values) == 1 else str(r) for r in self.requirements
        ]
        return ", ".join(shown) or "everything"


def read_selector(node: Node | None) -> Selector:
    """The selector of a ``labelSelector`` or ``namespaceSelector``; None stands for an absent one.

    InputError for what the API refuses (``ValidateLabelSelector``): keys and values that no label can have among them.
    """
    if node is None or node.is_null:
        return Selector(absent=True)
    labels = node.find("matchLabels")
    requirements = [Requirement(k, "In", (v,)) for k, v in labels.text_map().items()] if labels is not None else []
    requirements += [read_requirement(expression) for expression in node.find_list("matchExpressions")]
    for requirement in requirements:
        for value in requirement.values:
            if not is_label_value(value):
                raise node.error(f'{requirement.key} with the value "{value[:60]}"', "a value that a label can have")
        if not is_label_key(requirement.key):
            raise node.error(f'the label "{requirement.key[:60]}"', "a name that a label can have")
    return Selector(tuple(requirements))


def read_requirement(node: Node, operators: tuple[str, ...] = OPERATORS) -> Requirement:
    """One expression ``{key, operator, values}``. InputError for an operator that does not exist or has no such values."""
    operator = node.find("operator")
    expected = f"one of {', '.join(operators)}"
    if operator is None:
        raise node.error("an expression without operator", expected)
    if operator.text not in operators:
        raise operator.error(f"operator {operator.describe()}", expected)
    values = tuple(value.text for value in node.find_list("values"))
    if operator.text in ("In", "NotIn") and not values:
        raise operator.error(f"{operator.text} without values", "a list of values")
    if operator.text in ("Exists", "DoesNotExist") and values:
        raise operator.error(f"{operator.text} with values", "no values")
    if operator.text in ("Gt", "Lt") and len(values) != 1:
        raise operator.error(f"{operator.text} with {len(values)} values", "one value, a whole number")
    return Requirement(node.find_text("key"), operator.text, values)


def read_topology_key(node: Node) -> str:
    """The label whose values make the domains of a term or constraint. InputError where it is missing or no label's name."""
    key = node.find_text("topologyKey")
    if not key:
        raise node.error("nothing for topologyKey", "the label of nodes that makes domains")
    if not is_label_key(key):
        raise node.error(f'topologyKey "{key[:60]}"', "a name that a label can have")
    return key
