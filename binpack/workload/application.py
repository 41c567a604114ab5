"""Application: what is to run, how often, how big, and which rules it brings along; the same for every input format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from binpack.workload.layer import Layer
from binpack.workload.scaling import Autoscaling, DisruptionBudget
from binpack.workload.update_strategy import UpdateStrategy

Isolation = Literal["machine", "vm", "process"]
ISOLATIONS: tuple[Isolation, ...] = ("process", "vm", "machine")  # from weakest to strongest
LINUX = "linux"
WINDOWS = "windows"
ROWS = "rows"  # the kind of what a table lists one by one

Resources = Mapping[str, int]
"""Resource name -> exact amount: ``cpu`` in thousandths of a hardware thread, ``memory`` and ``disk`` in bytes, all others
(``nvidia.com/gpu`` ...) counted. A missing key means that nothing was declared, which is not the same as 0."""


@dataclass(frozen=True)
class Container:
    """One container of an instance, as declared."""

    name: str
    image: str = ""
    requests: Resources = field(default_factory=dict)
    limits: Resources = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """What a component asks of another one over a network, once both are services of their own.

    to : the other component's name. rate : calls a second at the load of all copies of the whole. size : bytes of one call
        and its answer. cpu : nanoseconds of a thread that one call takes at each of its ends.
    """

    to: str
    rate: Fraction
    size: int = 0
    cpu: int = 0


@dataclass(frozen=True)
class Component:
    """A part of an application that could be a service of its own.

    requests : one copy of the part; replicas : the copies it needs on its own (the whole's, unless said).
    share : of the load of the whole, in place of ``replicas``; the shares of all components sum to one.
    fixed : of ``requests``, what a process takes whatever its load (runtime, framework, pools): components in one process
        take it once.
    calls : of other components of the whole, which cost nothing within one process.
    licences : names of those that the part needs as a service of its own.
    """

    name: str
    requests: Resources = field(default_factory=dict)
    replicas: int | None = None
    image: str = ""
    share: Fraction | None = None
    fixed: Resources = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    licences: frozenset[str] = frozenset()


class Life(NamedTuple):
    """When so many ``copies`` of a trace were there: from ``start`` to just before ``end``, in seconds of its clock.

    None: since before the trace began, and to its end. state : ``ran``, ``failed``, or ``pending``, which never began.
    """

    start: Fraction | None
    end: Fraction | None
    state: Literal["ran", "failed", "pending"] = "ran"
    copies: int = 1


@dataclass(frozen=True)
class Placement:
    """Placement rules, already resolved to application names (``group/name``) of the same workload.

    max_per_host : at most so many copies of this application on one host (1: separate hosts); None: any number.
    apart_from : applications that may not share a host with this one.
    together_with : applications of which at least one copy must be on the same host (pod affinity by hostname).
    node_selector : labels that the host must carry. Anything richer is kept in ``notes`` in words, for the report.
    most_beside : application -> at most so many copies of it, at least 1, on a host with this one.
    """

    max_per_host: int | None = None
    apart_from: tuple[str, ...] = ()
    together_with: tuple[str, ...] = ()
    node_selector: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    most_beside: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Application:
    """A set of identical copies.

    group : namespace, stack or file that it belongs to.
    kind : the kind of the object read (``Deployment``, ``service``, ``row`` ...).
    replicas : copies; for an agent ignored, as one runs on every machine (or every VM where VMs hold containers).
    requests, limits : of one copy, as declared (a missing key: not declared). Where limits stand in for requests
        (Kubernetes' defaulting), the reader has done so already.
    size : of one copy, what the eras place; filled by ``workload.sizing`` together with ``assumed``, the resources whose
        amount is a stated default.
    os, arch : kernel family (``linux``, ``windows``) and processor architecture of the images.
    isolation : what the application asks for itself; None: nothing.
    agent : one on every machine (DaemonSet, global service). job : runs to completion; never needs a machine of its own.
    image_bytes : size of its image on disk as declared, or None if unknown.
    layers : of the images of one copy, as far as they are known; filled by ``workload.image_layers``. The container eras
        store and fetch each once a machine.
    licences : names of those that name this application.
    traffic : other application -> bytes a second of the calls that all copies make to all copies of it.
    place : ``file:line:column`` of the object, for messages.
    lives : of a trace, when its copies were there; else empty. curves : of a trace, what one copy took of a resource at each
        point of a grid that all applications share, None where it was not there; else empty. A sized application has
        curves only where it is placed by them: ``size`` is then what it takes at one of the points.
    autoscaling, disruption_budget : what a controller may do to the number of copies; no era applies them.
    update : how it asks to be updated; None: as the orchestrator does unless told otherwise.
    ordered_start : each copy waits for the one before it to run (a StatefulSet's ``OrderedReady``).
    """

    name: str
    replicas: int = 1
    requests: Resources = field(default_factory=dict)
    limits: Resources = field(default_factory=dict)
    group: str = "default"
    kind: str = "application"
    size: Resources = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    os: str = LINUX
    arch: str = "amd64"
    isolation: Isolation | None = None
    agent: bool = False
    job: bool = False
    containers: tuple[Container, ...] = ()
    components: tuple[Component, ...] = ()
    placement: Placement = field(default_factory=Placement)
    labels: Mapping[str, str] = field(default_factory=dict)
    licences: frozenset[str] = frozenset()
    traffic: Mapping[str, Fraction] = field(default_factory=dict)
    image_bytes: int | None = None
    layers: tuple[Layer, ...] = ()
    place: str = ""
    lives: tuple[Life, ...] = ()
    curves: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    autoscaling: Autoscaling | None = None
    disruption_budget: DisruptionBudget | None = None
    update: UpdateStrategy | None = None
    ordered_start: bool = False

    @property
    def key(self) -> str:
        """``group/name``: unique within a workload."""
        return f"{self.group}/{self.name}"

    @property
    def peak(self) -> dict[str, int]:
        """The most that one copy takes of each resource: its size, or the top of its curve."""
        tops = {resource: max(amount or 0 for amount in curve) for resource, curve in self.curves.items()}
        return {**self.size, **tops}
