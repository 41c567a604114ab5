"""``binpack plan`` in money: own prices, discounts, fees, and what each namespace pays."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from binpack_solvers.constructions import load_kernels

from binpack.cli.main import main
from tests.cli.test_plan_nodes import SCHEMAS, deployment, node, written


@pytest.fixture(autouse=True, scope="module")
def kernels() -> None:
    """Compiled before any time limit."""
    load_kernels()


BARE = ("--system-pods", "none")


def planned(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The JSON of a plan, as its schema has it."""
    assert main(["plan", *words, "--format", "json", "-q"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "node_plan.json").read_text()))
    return found


def shop(tmp_path: Path) -> str:
    """Two deployments in two namespaces."""
    objects = [deployment("web", 4, "1"), deployment("cart", 2, "500m")]
    objects[1]["metadata"]["namespace"] = "carts"  # type: ignore[index]
    return written(tmp_path / "shop.json", *objects)


def prices(tmp_path: Path, text: str) -> str:
    file = tmp_path / "prices.csv"
    file.write_text(text)
    return str(file)


def test_own_prices_choose_the_type(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A type that the catalogue outdoes is the cheapest by one's own prices, and taken; the discount is off nodes and not
    off the fee."""
    listed = prices(tmp_path, "type,price_per_month\nm5.large,100\nm5.xlarge,10\n")
    words = [
        shop(tmp_path),
        "--zones",
        "a",
        "--machines",
        "m5",
        "--system-pods",
        "none",
        "--prices",
        listed,
        "--discount",
        "50%",
    ]
    found = planned([*words, "--cluster-fee", "40/month", "--minimum-nodes", "1"], capsys)
    assert {each["type"] for each in found["nodes"]} == {"m5.xlarge"}
    assert found["cluster_fee_per_month"] == 40
    assert found["total_per_month"] == pytest.approx(40 + 5 * len(found["nodes"]), abs=0.01)
    assert found["status"] == "optimal"


def test_costs_by_pod_and_namespace_add_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CSV rows add up to the namespaces of JSON, and these to the nodes, to the last micro-dollar."""
    words = [shop(tmp_path), "--zones", "a,b", "--machines", "m5", *BARE]
    found = planned(words, capsys)
    assert main(["plan", *words, "--format", "csv", "-q"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    whole = Decimal(str(found["cost_per_month"]))
    assert sum(Decimal(row["cost_per_month"]) for row in rows) == whole
    for each in found["namespaces"]:
        own = [row for row in rows if row["namespace"] == each["namespace"]]
        for column in ("cost_per_month", "idle_per_month"):
            assert sum(Decimal(row[column]) for row in own) == Decimal(str(each[column]))
    assert sum(Decimal(str(each["cost_per_month"])) for each in found["namespaces"]) == whole
    assert sum(Decimal(str(each["cost_per_month"])) for each in found["nodes"]) == whole


def test_another_currency(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Euros are called euros; types without a price in the list are left out, and the dollars of the fee are not added."""
    listed = prices(tmp_path, "type,eur_per_hour\nm5.xlarge,0.2\n")
    words = ["plan", shop(tmp_path), "--zones", "a", "--machines", "m5", *BARE, "--prices", listed]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "3 nodes, EUR 438 a month" in said.out
    assert "$" not in said.out.replace("(--cluster-fee)", "")
    assert "and left out: m5." in said.err


def test_packing_and_right_sizing_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Six CPUs are requested and a tenth of them used: fewer nodes by usage, and each step says what it saves."""
    used = tmp_path / "top.txt"
    used.write_text("NAME CPU(cores) MEMORY(bytes)\nweb-7d4b9c6f5d-x2x4z 100m 1Mi\nweb-7d4b9c6f5d-x2x5z 90m 1Mi\n")
    words = [
        shop(tmp_path),
        "--zones",
        "a",
        "--machines",
        "m5.large",
        "--system-pods",
        "none",
        "--usage",
        str(used),
        "--minimum-nodes",
        "1",
    ]
    found = planned(words, capsys)
    usage = found["by_usage"]
    requests = {pod["requests"]["cpu"] for each in usage["nodes"] for pod in each["pods"] if "/web" in pod["name"]}
    assert requests == {100}
    assert len(usage["nodes"]) < len(found["nodes"])
    assert usage["status"] == "optimal"
    assert any("of 1 workloads by" in text and "1 keep their requests" in text for text in found["assumed"])
    assert main(["plan", *words, "-q"]) == 0
    text = capsys.readouterr().out
    assert "packed by requests" in text
    assert "packed by usage" in text


def test_spot_nodes_take_their_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of four copies and of two a half may be on spot nodes: no more are, and these nodes cost less."""
    words = [shop(tmp_path), "--zones", "a", "--machines", "m5.large", *BARE, "--minimum-nodes", "1"]
    found = planned([*words, "--spot-share", "50%", "--spot-discount", "65%"], capsys)
    on_spot = [pod["name"] for each in found["nodes"] if each["type"] == "m5.large spot" for pod in each["pods"]]
    assert sum("/web.spot-" in name for name in on_spot) == 2
    assert len(on_spot) == sum(".spot-" in name for name in on_spot)
    assert {each["type"]: each["cost_per_month"] for each in found["nodes"]} == {
        "m5.large": 70.08,
        "m5.large spot": 24.528,
    }
    assert found["total_per_month"] < planned(words, capsys)["total_per_month"]
    assert main(["plan", *words, "--spot-share", "50%"]) == 2
    assert "--spot-share: found no spot price" in capsys.readouterr().err


def test_given_nodes_are_priced_with_their_pods(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After placing, the namespaces pay for all nodes; without a price nothing is said."""
    nodes = [node(f"n{k}", "4", "a") for k in range(2)]
    cluster = written(tmp_path / "cluster.json", *nodes)
    words = ["plan", shop(tmp_path), "--nodes", cluster, "--format", "json", "-q"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["cost"] is None
    listed = prices(tmp_path, "type,price_per_month\n4 CPU,100\n")
    assert main([*words, "--prices", listed]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "placement.json").read_text()))
    assert found["cost"]["cost_per_month"] == pytest.approx(200, abs=0.01)
    paid = {each["namespace"]: Decimal(str(each["cost_per_month"])) for each in found["cost"]["namespaces"]}
    assert sum(paid.values()) == Decimal(str(found["cost"]["cost_per_month"]))
    assert set(paid) - {""} == {"default", "carts"}
    assert main(["plan", shop(tmp_path), "--nodes", cluster, "--prices", listed, "-q"]) == 0
    assert "assumed  prices:" in capsys.readouterr().out


def test_static_pods_run_on_new_nodes_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the kubelet of every node runs from a file takes its part of each planned node; what one node's runs does not."""

    def static(name: str, on: str) -> dict[str, Any]:
        owners = [{"apiVersion": "v1", "kind": "Node", "name": on, "uid": "1"}]
        container = {"name": "c", "resources": {"requests": {"cpu": "500m"}}}
        metadata = {"name": f"{name}-{on}", "namespace": "kube-system", "ownerReferences": owners}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": metadata,
            "spec": {"nodeName": on, "containers": [container]},
        }

    nodes = [node(f"n{k}", "4", "a") for k in range(3)]
    pods = [static("kube-proxy", f"n{k}") for k in range(3)] + [static("etcd", "n0")]
    cluster = written(tmp_path / "cluster.json", *nodes, *pods, deployment("web", 4, "2"))
    found = planned(["--nodes", cluster, "--compare-current", "--minimum-nodes", "1"], capsys)
    assert len(found["nodes"]) == 4
    assert sum(entry["pod"].startswith("kube-system/kube-proxy.static-") for entry in found["order"]) == 4
    assert not any("etcd" in entry["pod"] for entry in found["order"])


def test_spot_nodes_that_run_now(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are told by their label and counted at their own price; the plan has no more of them than there are."""
    nodes = [node(f"n{k}", "4", "a") for k in range(3)]
    for each in nodes:
        each["metadata"]["labels"]["node.kubernetes.io/instance-type"] = "m5.xlarge"  # type: ignore[index]
    nodes[0]["metadata"]["labels"]["karpenter.sh/capacity-type"] = "spot"  # type: ignore[index]
    cluster = written(tmp_path / "cluster.json", *nodes, deployment("web", 6, "1"))
    words = ["--nodes", cluster, "--compare-current", "--minimum-nodes", "1", "--cluster-fee", "0"]
    found = planned([*words, "--spot-discount", "50%"], capsys)
    assert found["current"]["by_type"] == {"m5.xlarge spot": 1, "m5.xlarge": 2}
    assert found["current"]["cost_per_month"] == 350.4
    assert sorted(each["type"] for each in found["nodes"]) == ["m5.xlarge", "m5.xlarge spot"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--zones", "a", "--discount", "1e-99999999"], "--discount: found '1e-99999999'; expected a share from 0%"),
        (["--zones", "a", "--discount", "120%"], "--discount: found '120%'; expected a share from 0% to below 100%"),
        (["--zones", "a", "--cluster-fee", "73"], "--cluster-fee: found '73'; expected an amount a month or an hour"),
        (["--zones", "a", "--region", "eu"], "--region: found no --prices"),
        (["--zones", "a", "--headroom", "cpu=10%"], "--headroom: found no --era; expected --era with it"),
        (["--nodes", "-", "--spot-share", "10%"], "--spot-share: found neither --zones nor --compare-current"),
        (["--nodes", "-", "--usage", "top.txt"], "--usage: found neither --zones nor --compare-current"),
        (["--era", "containers", "--discount", "10%"], "--discount: found --era; expected --zones or --nodes"),
    ],
)
def test_bad_words(words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant is said in one line."""
    assert main(["plan", shop(tmp_path), *words]) == 2
    assert message in capsys.readouterr().err
