"""read(): every kind of source, formats told by their content, several at once, and clear refusals."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.units import CPU, MIB
from binpack.workload.application import Application, Component
from binpack.workload.reading import read, scaled
from binpack.workload.workload import Workload

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
COMPOSE = sorted((SHARED / "compose").glob("*")) if SHARED.is_dir() else []
NATIVE = (
    "workload: Mine\napplications: [{name: a, cpu: 1}, {name: b, placement: {apart_from: [a]}}]\noverheads: {x: 1}\n"
)
STACK = "services: {a: {image: a, scale: 2}}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"
TABLE = "name,cpu,memory\na,1,1Gi\n"


def write(folder: Path, **texts: str) -> Path:
    """Files whose names have ``_`` for the dot before the suffix."""
    for name, text in texts.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


def refusal(*paths: str | Path) -> str:
    with pytest.raises(InputError) as caught:
        read(*paths)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "kind", "copies"),
    [
        ("x.yaml", NATIVE, "application", 2),
        ("x.yml", STACK, "service", 2),
        ("x.yaml", POD, "Pod", 1),
        ("x.json", '{"applications": [{"name": "a", "cpu": 1}]}', "application", 1),
        ("x.csv", TABLE, "rows", 1),
        ("x.txt", TABLE, "rows", 1),
        ("x", TABLE.replace(",", ";"), "rows", 1),
        ("x.tsv", TABLE.replace(",", "\t"), "rows", 1),
        ("x", STACK, "service", 2),
    ],
)
def test_formats_are_told_by_their_content(tmp_path: Path, name: str, text: str, kind: str, copies: int) -> None:
    """The same from a file, a gzipped file and standard input, whatever it is called."""
    (tmp_path / name).write_text(text)
    workload = read(tmp_path / name)
    assert {a.kind for a in workload.applications} == {kind}
    assert workload.instances == copies
    (tmp_path / "packed").write_bytes(gzip.compress(text.encode()))
    assert read(tmp_path / "packed").instances == copies


@pytest.mark.parametrize("text", [NATIVE, STACK, POD, TABLE])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """``-`` reads standard input in every format."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert read("-").placed


def test_several_at_once(tmp_path: Path) -> None:
    """All applications in the order of the files, Kubernetes last; overheads and sources of all."""
    folder = write(tmp_path, k_yaml=POD, n_yaml=NATIVE, s_yaml=STACK)
    workload = read(folder / "k.yaml", folder / "n.yaml", folder / "s.yaml")
    assert [a.key for a in workload.applications] == ["default/a", "default/b", "s/a", "default/p"]
    assert (workload.name, workload.overheads) == ("k, n, s", {"x": 1})
    assert workload.sources == tuple(str(folder / f) for f in ("k.yaml", "n.yaml", "s.yaml"))
    assert read(folder / "n.yaml").name == "Mine"


def test_several_documents_in_one_file(tmp_path: Path) -> None:
    """Documents of one file may be of different formats."""
    file = write(tmp_path, x_yaml=f"{POD}---\n{NATIVE}---\n{STACK}") / "x.yaml"
    assert read(file).instances == 5


def test_kubernetes_objects_of_all_files_belong_together(tmp_path: Path) -> None:
    """What an object in another file owns is not counted twice."""
    owned = POD.replace(
        "{name: p}", "{name: p, ownerReferences: [{kind: ReplicaSet, name: r, uid: u, controller: true}]}"
    )
    owner = POD.replace("Pod", "ReplicaSet").replace("v1", "apps/v1").replace("{name: p}", "{name: r, uid: u}")
    owner = owner.replace("spec:", "spec: {replicas: 3, template: {spec:").rstrip() + "}}\n"
    folder = write(tmp_path, a_yaml=owned, b_yaml=owner)
    assert read(folder / "a.yaml").instances == 1
    assert read(folder / "a.yaml", folder / "b.yaml").instances == 3


def test_the_same_name_in_several_files(tmp_path: Path) -> None:
    """Applications of one name from several files are all counted, and told apart, in rules as well."""
    file = write(tmp_path, x_yaml=NATIVE) / "x.yaml"
    workload = read(file, file)
    assert [a.key for a in workload.applications] == ["default/a", "default/b", "default/a-2", "default/b-2"]
    assert [a.placement.apart_from for a in workload.applications] == [(), ("default/a",), (), ("default/a-2",)]
    assert workload.notes == ("names that stand in several files are counted for each of them: default/a, default/b",)


def test_a_directory(tmp_path: Path) -> None:
    """All files in it and its folders, sorted; hidden folders are left out, foreign and broken files counted and named."""
    for folder in ("b", ".git", "a"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, s_yaml=STACK)
    write(tmp_path, n_yaml=NATIVE, README_md="# a, b", values_yaml="a: 1\n", other_csv="colour,size\nred,1\n")
    write(tmp_path, comments_yaml="# nothing\n", broken_yaml="services: {a: {cpus: many}}\n", odd_yaml="a: [\n")
    workload = read(tmp_path)
    assert [a.key for a in workload.applications] == ["s/a", "s/a-2", "default/a", "default/b"]
    foreign, broken = workload.notes[-2:]
    assert foreign == "3 files of the directory are of no known format"
    assert broken.startswith("2 files of the directory do not read and are left out: ")
    assert 'broken.yaml:1:22: found "many"; expected a number of CPUs' in broken
    assert "odd.yaml:2:1" in broken


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        (
            "own.yaml",
            "workload: x\napplications:\n- {name: a, cpu: lots}\n- {name: b, memory: much}\n",
            ["3:18", "4:21"],
        ),
        ("own.yaml", "applications: [\n", ["2:1"]),
        ("own.json", '{\n  "applications": [{"name": "a", "cpu": }]\n}', ["2:41"]),
    ],
)
def test_a_faulty_file_of_our_own_format_in_a_directory(
    tmp_path: Path, name: str, text: str, places: list[str]
) -> None:
    """Whoever wrote it meant it to be counted, so the estate is not counted without it; every fault is named."""
    write(tmp_path, n_yaml=NATIVE, other_yaml="services: {a: {cpus: many}}\n")
    (tmp_path / name).write_text(text, encoding="utf-8")
    said = [line.partition(": ")[0] for line in refusal(tmp_path).splitlines()]
    assert said == [f"{tmp_path / name}:{place}" for place in places]


def test_built_in_data_sets() -> None:
    """Where a file is taken, a built-in data set's name works too."""
    assert read("train_ticket").instances > 60
    assert read("train_ticket", "online_boutique").name.count(",") >= 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "x.yaml",
            "a: 1\nb: 2\n",
            "x.yaml:1:1: found a document with a, b; expected Kubernetes manifests, Compose files",
        ),
        ("x.yaml", "- 1\n", "x.yaml:1:1: found a document with a list"),
        ("x.yaml", "just words\n", 'found a document with "just words"'),
        ("x.yaml", "# nothing\n", "found nothing but comments"),
        ("x.yaml", "", "found an empty file"),
        ("x.yaml", "a: [\n", "x.yaml:2:1: found broken YAML"),
        (
            "x.csv",
            "colour,size\nred,1\n",
            "x.csv:1:1: found the columns colour, size; expected a column for cpu and memory",
        ),
        ("x.env", "A=1\nB=2\n", "x.env:1:1: found a file of variables (.env)"),
        ("x.yaml", "applications: []\n", "found nothing to place (0 agents, 0 applications)"),
        ("x.yaml", "services:\n", "found nothing to place (0 agents, 0 applications)"),
        (
            "x.yaml",
            "services: {a: {profiles: [b]}}\n",
            "at least one application with a copy; services of profiles are left",
        ),
        ("x.yaml", "services: {a: {deploy: {mode: global}}}\n", "found nothing to place (1 agents, 1 applications)"),
        ("x.yaml", "applications: [{name: a, replicas: 0}]\n", "found nothing to place (0 agents, 1 applications)"),
    ],
)
def test_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    """One line that says what was found, and which formats are read."""
    (tmp_path / name).write_text(text)
    message = refusal(tmp_path / name)
    assert said in message
    assert "\n" not in message


def test_refused_sources(tmp_path: Path) -> None:
    """No path, a missing file, a directory with nothing to read, a binary file."""
    assert "found no file" in refusal()
    assert "found no such file" in refusal(tmp_path / "not-there.yaml")
    assert "did you mean train_ticket?" in refusal("train_tickets")
    (tmp_path / "README.md").write_text("x")
    assert "found no YAML, JSON or CSV file" in refusal(tmp_path)
    (tmp_path / "x.yaml").write_bytes(b"a\0b")
    assert "found a binary file" in refusal(tmp_path / "x.yaml")
    assert "found nothing to place" in refusal(tmp_path)


def test_scaled() -> None:
    """Copies of applications and of their components are multiplied; agents and jobs stay."""
    parts = (Component("x", {}, 2), Component("y"))
    workload = Workload(
        "w",
        (
            Application("a", 3, components=parts),
            Application("b", 3, job=True, components=parts),
            Application("c", 1, agent=True),
        ),
    )
    a, b, c = scaled(workload, 10).applications
    assert (a.replicas, [p.replicas for p in a.components]) == (30, [20, None])
    assert (b, c) == workload.applications[1:]


@pytest.mark.skipif(not COMPOSE, reason="../shared/data/compose is not here")
@pytest.mark.parametrize("file", COMPOSE, ids=lambda f: f.name[-60:])
def test_real_compose_files(file: Path) -> None:
    """Every file of the folder gives a workload or a refusal with its place."""
    if file.suffix in (".yaml", ".yml"):
        assert read(file).placed
    else:
        assert f"{file}:" in refusal(file)


@pytest.mark.skipif(not COMPOSE, reason="../shared/data/compose is not here")
def test_a_directory_of_real_compose_files() -> None:
    """All of them at once: every service is counted and has a name of its own; what layers patch is there once."""
    workload = read(SHARED / "compose")
    files = [file for file in COMPOSE if file.suffix in (".yaml", ".yml")]
    layers = [file for file in files if file.name.startswith("otel-demo.")]
    assert len(layers) == 3
    each = sum(read(file).instances for file in files if file not in layers) + read(*layers).instances
    assert workload.instances == each
    assert len({a.key for a in workload.applications}) == len(workload.applications)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/traces is not here")
@pytest.mark.parametrize("file", sorted((SHARED / "traces/alibaba-openb-2023").glob("*")), ids=lambda f: f.name)
def test_real_openb_files(file: Path) -> None:
    """Tables of pods (and of nodes, which have the same columns) read as they are; a list of Node objects places nothing."""
    if file.name.endswith(".yaml.gz"):
        assert "found nothing to place" in refusal(file)
        return
    workload = read(file)
    assert workload.instances > 1000
    assert all(a.requests[CPU] >= 0 and a.requests["memory"] % MIB == 0 for a in workload.applications)
