"""A running cluster by its kubeconfig: what is read is what a file would hold, and every failure is one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from binpack.cli.main import main
from binpack.errors import InputError
from binpack.kubernetes.cluster_reader import Cluster, read_cluster
from binpack.kubernetes.live_cluster import live_objects
from tests.cli.test_plan_nodes import deployment, node, written
from tests.kubernetes.api_server import PATHS, ApiServer, kubeconfig, served
from tests.kubernetes.small_clusters import silent

pytest.importorskip("kubernetes", reason="needs the official client: pip install 'binpack-eras[kubeconfig]'")


def pod(name: str, node_name: str = "", claim: str = "") -> dict[str, Any]:
    """A Pod of 1 CPU that no list has named the kind of."""
    spec: dict[str, Any] = {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}}}]}
    spec |= {"nodeName": node_name} if node_name else {}
    spec |= {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": claim}}]} if claim else {}
    return {"metadata": {"name": name, "namespace": "shop", "managedFields": [{"manager": "x"}]}, "spec": spec}


CLUSTER = {
    "Node": [node(f"n{number}", "4", "a") for number in range(3)],
    "Pod": [*(pod(f"e{number}", f"n{number}") for number in range(3)), *(pod(f"w{number}") for number in range(2))],
    "Namespace": [{"metadata": {"name": "shop", "labels": {"team": "s"}}}],
    "PersistentVolumeClaim": [{"metadata": {"name": "data", "namespace": "shop"}, "spec": {"volumeName": "pv"}}],
    "PersistentVolume": [{"metadata": {"name": "pv"}, "spec": {}}],
}


def read(server: ApiServer, path: Path, said: list[str] | None = None) -> Cluster:
    documents = live_objects(kubeconfig(path, server.port), "here", silent if said is None else said.append)
    return read_cluster(documents, silent)


def failure(path: str, context: str | None = "here") -> str:
    """What is said of a cluster that cannot be read, in one line."""
    with pytest.raises(InputError) as caught:
        live_objects(path, context, silent)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("page", "expired"), [(500, False), (2, False), (1, True)])
def test_all_pages_of_every_kind(tmp_path: Path, page: int, expired: bool) -> None:
    """Nodes, pods in place and waiting, namespaces and volumes, in however many pages, by GET of lists alone; a list that
    expires on the way is asked for again."""
    with served(ApiServer(CLUSTER, page=page, expired=expired)) as server:
        cluster = read(server, tmp_path / "config")
    assert [each.name for each in cluster.state.nodes] == ["n0", "n1", "n2"]
    assert {held.key: place for held, place in cluster.state.pods()} == {f"shop/e{n}": f"n{n}" for n in range(3)}
    assert [waiting.key for waiting in cluster.pending] == ["shop/w0", "shop/w1"]
    assert cluster.state.volumes is not None
    assert {path for _, path, _ in server.asked} == set(PATHS.values())
    assert {method for method, _, _ in server.asked} == {"GET"}
    if page == 2:
        assert sum(path == PATHS["Pod"] for _, path, _ in server.asked) == 3


def test_a_kind_that_may_not_be_listed(tmp_path: Path) -> None:
    """It is said, and what hangs on it left out: without volumes no claim is judged, though claims may be listed."""
    forbidden = frozenset({"PersistentVolume", "PodDisruptionBudget"})
    said: list[str] = []
    with served(ApiServer(CLUSTER, forbidden)) as server:
        assert read(server, tmp_path / "config", said).state.volumes is None
    assert [text.partition(" may not list ")[2] for text in said] == [
        "PersistentVolume: claims and volumes are not judged",
        "PodDisruptionBudget: no budget of disruptions is looked at",
    ]


@pytest.mark.parametrize("kind", ["Node", "Pod"])
def test_nodes_and_pods_are_needed(tmp_path: Path, kind: str) -> None:
    """Without them there is no plan: the server's own words."""
    with served(ApiServer(CLUSTER, frozenset({kind}))) as server:
        said = failure(kubeconfig(tmp_path / "config", server.port))
    assert f"{kind} is forbidden: User cannot list it (403)" in said


def test_pods_of_nodes_that_are_gone(tmp_path: Path) -> None:
    """A node may go between two lists; its pods are left out, which is said."""
    said: list[str] = []
    with served(ApiServer({**CLUSTER, "Node": CLUSTER["Node"][1:]})) as server:
        cluster = read(server, tmp_path / "config", said)
    assert {held.key for held, _ in cluster.state.pods()} == {"shop/e1", "shop/e2"}
    assert said == ["pods left out as their node is gone: 1"]


def test_what_is_wrong_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file, no context, a file of something else, nothing that listens, a token that is refused, a plug-in that fails."""
    path = tmp_path / "config"
    with served(ApiServer(CLUSTER)) as server:
        assert "log in again" in failure(kubeconfig(path, server.port, {"token": "old"}))
        plug_in = {"apiVersion": "client.authentication.k8s.io/v1", "command": "/nonexistent", "args": []}
        assert "/nonexistent" in failure(kubeconfig(path, server.port, {"exec": plug_in}))
        assert "there" in failure(kubeconfig(path, server.port), "there")
        assert "Connection refused" in failure(kubeconfig(path, server.port), None)
    assert "Invalid kube-config file" in failure(str(tmp_path / "none"))
    for text in ("[1, 2]", "{", "kind: Config", "word"):
        path.write_text(text)
        assert "a kubeconfig with that context" in failure(str(path))
    assert capsys.readouterr() == ("", "")


def test_an_answer_that_is_none(tmp_path: Path) -> None:
    """A server that speaks of something else."""
    with served(ApiServer({"Pod": [{"metadata": 1}]})) as server:
        assert "no list of Pod objects" in failure(kubeconfig(tmp_path / "config", server.port))


def test_the_commands_take_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """plan, explain and the comparison say of a cluster what they say of the same objects in a file."""
    named = [{"kind": kind, "apiVersion": "v1", **each} for kind in ("Node", "Pod") for each in CLUSTER[kind]]
    file = written(tmp_path / "c.json", *named)
    more = written(tmp_path / "m.json", deployment("large", 3, "3"))
    words = ["--format", "json", "-q"]
    with served(ApiServer({kind: CLUSTER[kind] for kind in ("Node", "Pod")})) as server:
        live = ["--nodes", f"kubeconfig:{kubeconfig(tmp_path / 'config', server.port)}", "--context", "here"]
        for command in (["plan"], ["plan", more], ["explain", more], ["plan", "--compare-current"]):
            answers = []
            for nodes in (["--nodes", file], live):
                status = main([*command, *nodes, *words])
                answers.append((status, json.loads(capsys.readouterr().out)))
            assert answers[0] == answers[1]


def test_a_kubeconfig_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a name it is the file that the client finds by itself."""
    from kubernetes.config import kube_config

    with served(ApiServer(CLUSTER)) as server:
        path = kubeconfig(tmp_path / "config", server.port)
        monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", path)
        assert main(["plan", "--nodes", "kubeconfig", "--context", "here"]) == 0
    assert "2 of 2 waiting pods placed on 3 nodes" in capsys.readouterr().out


def test_mistakes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A context without a kubeconfig, and a machine without the client: status 2 and what to do."""
    for words in (["plan", "--context", "here"], ["explain", "--nodes", "c.json", "--context", "here"]):
        assert main([*words]) == 2
        assert "--context" in capsys.readouterr().err or words[0] == "plan"
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    assert main(["plan", "--nodes", "kubeconfig"]) == 2
    assert "pip install 'binpack-eras[kubeconfig]'" in capsys.readouterr().err
