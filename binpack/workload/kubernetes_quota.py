"""ResourceQuotas that the input exceeds: pods that would not be created, in the API server's words
(``apiserver/pkg/admission/plugin/resourcequota/controller.go``, ``pkg/quota/v1/evaluator/core/pods.go``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from binpack.kubernetes.quantity import parse_quantity
from binpack.kubernetes.resource_list import CPU, EPHEMERAL_STORAGE, MEMORY, MILLI, is_extended, read_resource_list
from binpack.workload.kubernetes_amounts import all_containers, overhead, pod_limits, written, written_list
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_pods import PodSource
from binpack.workload.kubernetes_quota_scopes import in_scopes, unknown_scopes

_BASIC = (CPU, MEMORY, EPHEMERAL_STORAGE)
_MUST_BE_SAID = ("cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory")


@dataclass
class _Quota:
    """A quota with what the pods so far use of it, in thousandths."""

    item: KubernetesObject
    hard: Mapping[str, int]
    texts: Mapping[str, str]
    used: dict[str, int] = field(default_factory=dict)

    def room(self, usage: Mapping[str, int]) -> int | None:
        """For how many pods of this usage there is room; None: for any number."""
        counts = [
            max(0, (self.hard[name] - self.used.get(name, 0)) // amount)
            for name, amount in usage.items()
            if name in self.hard and amount
        ]
        return min(counts, default=None)

    def exceeded(self, usage: Mapping[str, int]) -> str:
        """What is said of the first pod for which there is no room."""
        names = [
            name
            for name, amount in usage.items()
            if name in self.hard and amount and self.used.get(name, 0) + amount > self.hard[name]
        ]
        requested = written_list({name: written(usage[name]) for name in names})
        used = written_list({name: written(self.used.get(name, 0)) for name in names})
        limited = written_list({name: self.texts[name] for name in names})
        return f"exceeded quota: {self.item.name}, requested: {requested}, used: {used}, limited: {limited}"


def quota_notes(
    sources: Sequence[PodSource],
    quotas: Sequence[KubernetesObject],
    refused: Mapping[str, str],
    further: bool = False,
) -> list[str]:
    """A sentence for each application of which a quota lets in only a part, and for what of quotas is not judged.

    Applications come in their order, a DaemonSet as one pod. refused : applications that get no pod anyway. further : they
    come beside what a quota's status says is used; else they are what is used, and the status is not looked at.
    """
    notes: list[str] = []
    read = [_read(item, notes, further) for item in quotas]
    for source in sources:
        key, copies = source.application.key, 1 if source.application.agent else source.application.replicas
        own = [q for q in read if q is not None and q.item.namespace == source.application.group]
        own = [quota for quota in own if in_scopes(quota.item.node, source)]
        if not own or not copies or key in refused:
            continue
        said = _unsaid(own, source)
        admitted = 0 if said else _admit(own, _usage(source), copies)
        if admitted < copies:
            said = said or next(q.exceeded(_usage(source)) for q in own if q.room(_usage(source)) == 0)
            notes.append(f"{key}: {copies - admitted} of {copies} pods would be refused: {said}")
    return notes


def _read(item: KubernetesObject, notes: list[str], further: bool) -> _Quota | None:
    """A quota on pods; None, with a note, for one whose scope is not known."""
    if scopes := unknown_scopes(item.node):
        notes.append(f"{item.shown} is not applied, because of its scope {', '.join(scopes)}")
        return None
    node = item.node.find("spec", "hard")
    hard = read_resource_list(node, lambda _: None)
    others = [name for name in hard if not _is_of_pods(name)]
    if others:
        notes.append(f"{item.shown}: not judged, as it is not about pods: {', '.join(others)}")
    texts = {name: "0" if value.is_null else value.text.strip() for name, value in node.items()} if node else {}
    return _Quota(
        item,
        {name: amount for name, amount in hard.items() if _is_of_pods(name)},
        {name: str(parse_quantity(text)) for name, text in texts.items()},
        read_resource_list(item.node.find("status", "used"), lambda _: None) if further else {},
    )


def _is_of_pods(name: str) -> bool:
    plain = name.removeprefix("requests.").removeprefix("limits.")
    extended = name.startswith("requests.") and is_extended(plain) and "storageclass.storage.k8s.io" not in plain
    return name in ("pods", "count/pods") or plain in _BASIC or plain.startswith("hugepages-") or extended


def _usage(source: PodSource) -> dict[str, int]:
    """What one pod counts for (``PodUsageFunc``), in thousandths."""
    besides = overhead(source)
    limits = {name: amount + besides.get(name, 0) for name, amount in pod_limits(source).items()}
    usage = {"pods": MILLI, "count/pods": MILLI}
    for name, amount in source.size.requests.items():
        usage[f"requests.{name}"] = amount
        if name in _BASIC or name.startswith("hugepages-"):
            usage[name] = amount
    usage |= {f"limits.{name}": limits[name] for name in _BASIC if name in limits}
    return usage


def _unsaid(quotas: Sequence[_Quota], source: PodSource) -> str:
    """What a quota on CPU or memory asks every container to say and one does not (``Constraints``); empty if all do."""
    containers = all_containers(source)
    for quota in quotas:
        faults = []
        for name in (name for name in _MUST_BE_SAID if name in quota.hard):
            part, _, resource = name.rpartition(".")
            pod_level = source.spec.find("resources", part or "requests", resource)
            silent = sorted(
                c.name for c in containers if resource not in (c.limits if part == "limits" else c.requests)
            )
            if silent and pod_level is None:
                faults.append(f"{name} for: {','.join(dict.fromkeys(silent))}")
        if faults:
            return f"failed quota: {quota.item.name}: must specify {'; '.join(faults)}"
    return ""


def _admit(quotas: Sequence[_Quota], usage: Mapping[str, int], copies: int) -> int:
    """Count as many of the pods as all quotas have room for, and say how many these are."""
    rooms = [room for quota in quotas if (room := quota.room(usage)) is not None]
    admitted = min([copies, *rooms])
    for quota in quotas:
        for name, amount in usage.items():
            quota.used[name] = quota.used.get(name, 0) + admitted * amount
    return admitted
