"""The objects of Kubernetes documents: lists unfolded, what runs something set apart, and what repeats another left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from binpack.errors import InputError, InputProblem
from binpack.workload.documents import Node
from binpack.workload.kubernetes_hooks import without_hooks
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_owners import without_repetition

_OWN_GROUPS = frozenset({"", "apps", "batch", "extensions", "autoscaling", "policy"})
_MAKES_PODS = (
    "replicas",
    "template",
    "podTemplate",
    "size",
    "instances",
    "nodeSets",
    "nodePools",
    "statefulSet",
    "deployment",
)
_DEFAULT_NAMESPACE = "default"


@dataclass
class Objects:
    """What the documents hold: the workloads to read, the others (limit ranges, namespaces), and a note on all left out."""

    workloads: list[KubernetesObject] = field(default_factory=list)
    others: list[KubernetesObject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def other(self, kind: str) -> list[KubernetesObject]:
        return [o for o in self.others if o.kind == kind and o.group == ""]


def collect_objects(documents: Sequence[Node]) -> Objects:
    """Sort the objects of all documents of a run. InputError, with every fault, for objects without a kind or a name."""
    objects = Objects()
    problems: list[InputProblem] = []
    found: dict[tuple[str, str, str, str], KubernetesObject] = {}
    repeated: list[str] = []
    for node in unfolded(documents):
        try:
            item = _read_object(node)
        except InputError as error:
            problems += error.problems
            continue
        key = (item.group, *item.identity)
        if not item.name:  # generateName: each is an object of its own
            key = (*key[:3], str(node.place))
        if key in found and item.runs_pods:
            repeated.append(f"{item.shown} ({found[key].node.place})")
        found.pop(key, None)
        found[key] = item
    if problems:
        raise InputError(problems)
    if repeated:
        objects.notes.append(
            f"declared more than once, the last one counts (as with kubectl apply): {', '.join(repeated)}"
        )
    objects.others = [item for item in found.values() if not item.runs_pods]
    lasting = without_hooks([item for item in found.values() if item.runs_pods], objects.notes)
    objects.workloads = without_repetition(lasting, objects.notes)
    _describe_others(objects)
    return objects


def unfolded(documents: Iterable[Node]) -> Iterator[Node]:
    """The documents, with the items of lists in the place of the lists."""
    for document in documents:
        if document.find_text("kind").endswith("List") and document.get("items") is not None:
            yield from unfolded(document.find_list("items"))
        else:
            yield document


def _read_object(node: Node) -> KubernetesObject:
    kind, version = node.find("kind"), node.find("apiVersion")
    if kind is None or version is None:
        raise node.error("an object without " + ("kind" if kind is None else "apiVersion"), "apiVersion and kind")
    group = version.text.rsplit("/", 1)[0] if "/" in version.text else ""
    metadata = node.find("metadata")
    item = KubernetesObject(kind.text, group, _DEFAULT_NAMESPACE, "", node)
    if metadata is None:
        if item.runs_pods:
            raise node.error(f"a {kind.text} without metadata", "metadata.name")
        return item
    name = metadata.find_text("name") or metadata.find_text("generateName").rstrip("-")
    if not name and item.runs_pods:
        raise metadata.error(f"a {kind.text} without a name", "metadata.name")
    owners = tuple(
        (owner.find_text("kind"), owner.find_text("name"), owner.find_text("uid"))
        for owner in metadata.find_list("ownerReferences")
    )
    namespace = metadata.find_text("namespace") or _DEFAULT_NAMESPACE
    return KubernetesObject(kind.text, group, namespace, name, node, metadata.find_text("uid"), owners)


def _describe_others(objects: Objects) -> None:
    """Notes on the objects that are not placed: known ones counted, those that an operator expands named."""
    quiet: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    unsized: list[str] = []
    owners = {(kind, w.namespace, name) for w in objects.workloads for kind, name, _ in w.owners}
    for item in objects.others:
        if item.identity in owners:
            continue  # what its operator made is in the input itself
        if item.group in _OWN_GROUPS or item.group.endswith(".k8s.io"):
            quiet[item.kind] += 1
        elif _would_expand(item.node):
            unsized.append(item.shown)
        else:
            unknown[item.kind] += 1
    if quiet:
        counts = ", ".join(f"{kind} {count}" for kind, count in quiet.items())
        objects.notes.append(f"objects skipped that run nothing ({quiet.total()}): {counts}")
    if unknown:
        counts = ", ".join(f"{kind} {count}" for kind, count in unknown.items())
        objects.notes.append(f"objects skipped of kinds not known to run anything ({unknown.total()}): {counts}")
    if unsized:
        objects.notes.append(f"not sized, as an operator would turn it into pods: {', '.join(unsized)}")


def _would_expand(node: Node) -> bool:
    """Does a custom resource look like something from which an operator makes pods?"""
    spec = node.get("spec")
    if spec is None or not spec.is_mapping:
        return False
    inner = [value for _, value in spec.items() if value.is_mapping]  # Kafka: spec.kafka.replicas
    return any(spec.get(key) is not None for key in _MAKES_PODS) or any(v.get("replicas") is not None for v in inner)
