"""Compose files that belong together: overrides merged as Compose merges them, includes followed, nothing counted twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.units import CPU, MEMORY, MIB
from binpack.workload.reading import read
from binpack.workload.workload import Workload

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "compose"
BASE = """\
services:
  web:
    image: web
    deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 64M}}, placement: {constraints: [node.labels.a==1]}}
  db: {image: db}
"""


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("__", "/")).with_suffix("").parent.mkdir(exist_ok=True)
        (folder / f"{name.replace('__', '/').replace('_', '.')}.yaml").write_text(text)


def _copies(workload: Workload) -> dict[str, int]:
    return {application.name: application.replicas for application in workload.applications}


def test_an_override_by_name_is_merged(tmp_path: Path) -> None:
    """Services by name: the later file's values win, its lists are added, what it does not say stays; and it is said."""
    over = """\
services:
  web:
    image: web:2
    deploy: {replicas: 5, resources: {limits: {memory: 128M}}, placement: {constraints: [node.labels.b==2]}}
  cache: {image: cache}
"""
    _write(tmp_path, compose=BASE, compose_override=over)
    files = [tmp_path / "compose.yaml", tmp_path / "compose.override.yaml"]
    for paths in (files, files[::-1], [tmp_path]):
        workload = read(*paths)
        assert _copies(workload) == {"web": 5, "db": 1, "cache": 1}
        web = workload.applications[0]
        assert web.limits == {CPU: 500, MEMORY: 128 * MIB}
        assert web.placement.node_selector == {"a": "1", "b": "2"}
        assert "compose.override.yaml: merged into compose.yaml, as Compose does" in workload.notes


def test_an_override_that_is_not_named_is_noted(tmp_path: Path) -> None:
    """Compose would read it by itself: a note says that it was not read, until it is named."""
    _write(tmp_path, compose=BASE, compose_override="services:\n  web: {deploy: {replicas: 5}}\n")
    note = "not read, name it too: compose.override.yaml beside compose.yaml"
    alone = read(tmp_path / "compose.yaml")
    assert _copies(alone) == {"web": 2, "db": 1}
    assert note in alone.notes
    assert note not in read(tmp_path / "compose.yaml", tmp_path / "compose.override.yaml").notes


def test_services_that_stand_alone_nowhere_else_are_an_override(tmp_path: Path) -> None:
    """A file that only changes a service of another, without image or build, belongs to that one, whatever its name."""
    _write(tmp_path, compose=BASE, large="services:\n  web: {deploy: {replicas: 9}}\n")
    assert _copies(read(tmp_path / "compose.yaml", tmp_path / "large.yaml")) == {"web": 9, "db": 1}


def test_the_last_override_wins(tmp_path: Path) -> None:
    """Several files over one are laid in the order in which they were given."""
    more = {f"more{k}": f"services:\n  web: {{scale: {k}, deploy: {{replicas: {k}}}}}\n" for k in (3, 4)}
    _write(tmp_path, compose=BASE, **more)
    order = ["more4.yaml", "compose.yaml", "more3.yaml"]
    assert _copies(read(*(tmp_path / name for name in order)))["web"] == 3
    assert _copies(read(*(tmp_path / name for name in order[::-1])))["web"] == 4


def test_variables_of_files_that_are_named(tmp_path: Path) -> None:
    """Named .env files take the place of the one beside, the later over the earlier; alone they are refused."""
    _write(tmp_path, compose="services:\n  web: {image: web, scale: '${N}'}\n  db: {image: db, scale: '${M:-1}'}\n")
    for name, text in ((".env", "N=9\nM=9\n"), ("a.env", "N=2\n"), ("b.env", "N=3\nM=${N}\n")):
        (tmp_path / name).write_text(text)
    compose, first, second = tmp_path / "compose.yaml", tmp_path / "a.env", tmp_path / "b.env"
    assert _copies(read(compose)) == {"web": 9, "db": 9}
    assert _copies(read(compose, first)) == {"web": 2, "db": 1}
    assert _copies(read(first, compose, second)) == {"web": 3, "db": 3}
    assert read(first, compose).name == "compose"
    with pytest.raises(InputError, match="name it together with the Compose file"):
        read(first)
    with pytest.raises(InputError, match=r"gone\.env"):
        read(compose, tmp_path / "gone.env")


@pytest.mark.parametrize(
    ("profiles", "names"),
    [("", "a"), ("debug", "a b c"), ("test, none", "a c"), ("*", "a b c"), ("none", "a")],
)
def test_profiles_that_are_on(tmp_path: Path, profiles: str, names: str) -> None:
    """Services without a profile always run, others if COMPOSE_PROFILES has one of theirs; what is off is said."""
    services = "services: {a: {image: a}, b: {image: b, profiles: [debug]}, c: {image: c, profiles: [debug, test]}}\n"
    _write(tmp_path, compose=services)
    (tmp_path / ".env").write_text(f"COMPOSE_PROFILES={profiles}\n")
    workload = read(tmp_path / "compose.yaml")
    assert " ".join(_copies(workload)) == names
    assert any("profiles are left out" in note for note in workload.notes) == (names != "a b c")


def test_extension_keys_and_anchors(tmp_path: Path) -> None:
    """Keys that begin with x- say nothing, anchors in them are shared; a file may hold just these and includes."""
    text = """\
x-limits: &limits {limits: {cpus: 1, memory: 64M}}
x-base: &base {image: base, deploy: {replicas: 2, resources: *limits}}
services:
  a: *base
  b: {<<: *base, image: b}
"""
    _write(tmp_path, inner=text, outer="x-note: any\ninclude: [inner.yaml]\n")
    workload = read(tmp_path / "outer.yaml")
    assert _copies(workload) == {"a": 2, "b": 2}
    assert all(application.limits == {CPU: 1000, MEMORY: 64 * MIB} for application in workload.applications)


def test_whole_files_stay_apart(tmp_path: Path) -> None:
    """Two files whose services all say what they run are two stacks: each is counted, and that is said."""
    _write(tmp_path, one=BASE, two=BASE)
    workload = read(tmp_path / "one.yaml", tmp_path / "two.yaml")
    assert workload.instances == 6
    other = read(tmp_path / "one.yaml", tmp_path / "one.yaml")
    assert any("counted for each of them" in note for note in other.notes)


def test_an_override_of_two_files_is_nobodys(tmp_path: Path) -> None:
    """Where two files have the service that a third changes, nobody can tell which is meant: it is read by itself."""
    _write(tmp_path, one=BASE, two=BASE, more="services:\n  web: {deploy: {replicas: 7}}\n")
    workload = read(tmp_path / "one.yaml", tmp_path / "two.yaml", tmp_path / "more.yaml")
    assert workload.instances == 3 + 3 + 7


def test_includes_are_followed(tmp_path: Path) -> None:
    """Local files, in lists and through others, with the variables beside each; what is not on this disk is named."""
    include = "include: [db/compose.yaml, {path: [a.yaml, b.yaml]}, 'https://host/x.yaml', gone.yaml]\n"
    _write(
        tmp_path,
        compose=include + "services:\n  web: {image: web}\n",
        a="services:\n  cache: {image: cache, scale: 2}\n",
        b="services:\n  cache: {scale: 3}\n",
        db__compose="include: [../compose.yaml, deep.yaml]\nservices:\n  db: {image: db, scale: '${N}'}\n",
        db__deep="services:\n  deep: {image: deep}\n",
    )
    (tmp_path / "db" / ".env").write_text("N=4\n")
    workload = read(tmp_path / "compose.yaml")
    assert _copies(workload) == {"web": 1, "db": 4, "cache": 3, "deep": 1}
    [missing] = [note for note in workload.notes if note.startswith("files included that are not read")]
    assert "https://host/x.yaml (not on this disk)" in missing
    assert "gone.yaml (no such file)" in missing


def test_what_is_included_is_not_counted_again(tmp_path: Path) -> None:
    """A file that is given, and included by another one given, is read once; so it is in a directory."""
    _write(
        tmp_path,
        compose="include: [db.yaml]\n",
        db="services:\n  db: {image: db}\n",
    )
    assert _copies(read(tmp_path / "compose.yaml")) == {"db": 1}
    assert _copies(read(tmp_path / "compose.yaml", tmp_path / "db.yaml")) == {"db": 1}
    assert _copies(read(tmp_path)) == {"db": 1}


def test_a_broken_file_of_a_directory_is_left_out(tmp_path: Path) -> None:
    """In a directory what does not read is named and left out; named itself, it is an error."""
    _write(tmp_path, good=BASE, bad="services:\n  x: {image: x, scale: many}\n")
    workload = read(tmp_path)
    assert _copies(workload) == {"web": 2, "db": 1}
    assert any("bad.yaml:2:" in note for note in workload.notes)
    with pytest.raises(ValueError, match=r"bad\.yaml:2:"):
        read(tmp_path / "bad.yaml")


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")
def test_layers_of_a_real_project() -> None:
    """OpenTelemetry's demo: two layers patch services of compose.yaml and add their own; each service is there once."""
    layers = [DATA / f"otel-demo.compose.{name}yaml" for name in ("", "full.", "observability.")]
    workload = read(*layers)
    names = [application.name for application in workload.applications]
    assert len(names) == len(set(names)) > len(read(layers[0]).applications)
    assert not any("counted for each" in note for note in workload.notes)
