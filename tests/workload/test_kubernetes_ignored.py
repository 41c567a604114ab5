"""What of Kubernetes is not applied is said, a line for each rule; what is suspended does not run."""

from __future__ import annotations

import pytest

from binpack.workload.documents import SourceText, parse_documents
from binpack.workload.kubernetes import read_kubernetes
from binpack.workload.workload import Workload


def _read(text: str) -> Workload:
    return read_kubernetes(parse_documents(SourceText("m.yaml", text)), "m")


def _deployments(*specs: str) -> Workload:
    return _read(
        "\n---\n".join(
            f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d{k}}}\n"
            f"spec: {{template: {{spec: {{containers: [{{name: c}}], {spec}}}}}}}"
            for k, spec in enumerate(specs)
        )
    )


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        ("topologySpreadConstraints: [{topologyKey: zone, maxSkew: 1}]", "topologySpreadConstraints"),
        ("tolerations: [{operator: Exists}]", "tolerations"),
        ("priorityClassName: high", "priorities"),
        ("nodeName: n1", "nodeName"),
        ("volumes: [{name: v, persistentVolumeClaim: {claimName: x}}]", "persistent volumes"),
        (
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
            "[{matchExpressions: [{key: a, operator: In, values: [b, c]}]}]}}}",
            "node affinity",
        ),
        (
            "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
            "[{topologyKey: zone, labelSelector: {}}]}}",
            "anything but the host",
        ),
    ],
)
def test_a_rule_is_one_line_with_those_that_have_it(spec: str, word: str) -> None:
    """Five applications with a rule: one note, three names, and how many more; one without the rule is not named."""
    workload = _deployments(*[spec] * 5, "restartPolicy: Always")
    [note] = [note for note in workload.notes if note.startswith("not applied, ")]
    assert word in note
    assert note.endswith(": default/d0, default/d1, default/d2 and 2 more")


@pytest.mark.parametrize(
    "spec",
    [
        "nodeSelector: {disk: ssd}",
        "topologySpreadConstraints: [{topologyKey: zone, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway}]",
        "volumes: [{name: v, emptyDir: {}}]",
    ],
)
def test_what_is_applied_or_a_wish_is_no_line(spec: str) -> None:
    """A node selector is applied, a wish changes nothing."""
    assert not [note for note in _deployments(spec).notes if note.startswith("not applied")]


def test_claims_of_a_stateful_set_are_persistent_volumes() -> None:
    """volumeClaimTemplates count as volumes that no era places."""
    workload = _read(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec: {volumeClaimTemplates: [{metadata: {name: v}}], "
        "template: {spec: {containers: [{name: c}]}}}"
    )
    assert any("persistent volumes" in note and "default/s" in note for note in workload.notes)


JOB = "{template: {spec: {containers: [{name: c}]}}, parallelism: 3, completions: 5"


@pytest.mark.parametrize(
    ("text", "copies"),
    [
        (f"kind: Job\nmetadata: {{name: j}}\nspec: {JOB}, suspend: true}}", 0),
        (f"kind: Job\nmetadata: {{name: j}}\nspec: {JOB}, suspend: false}}", 3),
        (f"kind: CronJob\nmetadata: {{name: j}}\nspec: {{suspend: true, jobTemplate: {{spec: {JOB}}}}}}}", 0),
        (f"kind: CronJob\nmetadata: {{name: j}}\nspec: {{jobTemplate: {{spec: {JOB}, suspend: true}}}}}}", 0),
        (f"kind: CronJob\nmetadata: {{name: j}}\nspec: {{suspend: null, jobTemplate: {{spec: {JOB}}}}}}}", 3),
    ],
)
def test_suspended_jobs_count_as_none(text: str, copies: int) -> None:
    """A Job or CronJob that is suspended runs nothing, and a note names it."""
    workload = _read(f"apiVersion: batch/v1\n{text}")
    assert [a.replicas for a in workload.applications] == [copies]
    assert any("suspended" in note and "default/j" in note for note in workload.notes) == (copies == 0)
