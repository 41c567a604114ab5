"""How applications ask to be updated: read from Kubernetes, Compose and the project's own YAML, and written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.workload.application import Application
from binpack.workload.compose import read_compose
from binpack.workload.documents import SourceText, parse_documents
from binpack.workload.kubernetes import read_kubernetes
from binpack.workload.native import read_native
from binpack.workload.native_writer import to_yaml
from binpack.workload.scaling import Share
from binpack.workload.update_strategy import ALL, NONE, ONE, QUARTER, STOP_ALL, STOP_ONE, UpdateStrategy
from binpack.workload.workload import Workload

SECOND = 10**9
SPEC = "template: {spec: {containers: [{name: c, image: i}]}}"


def kubernetes(kind: str, spec: str = "", metadata: str = "name: a") -> Workload:
    group = "v1" if kind in ("Pod", "ReplicationController") else "apps/v1"
    body = "containers: [{name: c, image: i}]" if kind == "Pod" else SPEC
    text = f"apiVersion: {group}\nkind: {kind}\nmetadata: {{{metadata}}}\nspec:\n  {body}\n"
    text += f"  {spec}\n" if spec else ""
    return read_kubernetes(parse_documents(SourceText("a.yaml", text)), "test")


def asked(kind: str, spec: str = "", metadata: str = "name: a") -> UpdateStrategy | None:
    return kubernetes(kind, spec, metadata).applications[0].update


def compose(deploy: str) -> UpdateStrategy | None:
    (document,) = parse_documents(SourceText("c.yaml", f"services: {{a: {{image: i, deploy: {deploy}}}}}\n"))
    return read_compose(document, "stack", {}).applications[0].update


@pytest.mark.parametrize(
    ("spec", "strategy"),
    [
        ("", None),
        ("strategy: {}", None),
        ("strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}}", None),
        ("strategy: {rollingUpdate: {maxSurge: 1}}", UpdateStrategy(ONE, QUARTER)),
        ("strategy: {rollingUpdate: {maxSurge: 0}}", UpdateStrategy(NONE, QUARTER)),
        ("strategy: {rollingUpdate: {maxUnavailable: 0}}", UpdateStrategy(QUARTER, NONE)),
        ('strategy: {rollingUpdate: {maxSurge: "150%"}}', UpdateStrategy(Share(150, True), QUARTER)),
        ("strategy: {type: Recreate, rollingUpdate: null}", STOP_ALL),
        ("minReadySeconds: 5", UpdateStrategy(QUARTER, QUARTER, pause=5 * SECOND)),
    ],
)
def test_a_deployment_asks_by_its_strategy(spec: str, strategy: UpdateStrategy | None) -> None:
    """A quarter more and a quarter less unless told otherwise, which is what ``kubectl get`` writes out."""
    assert asked("Deployment", spec) == strategy


@pytest.mark.parametrize(
    ("spec", "strategy"),
    [
        ("", STOP_ONE),
        ("updateStrategy: {type: OnDelete}", STOP_ONE),
        ("updateStrategy: {rollingUpdate: {partition: 2}}", UpdateStrategy(kept=2)),
        ("updateStrategy: {rollingUpdate: {maxUnavailable: 50%}}", UpdateStrategy(NONE, Share(50, True))),
        ("podManagementPolicy: Parallel", STOP_ONE),
    ],
)
def test_a_stateful_set_stops_before_it_starts(spec: str, strategy: UpdateStrategy) -> None:
    """One copy after the other, or so many, those from the partition on."""
    assert asked("StatefulSet", spec) == strategy


def test_copies_of_a_stateful_set_start_in_order_unless_told_otherwise() -> None:
    """``podManagementPolicy`` is about deploying, not about updates."""
    assert kubernetes("StatefulSet").applications[0].ordered_start
    assert not kubernetes("StatefulSet", "podManagementPolicy: Parallel").applications[0].ordered_start
    assert not kubernetes("Deployment").applications[0].ordered_start


def test_a_daemon_set_asks_as_one_node_after_the_other() -> None:
    """Its default is that of agents; surge takes the place of what may be missing."""
    assert asked("DaemonSet") is None
    assert asked("DaemonSet", "updateStrategy: {rollingUpdate: {maxUnavailable: 10%}}") == UpdateStrategy(
        NONE, Share(10, True)
    )
    surge = "updateStrategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 2}}"
    assert asked("DaemonSet", surge) == UpdateStrategy(Share(2), NONE)


def test_what_no_controller_updates_is_ended_by_hand() -> None:
    """Bare pods and replica sets; those of an owner are updated as it asks, or as usual where that is not known."""
    owner = "name: a, ownerReferences: [{kind: %s, name: o, uid: u}]"
    for kind in ("Pod", "ReplicaSet", "ReplicationController"):
        assert asked(kind) == STOP_ONE
    assert asked("ReplicaSet", metadata=owner % "Deployment") is None
    assert asked("Pod", metadata=owner % "ReplicaSet") is None
    assert asked("Pod", metadata=owner % "StatefulSet") == STOP_ONE


def test_what_waits_for_somebody_is_said() -> None:
    """OnDelete and partitions, by name."""
    on_delete = kubernetes("StatefulSet", "updateStrategy: {type: OnDelete}").notes
    assert "updated as their pods are deleted (OnDelete), counted one by one: StatefulSet default/a" in on_delete
    kept = kubernetes("StatefulSet", "updateStrategy: {rollingUpdate: {partition: 2}}").notes
    assert "updated from their partition on, the pods below stay: StatefulSet default/a" in kept


@pytest.mark.parametrize(
    ("kind", "spec", "said"),
    [
        (
            "Deployment",
            "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}",
            "6:59: found maxSurge 0 and maxUnavailable 0%; expected at least one of them above 0",
        ),
        (
            "Deployment",
            "strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}",
            "6:45: found rollingUpdate with type Recreate; expected type RollingUpdate, or no rollingUpdate",
        ),
        ("Deployment", "strategy: {type: Rolling}", '6:20: found "Rolling"; expected RollingUpdate or Recreate'),
        ("Deployment", "strategy: {rollingUpdate: {maxUnavailable: 101%}}", "expected at most 100%"),
        ("Deployment", "strategy: {rollingUpdate: {maxSurge: '1'}}", "write the number without quotes"),
        ("Deployment", "strategy: {rollingUpdate: {maxSurge: -1}}", 'found "-1"; expected a number of pods'),
        ("Deployment", "minReadySeconds: -1", "found minReadySeconds -1; expected a whole number of seconds from 0"),
        ("StatefulSet", "updateStrategy: {rollingUpdate: {maxUnavailable: 0}}", "expected at least one pod at a time"),
        ("StatefulSet", "updateStrategy: {rollingUpdate: {partition: -2}}", "found partition -2; expected a whole"),
        ("StatefulSet", "podManagementPolicy: Serial", 'found "Serial"; expected OrderedReady or Parallel'),
        (
            "DaemonSet",
            "updateStrategy: {rollingUpdate: {maxSurge: 1}}",
            "found a DaemonSet with maxSurge 1 and maxUnavailable 1; expected one of the two, and 0 for the other",
        ),
    ],
)
def test_what_the_api_refuses_is_refused(kind: str, spec: str, said: str) -> None:
    """In one line, at its place."""
    with pytest.raises(InputError) as caught:
        asked(kind, spec)
    assert said in str(caught.value)
    assert str(caught.value).startswith("a.yaml:6:")


@pytest.mark.parametrize(
    ("deploy", "strategy"),
    [
        ("{replicas: 3}", None),
        ("{replicas: 3, update_config: {delay: 10s}}", UpdateStrategy(pause=10 * SECOND)),
        ("{replicas: 3, update_config: {parallelism: 2, order: start-first}}", UpdateStrategy(Share(2), NONE)),
        ("{replicas: 3, update_config: {parallelism: 0}}", STOP_ALL),
        ("{replicas: 3, update_config: {parallelism: 0, order: start-first}}", UpdateStrategy(ALL, NONE)),
        ("{replicas: 1, update_config: {order: stop-first}}", STOP_ONE),
        ("{replicas: 1, update_config: {delay: 1s}}", UpdateStrategy(ONE, NONE, pause=SECOND)),
        ("{mode: global, update_config: {delay: 1s}}", UpdateStrategy(pause=SECOND)),
    ],
)
def test_a_service_asks_by_its_update_config(deploy: str, strategy: UpdateStrategy | None) -> None:
    """So many at a time, in the order that it says; the only task of one that says none starts first."""
    assert compose(deploy) == strategy


strategies = st.builds(
    UpdateStrategy,
    st.builds(Share, st.integers(1, 10**9 - 1), st.booleans()),
    st.builds(Share, st.integers(0, 100), st.booleans()),
    st.integers(0, 2**62),
    st.integers(0, 2**62),
)


@given(st.none() | strategies | st.just(STOP_ONE), st.booleans())
def test_what_is_written_reads_back(update: UpdateStrategy | None, ordered: bool) -> None:
    """Strategies and the order of starting, exactly."""
    written = to_yaml(Workload("test", (Application("a", 2, update=update, ordered_start=ordered),)))
    (document,) = parse_documents(SourceText("w.yaml", written))
    (found,) = read_native(document, "test").applications
    assert (found.update, found.ordered_start) == (update, ordered)


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ("{surge: 0, unavailable: 0}", "w.yaml:2:23: found surge 0 and unavailable 0; expected at least one of them"),
        ("{surge: x}", 'found "x"; expected a number of copies, or a percentage such as 50%'),
        ("{unavailable: 101%}", 'found "101%"; expected at most 100%'),
        ("{pause: 10}", 'found "10" (it has no unit); expected a duration of at least 0; such as 10s or 1m30s'),
        ("{kept: -1}", 'found "-1"; expected a whole number from 0 to 2**62'),
        ("{surg: 1}", "found the key 'surg'; expected a known key; did you mean 'surge'?"),
        ("rolling", 'found "rolling"; expected a mapping (key: value)'),
    ],
)
def test_a_bad_strategy_is_one_line(update: str, said: str) -> None:
    """With what was found and expected."""
    (document,) = parse_documents(SourceText("w.yaml", f"applications:\n  - {{name: a, update: {update}}}\n"))
    with pytest.raises(InputError) as caught:
        read_native(document, "test")
    assert said in str(caught.value)
