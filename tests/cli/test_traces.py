"""``binpack eras TRACE`` as a user calls it: copies that came and went, curves, columns that are mapped, bad input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from binpack.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "binpack" / "cli" / "schemas"
TRACES = ROOT.parent / "shared" / "data" / "traces"
PODS = """\
name,cpu_milli,memory_mib,pod_phase,creation_time,deletion_time,scheduled_time
pod-1,8000,1024,Running,0,10,0
pod-2,8000,1024,Succeeded,5,15,6
pod-3,8000,1024,Running,10,20,10
pod-4,8000,1024,Failed,6,9,6
pod-5,8000,1024,Pending,6,9,
"""
NODES = "sn,cpu_milli,memory_mib\nnode-1,9000,8192\nnode-2,9000,8192\nnode-3,9000,8192\nnode-4,9000,8192\nnode-5,9000,8192\n"
APPS = "app_1,1|4|1|1,1|2|1|1,60,1,0,0\napp_2,4|1|1|1,1|1|2|1,40,0,0,1\napp_3,1|1|4|2,2|1|1|1,40,0,0,1\n"
COPIES = "i_1,app_1,m_1\ni_2,app_1,\ni_3,app_2,m_1\ni_4,app_2,m_2\ni_5,app_3,m_2\ni_6,app_3,m_2\n"
FLEET = "".join(f"m_{k},9,16,1440,7,3,7\n" for k in range(1, 7))


def write(folder: Path, **texts: str) -> dict[str, str]:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)
    return {name: str(folder / f"{name}.csv") for name in texts}


def machines(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """(way, era) -> row of a CSV; the way is empty in an ordinary comparison."""
    return {(row.get("way", ""), row["era"]): row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize(
    ("at", "count"), [([], 2), (["--at", "peak"], 2), (["--at", "10"], 2), (["--at", "16"], 1), (["--at", "all"], 5)]
)
def test_pods_that_were_there_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], at: list[str], count: int
) -> None:
    """A machine for each pod that ran at that time; the peak unless another time is asked for; all of them with all."""
    files = write(tmp_path, pods=PODS, nodes=NODES)
    options = ["--eras", "physical", "--shape", "parts", "--format", "csv", "-q", *at]
    assert main(["eras", files["pods"], "--machines", files["nodes"], *options]) == 0
    assert machines(capsys.readouterr().out)["", "physical"]["machines"] == str(count)


def test_what_is_known_of_the_peak_and_the_fleet_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When it was, how many pods ran, failed and were never scheduled, and how many machines there were."""
    files = write(tmp_path, pods=PODS, nodes=NODES)
    assert main(["eras", files["pods"], "--machines", files["nodes"], "--eras", "containers", "-q"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "at second 6: 2 of 5 copies were there together" in text
    assert "1 copies that failed (1 of them there at that time), and 1 that were never scheduled" in text
    assert "the fleet that was there: 5 machines" in text


def test_times_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All copies at once against those that were there at the peak."""
    files = write(tmp_path, pods=PODS, nodes=NODES)
    options = ["--side-by-side", "--eras", "physical,containers", "--format", "csv", "-q"]
    assert main(["eras", files["pods"], "--machines", files["nodes"], *options]) == 0
    found = machines(capsys.readouterr().out)
    assert (found["all at once", "containers"]["machines"], found["at the peak", "containers"]["machines"]) == (
        "5",
        "2",
    )
    assert found["at the peak", "containers"]["saved"] == "3"


def test_a_plan_is_of_the_peak_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``plan`` takes the same copies."""
    files = write(tmp_path, pods=PODS, nodes=NODES)
    assert (
        main(["plan", files["pods"], "--machines", files["nodes"], "--era", "containers", "--format", "json", "-q"])
        == 0
    )
    assert sum(machine["count"] for machine in json.loads(capsys.readouterr().out)["machines"]) == 2


def test_curves_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Machines by the tops of curves, by a percentile and by the curves, with bounds; the JSON keeps its schema."""
    files = write(tmp_path, apps=APPS, copies=COPIES, fleet=FLEET)
    command = ["eras", files["apps"], files["copies"], "--machines", files["fleet"], "-q", "--percentile", "50"]
    assert main([*command, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "side_by_side.json").read_text()))
    assert [way["name"] for way in found["ways"]] == ["maximum", "p50", "curve"]
    containers = {
        way["name"]: next(row for row in way["comparison"]["eras"] if row["era"] == "containers")
        for way in found["ways"]
    }
    assert [containers[name]["machines"] for name in ("maximum", "p50", "curve")] == [3, 1, 2]
    overfull = {way["name"]: way["savings"][1]["overfull_machines"] for way in found["ways"]}
    assert overfull == {"maximum": 0, "p50": 1, "curve": 0}
    assert main(command) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "packed by p50, machines that hold too much at some time: virtual machines 1 of 1, containers 1 of 1" in text
    assert "Percentiles do not add up" in text
    assert "5 of 6 copies were on a machine, together on 2 machines" in text


def test_one_way_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--size-by curve``, or usage by a percentile of the curves, as an ordinary comparison."""
    files = write(tmp_path, apps=APPS, copies=COPIES, fleet=FLEET)
    command = ["eras", files["apps"], files["copies"], "--machines", files["fleet"], "-q", "--format", "csv"]
    for size_by, count in ((["curve"], "2"), (["usage", "--percentile", "100"], "3")):
        assert main([*command, "--eras", "containers", "--shape", "parts", "--size-by", *size_by]) == 0
        assert machines(capsys.readouterr().out)["", "containers"]["machines"] == count


def test_percentages_of_a_stated_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of a file for each VM: what was requested is a way of its own."""
    home = tmp_path / "day"
    home.mkdir()
    for k in range(4):
        (home / f"vm{k}").write_text("".join(f"{90 if t == k else 1}\n" for t in range(4)))
    options = ["--percent-of", "cpu=15,memory=2GiB", "--eras", "containers", "--format", "csv", "-q"]
    assert main(["eras", str(home), *options]) == 0
    found = machines(capsys.readouterr().out)
    assert [found[way, "containers"]["machines"] for way in ("requests", "maximum", "curve")] == ["4", "4", "1"]


def test_columns_are_mapped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Headers that say nothing, units that stand nowhere, and a resource of the trace's own."""
    files = write(tmp_path, trace="plan,ram,net,who\n2,10.5,25,a\n2,10.5,25,a\n")
    (tmp_path / "fleet.yaml").write_text("machines: [{name: m, cpu: 16, memory: 64 GiB, resources: {rdma: 30}}]\n")
    options = [
        "--columns",
        "cpu=plan:cores,memory=ram:GiB,rdma=net,name=who",
        "--machines",
        str(tmp_path / "fleet.yaml"),
    ]
    assert main(["eras", files["trace"], *options, "--eras", "containers", "--format", "csv", "-q"]) == 0
    row = machines(capsys.readouterr().out)["", "containers"]
    assert (row["machines"], row["instances"], row["full_of"]) == ("2", "2", "rdma")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--at", "soon"], "--at: found 'soon'"),
        (["--columns", "cpu"], "--columns: found 'cpu', which is not MEANING=COLUMN"),
        (["--columns", "cpu=cpu_milli:miles"], "--columns: found 'cpu=cpu_milli:miles', with no unit of cpu"),
        (["--columns", "cpu=speed"], "pods.csv:1:1: found no column 'speed'"),
        (["--percent-of", "cpu=lots"], "--percent-of: found 'cpu=lots'"),
        (["--size-by", "curve"], "pods: found no curves over time"),
        (["--size-by", "usage"], "--size-by usage: found no --usage FILE"),
    ],
)
def test_options_that_make_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """One line on standard error, exit status 2."""
    files = write(tmp_path, pods=PODS)
    assert main(["eras", files["pods"], "-q", *options]) == 2
    assert capsys.readouterr().err.removeprefix(f"{tmp_path}/").startswith(said)


@pytest.mark.parametrize(
    ("option", "said"), [(["--at", "peak"], "--at: found peak"), (["--side-by-side"], "--side-by-side: found neither")]
)
def test_options_of_traces_want_a_trace(capsys: pytest.CaptureFixture[str], option: list[str], said: str) -> None:
    """Of applications without times or curves there is one size and one time."""
    assert main(["eras", "train_ticket", "-q", *option]) == 2
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.skipif(not TRACES.is_dir(), reason="no ../shared/data/traces beside the checkout")
def test_openb_at_its_peak(capsys: pytest.CaptureFixture[str]) -> None:
    """Of 8,152 pods some fifty were there together."""
    folder = TRACES / "alibaba-openb-2023"
    files = [str(folder / f"openb_{name}.csv.gz") for name in ("pod_list_default", "node_list_all_node")]
    options = ["--eras", "physical", "--shape", "parts", "--format", "json", "-q"]
    assert main(["eras", files[0], "--machines", files[1], *options]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["eras"][0]["instances"] == found["instances"] == 51
    assert "left out: 1,870 copies that failed" in found["notes"][1]
