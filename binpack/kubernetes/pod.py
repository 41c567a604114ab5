"""A pod as the scheduler sees it: a name, and a template that it shares with its like."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime

from binpack.kubernetes.host_ports import HostPort, host_ports
from binpack.kubernetes.limit_range import ContainerDefaults
from binpack.kubernetes.node_affinity import (
    NodeAffinity,
    PreferredNodeTerm,
    read_node_affinity,
    read_preferred_node_terms,
)
from binpack.kubernetes.pod_size import read_pod_size
from binpack.kubernetes.pod_terms import PREFERRED, PodTerm, affinity_terms, pod_terms, read_pod_term
from binpack.kubernetes.pod_volumes import PodVolumes, read_pod_volumes
from binpack.kubernetes.priority_classes import PriorityClasses
from binpack.kubernetes.resource_list import Warn, whole_amounts
from binpack.kubernetes.taints import Toleration, read_tolerations
from binpack.kubernetes.topology_spread import SpreadConstraint, read_spread_constraints
from binpack.workload.documents import Node

DEFAULT_NAMESPACE = "default"
FINISHED_PHASES = ("Succeeded", "Failed")

Amounts = tuple[tuple[str, int], ...]
"""Resource name and amount, by name."""


@dataclass(frozen=True)
class PodTemplate:
    """All that the scheduler asks of a pod but its name. Equal templates are judged alike, so this is a key of caches.

    requests : effective requests in thousandths of a unit, exact. scored : CPU (in thousandths) and memory (bytes) that
    scores assume, with defaults for containers that request none. affinity, anti_affinity : required terms.
    preferred : terms with weights, which are below 0 for anti-affinity. preempts : pods of lower priority may be evicted
    for it.
    """

    namespace: str = DEFAULT_NAMESPACE
    labels: tuple[tuple[str, str], ...] = ()
    requests: Amounts = ()
    scored: Amounts = ()
    tolerations: tuple[Toleration, ...] = ()
    node_affinity: NodeAffinity = field(default_factory=NodeAffinity)
    preferred_nodes: tuple[PreferredNodeTerm, ...] = ()
    affinity: tuple[PodTerm, ...] = ()
    anti_affinity: tuple[PodTerm, ...] = ()
    preferred: tuple[tuple[PodTerm, int], ...] = ()
    spread: tuple[SpreadConstraint, ...] = ()
    host_ports: tuple[HostPort, ...] = ()
    volumes: PodVolumes = field(default_factory=PodVolumes)
    gates: tuple[str, ...] = ()
    priority: int = 0
    preempts: bool = True
    amounts: dict[str, int] = field(init=False, repr=False, compare=False)
    """The requests as the scheduler counts them: CPU in thousandths, everything else rounded up to whole units."""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "amounts", whole_amounts(dict(self.requests)))
        object.__setattr__(self, "_hash", hash(tuple(getattr(self, f.name) for f in fields(self) if f.compare)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True)
class Pod:
    """A pod. terminating: it is being deleted, so it still takes room but no spread constraint counts it.
    node_name: the node that its spec names, which is where it is. started: when, in seconds since 1970; None: not yet."""

    name: str
    template: PodTemplate
    terminating: bool = False
    node_name: str = ""
    started: int | None = None

    @property
    def key(self) -> str:
        """``namespace/name``, which no two pods share."""
        return f"{self.template.namespace}/{self.name}"


def read_pod(
    node: Node, warn: Warn, defaults: ContainerDefaults | None = None, classes: PriorityClasses | None = None
) -> Pod:
    """The pod of a Pod object. InputError for what is malformed or refused by the API.

    defaults : of the LimitRanges in its namespace. classes : of the cluster, for pods without a priority of their own.
    """
    spec, metadata = node.find("spec"), node.find("metadata")
    name = node.find_text("metadata", "name")
    if spec is None or metadata is None or not name:
        raise node.error("a Pod without spec or name", "metadata.name and spec")
    template = read_pod_template(metadata, spec, warn, defaults, node.find("status"), classes)
    terminating = metadata.find("deletionTimestamp") is not None
    return Pod(name, template, terminating, spec.find_text("nodeName"), _read_time(node.find("status", "startTime")))


def is_finished(node: Node) -> bool:
    """Has the pod of a Pod object ended? Then it takes no room any more."""
    return node.find_text("status", "phase") in FINISHED_PHASES


def _read_time(node: Node | None) -> int | None:
    """Seconds since 1970 of a time as the API writes it (RFC 3339); None where there is none."""
    if node is None:
        return None
    try:
        return int(datetime.fromisoformat(node.text).timestamp())
    except ValueError:
        raise node.error(node.describe(), "a time such as 2026-01-31T12:00:00Z") from None


def read_pod_template(
    metadata: Node,
    spec: Node,
    warn: Warn,
    defaults: ContainerDefaults | None = None,
    status: Node | None = None,
    classes: PriorityClasses | None = None,
) -> PodTemplate:
    """What ``metadata`` and ``spec`` of a pod, or of a pod template, ask for."""
    node_labels = metadata.find("labels")
    labels = {} if node_labels is None else node_labels.text_map()
    size = read_pod_size(spec, warn, defaults, status)
    priority = (classes or PriorityClasses()).of(spec, warn)
    return PodTemplate(
        namespace=metadata.find_text("namespace") or DEFAULT_NAMESPACE,
        labels=tuple(sorted(labels.items())),
        requests=tuple(sorted(size.requests.items())),
        scored=tuple(sorted(whole_amounts(size.scored).items())),
        tolerations=read_tolerations(spec),
        node_affinity=read_node_affinity(spec),
        preferred_nodes=read_preferred_node_terms(spec),
        affinity=tuple(pod_terms(spec, "podAffinity", labels)),
        anti_affinity=tuple(pod_terms(spec, "podAntiAffinity", labels)),
        preferred=_read_preferred(spec, labels),
        spread=read_spread_constraints(spec, labels),
        host_ports=tuple(host_ports(spec)),
        volumes=read_pod_volumes(spec, metadata.find_text("name")),
        gates=tuple(gate.find_text("name") for gate in spec.find_list("schedulingGates")),
        priority=priority.value,
        preempts=priority.preempts,
    )


def _read_preferred(spec: Node, labels: dict[str, str]) -> tuple[tuple[PodTerm, int], ...]:
    found = []
    for kind, sign in (("podAffinity", 1), ("podAntiAffinity", -1)):
        for node in affinity_terms(spec, kind, PREFERRED):
            term, weight = node.find("podAffinityTerm"), node.find("weight")
            if term is None or weight is None or not 1 <= weight.integer() <= 100:
                raise (weight or node).error("a preferred term without them", "podAffinityTerm, and weight 1 to 100")
            found.append((read_pod_term(term, labels), sign * weight.integer()))
    return tuple(found)
