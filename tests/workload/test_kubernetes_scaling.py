"""Autoscalers, disruption budgets and Helm's hooks of the input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.workload.application import Application
from binpack.workload.documents import SourceText, parse_documents
from binpack.workload.kubernetes import read_kubernetes
from binpack.workload.scaling import Autoscaling, DisruptionBudget, Share
from binpack.workload.workload import Workload


def read(*texts: str) -> Workload:
    return read_kubernetes(parse_documents(SourceText("m.yaml", "\n---\n".join(texts))), "m")


def deployment(name: str = "web", namespace: str = "default") -> str:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {{template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: [{{name: c}}]}}}}}}"
    )


def autoscaler(spec: str, version: str = "v2") -> str:
    return f"apiVersion: autoscaling/{version}\nkind: HorizontalPodAutoscaler\nmetadata: {{name: h}}\nspec: {{{spec}}}"


def budget(spec: str, name: str = "b", version: str = "v1") -> str:
    return f"apiVersion: policy/{version}\nkind: PodDisruptionBudget\nmetadata: {{name: {name}}}\nspec: {{{spec}}}"


def first(*texts: str) -> Application:
    return read(deployment(), *texts).applications[0]


TARGET = "scaleTargetRef: {kind: Deployment, name: web}"


def test_an_autoscaler_is_kept_and_not_applied() -> None:
    """Its bounds stand with the application, whose copies are those of the manifest; it says so."""
    for version in ("v1", "v2", "v2beta2"):
        text = autoscaler(f"{TARGET}, minReplicas: 2, maxReplicas: 10", version)
        workload = read(deployment(), deployment("web", "other"), text)
        assert [a.autoscaling for a in workload.applications] == [Autoscaling(2, 10), None]
        assert workload.applications[0].replicas == 1
        said = "HorizontalPodAutoscaler: minimum and maximum are not applied, spec.replicas counts: default/web 2 to 10"
        assert said in workload.notes
    assert first(autoscaler(f"{TARGET}, maxReplicas: 3")).autoscaling == Autoscaling(1, 3)


def test_an_autoscaler_of_something_else() -> None:
    """One whose target the input lacks is named; one without a target or a maximum says nothing."""
    text = autoscaler("scaleTargetRef: {kind: StatefulSet, name: web}, maxReplicas: 3")
    assert (
        "HorizontalPodAutoscaler default/h scales StatefulSet web, which the input lacks"
        in read(deployment(), text).notes
    )
    assert first(autoscaler("")).autoscaling is None


@pytest.mark.parametrize(
    ("spec", "bound"),
    [
        ("selector: {matchLabels: {app: web}}, minAvailable: 1", DisruptionBudget("default/b", Share(1))),
        ("selector: {}, maxUnavailable: 25%", DisruptionBudget("default/b", None, Share(25, True))),
        ("selector: {matchLabels: {app: web}}", DisruptionBudget("default/b")),
        ("selector: {matchLabels: {app: db}}, minAvailable: 1", None),
        ("minAvailable: 1", None),
    ],
)
def test_budgets(spec: str, bound: DisruptionBudget | None) -> None:
    """By the labels of pods in its namespace; an empty selector selects all, none at all selects none."""
    assert first(budget(spec)).disruption_budget == bound
    assert read(deployment("web", "other"), budget(spec)).applications[0].disruption_budget is None


def test_empty_selectors_of_old_budgets() -> None:
    """In policy/v1beta1 an empty selector selects nothing."""
    assert first(budget("selector: {}, minAvailable: 1", version="v1beta1")).disruption_budget is None


def test_two_budgets() -> None:
    """The first is kept; that the API refuses every eviction then is said."""
    workload = read(deployment(), budget("selector: {}, minAvailable: 1"), budget("selector: {}, minAvailable: 2", "c"))
    assert workload.applications[0].disruption_budget == DisruptionBudget("default/b", Share(1))
    said = "default/web: the budgets default/b and default/c select it, so that its pods cannot be evicted"
    assert said in workload.notes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (autoscaler(f"{TARGET}, minReplicas: 5, maxReplicas: 2"), "default/h with 5 to 2 replicas"),
        (autoscaler(f"{TARGET}, maxReplicas: 0"), "default/h with 1 to 0 replicas"),
        (autoscaler(f"{TARGET}, maxReplicas: many"), 'found "many"; expected a whole number'),
        (budget("selector: {}, minAvailable: 1, maxUnavailable: 1"), "with minAvailable and maxUnavailable"),
        (budget("selector: {}, minAvailable: -1"), 'found "-1"; expected a number of pods, or a percentage'),
        (budget("selector: {}, maxUnavailable: half"), 'found "half"; expected a number of pods, or a percentage'),
    ],
)
def test_refused(text: str, said: str) -> None:
    """One line with the place."""
    with pytest.raises(InputError) as caught:
        first(text)
    (line,) = str(caught.value).splitlines()
    assert line.startswith("m.yaml:")
    assert said in line


@given(st.integers(0, 100), st.integers(0, 150))
def test_evictable(copies: int, number: int) -> None:
    """What is left over what must stay, percentages rounded up on both sides; never below 0 or above all copies."""
    least, most = (DisruptionBudget("b", *pair) for pair in ((Share(number, True), None), (None, Share(number, True))))
    stay = next(n for n in range(copies * 2 + 1) if n * 100 >= number * copies)
    assert least.evictable(copies) == max(0, copies - stay)
    assert most.evictable(copies) == min(copies, stay)
    assert DisruptionBudget("b", Share(number)).evictable(copies) == max(0, copies - number)
    assert DisruptionBudget("b", None, Share(number)).evictable(copies) == min(copies, number)
    assert DisruptionBudget("b").evictable(copies) == 0


def hook(kind: str, name: str, moments: str) -> str:
    spec = "containers: [{name: c}]" if kind == "Pod" else "template: {spec: {containers: [{name: c}]}}"
    version = {"Pod": "v1", "Job": "batch/v1"}.get(kind, "apps/v1")
    annotations = f'"helm.sh/hook": "{moments}"' if moments else ""
    return (
        f"# Source: chart/templates/{name}.yaml\napiVersion: {version}\nkind: {kind}\n"
        f"metadata: {{name: {name}, annotations: {{{annotations}}}}}\nspec: {{{spec}}}"
    )


def test_hooks_of_helm_are_left_out() -> None:
    """Pods and jobs that run at a moment only; a deployment that a hook makes stays, as does a job that is no hook."""
    workload = read(
        hook("Pod", "test", "test"),
        hook("Job", "migrate", "pre-install,pre-upgrade"),
        hook("Deployment", "web", "pre-install"),
        hook("Job", "batch", ""),
    )
    assert [application.name for application in workload.applications] == ["web", "batch"]
    note = (
        "left out, Helm hooks that run at that moment only (2): Pod default/test (test), "
        "Job default/migrate (pre-install,pre-upgrade)"
    )
    assert note in workload.notes


def test_many_hooks_are_counted() -> None:
    """Three are named."""
    workload = read(deployment(), *(hook("Pod", f"t{k}", "test") for k in range(5)))
    (note,) = [note for note in workload.notes if "Helm" in note]
    assert note.endswith("Pod default/t2 (test) and 2 more")


def test_lists_in_lists() -> None:
    """Items of a List count as if they stood alone, hooks and budgets among them."""
    items = ", ".join(
        [
            "{apiVersion: v1, kind: Pod, metadata: {name: t, annotations: {helm.sh/hook: test}}, "
            "spec: {containers: [{name: c}]}}",
            "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {selector: {}, minAvailable: 1}}",
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, "
            "spec: {template: {spec: {containers: [{name: c}]}}}}",
        ]
    )
    inner = f"{{apiVersion: v1, kind: List, items: [{items}]}}"
    workload = read(f"apiVersion: v1\nkind: List\nitems: [{inner}]")
    assert [(a.name, a.disruption_budget is not None) for a in workload.applications] == [("web", True)]
