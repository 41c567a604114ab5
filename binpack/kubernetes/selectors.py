"""Label selectors: ``matchLabels`` and ``matchExpressions``, as ``apimachinery/pkg/labels`` evaluates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from binpack.workload.documents import Node

Labels = Mapping[str, str]
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


@dataclass(frozen=True)
class Requirement:
    """One condition on a label. NotIn and DoesNotExist hold where the label is absent; In and Exists do not."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Labels) -> bool:
        present = self.key in labels
        if self.operator == "In":
            return present and labels[self.key] in self.values
        if self.operator == "NotIn":
            return not present or labels[self.key] not in self.values
        return present == (self.operator == "Exists")

    def __str__(self) -> str:
        return " ".join([self.key, self.operator, *([f"({', '.join(self.values)})"] if self.values else [])])


@dataclass(frozen=True)
class Selector:
    """Requirements that must all hold. Without any it matches everything; an absent selector matches nothing."""

    requirements: tuple[Requirement, ...] = ()
    absent: bool = False

    def matches(self, labels: Labels) -> bool:
        return not self.absent and all(requirement.matches(labels) for requirement in self.requirements)

    def __str__(self) -> str:
        if self.absent:
            return "nothing"
        shown = [
            f"{r.key}={r.values[0]}" if r.operator == "In" and len(r.values) == 1 else str(r) for r in self.requirements
        ]
        return ", ".join(shown) or "everything"


def read_selector(node: Node | None) -> Selector:
    """The selector of a ``labelSelector`` or ``namespaceSelector``; None stands for an absent one."""
    if node is None or node.is_null:
        return Selector(absent=True)
    labels = node.find("matchLabels")
    requirements = [Requirement(k, "In", (v,)) for k, v in labels.text_map().items()] if labels is not None else []
    requirements += [read_requirement(expression) for expression in node.find_list("matchExpressions")]
    return Selector(tuple(requirements))


def read_requirement(node: Node, operators: tuple[str, ...] = OPERATORS) -> Requirement:
    """One expression ``{key, operator, values}``. InputError for an operator that does not exist."""
    operator = node.find("operator")
    if operator is None or operator.text not in operators:
        bad = operator or node
        raise bad.error(f"operator {bad.describe()}", f"one of {', '.join(operators)}")
    values = tuple(value.text for value in node.find_list("values"))
    if operator.text in ("In", "NotIn") and not values:
        raise operator.error(f"{operator.text} without values", "a list of values")
    return Requirement(node.find_text("key"), operator.text, values)
