"""The project's own YAML: what each key means, what is refused and where, and that what is written reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.units import CPU, DISK, GIB, LARGEST, MEMORY, MIB
from binpack.workload.application import ISOLATIONS, Application, Component, Container, Placement
from binpack.workload.documents import SourceText, parse_documents
from binpack.workload.native import is_native, read_native
from binpack.workload.native_writer import amount_text, to_yaml
from binpack.workload.workload import Workload


def read(text: str) -> Workload:
    (document,) = parse_documents(SourceText("w.yaml", text))
    assert is_native(document)
    return read_native(document, "stem")


def only(line: str) -> Application:
    (application,) = read(f"applications:\n  - {line}\n").applications
    return application


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(text)
    return str(caught.value)


def test_overheads_have_a_unit_or_are_whole_numbers_of_their_rows() -> None:
    """As on the command line with a unit; without one bytes, thousandths of a thread or whatever the rows are in."""
    written = "{host_os.linux.memory: 128 MiB, engine.cpu: 0.25 threads, shim.memory: 1000, guest_os.linux.cpu: 30}"
    found = read(f"applications: []\noverheads: {written}").overheads
    assert found["host_os.linux.memory"] == 128 * MIB
    assert (found["engine.cpu"], found["shim.memory"], found["guest_os.linux.cpu"]) == (250, 1000, 30)


def test_an_application_in_full() -> None:
    """Every key lands in its field, quantities exactly."""
    workload = read(
        """
workload: Shop
applications:
  - name: web
    group: shop
    replicas: 3
    cpu: 500m
    memory: 1.5 GiB
    disk: 10 GB
    resources: {gpu: 2, nvidia.com/gpu: 1}
    os: windows
    arch: arm64
    isolation: vm
    image: web:1
    image_size: 200 MB
    labels: {tier: front, empty: ""}
    job: true
    placement: {max_per_host: 1, apart_from: [db], together_with: [cache, other/log], node_selector: {disk: ssd}}
  - {name: db, group: shop}
  - {name: cache, group: other}
  - {name: log, group: other, agent: true}
overheads: {guest.linux.memory: 1}
"""
    )
    assert (workload.name, workload.overheads, workload.sources) == ("Shop", {"guest.linux.memory": 1}, ("w.yaml",))
    web = workload.applications[0]
    assert (web.key, web.replicas, web.place) == ("shop/web", 3, "w.yaml:4:5")
    assert web.requests == {CPU: 500, MEMORY: 3 * GIB // 2, DISK: 10 * 10**9, "gpu": 2, "nvidia.com/gpu": 1}
    assert (web.os, web.arch, web.isolation, web.job, web.agent) == ("windows", "arm64", "vm", True, False)
    assert (web.image_bytes, web.labels) == (200 * 10**6, {"tier": "front", "empty": ""})
    assert web.containers == (Container("web", "web:1", web.requests),)
    assert web.placement == Placement(1, ("shop/db",), ("other/cache", "other/log"), {"disk": "ssd"})
    assert workload.applications[3].agent


def test_defaults() -> None:
    """What is not said: one copy of Linux on amd64, nothing declared, the file's name as the workload's."""
    application = only("name: web")
    assert (application.key, application.replicas, application.requests) == ("default/web", 1, {})
    assert (application.os, application.arch, application.isolation) == ("linux", "amd64", None)
    assert read("applications: [{name: a}]").name == "stem"


def test_components() -> None:
    """Parts have sizes and copies of their own, or as many as the whole."""
    parts = only("{name: shop, components: [{name: web, cpu: 1, replicas: 2}, {name: db, memory: 1 GiB, image: db:1}]}")
    assert parts.components == (Component("web", {CPU: 1000}, 2), Component("db", {MEMORY: GIB}, None, "db:1"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "{name: web, memroy: 1 GiB}",
            "w.yaml:2:17: found the key 'memroy'; expected a known key; did you mean 'memory'?",
        ),
        ("{name: web, memory: 64}", 'w.yaml:2:25: found "64"; expected memory with a unit; such as 64 MiB'),
        ("{name: web, zzz: 1}", "w.yaml:2:17: found the key 'zzz'; expected a known key; known: name, group, replicas"),
        (
            "{name: web, placement: {max_per_hots: 1}}",
            "w.yaml:2:29: found the key 'max_per_hots'; expected a known key; did",
        ),
        (
            "{name: web, components: [{nme: a}]}",
            "w.yaml:2:31: found the key 'nme'; expected a known key; did you mean 'name'?",
        ),
        ("{cpu: 1}", "w.yaml:2:5: found an application without a name; expected name: ..."),
        ('{name: "", cpu: 1}', "w.yaml:2:12: found an application without a name; expected name: ..."),
        ('{name: web, components: [{name: " "}]}', "w.yaml:2:37: found a component without a name"),
        ("{name: web, components: [{cpu: 1}]}", "w.yaml:2:30: found a component without a name"),
        ("{name: web, replicas: many}", 'w.yaml:2:27: found "many"; expected a whole number'),
        ("{name: web, replicas: 1e30}", 'found "1e30"; expected a whole number; write plain digits'),
        ('{name: web, replicas: "3"}', 'found "3"; expected a whole number; write plain digits without quotes'),
        ("{name: web, replicas: 1.5}", 'w.yaml:2:27: found "1.5"; expected a whole number'),
        ("{name: web, replicas: -1}", 'w.yaml:2:27: found "-1"; expected a whole number from 0 to 2**62'),
        ("{name: web, replicas: 4611686018427387905}", "expected a whole number from 0 to 2**62"),
        ("{name: web, memory: 5 XiB}", 'w.yaml:2:25: found "5 XiB"; expected a unit of memory'),
        ("{name: web, cpu: -1}", 'w.yaml:2:22: found "-1"; expected an amount of at least 0'),
        ("{name: web, memory: 9999999 PiB}", "expected an amount of at most 2**62"),
        ("{name: web, memory: [1]}", "w.yaml:2:25: found a list; expected a single value"),
        ("{name: web, resources: {gpu: 1 GiB}}", 'w.yaml:2:34: found "1 GiB"; expected a number'),
        ("{name: web, os: plan9}", 'w.yaml:2:21: found "plan9"; expected one of linux, windows'),
        ("{name: web, arch: vax}", 'w.yaml:2:23: found "vax"; expected one of amd64, arm64'),
        ("{name: web, isolation: total}", 'w.yaml:2:28: found "total"; expected one of process, vm, machine'),
        ("{name: web, agent: maybe}", 'w.yaml:2:24: found "maybe"; expected true or false'),
        (
            "{name: web, placement: {max_per_host: 0}}",
            'w.yaml:2:43: found "0"; expected a whole number from 1 to 2**62',
        ),
        ("{name: web, placement: {apart_from: [wbe]}}", "the name of another application in this file"),
        ("{name: web, placement: {apart_from: [web]}}", "keep apart by max_per_host: 1"),
        ("3", 'w.yaml:2:5: found "3"; expected a mapping'),
    ],
)
def test_refused(text: str, said: str) -> None:
    """One line with the place of what is wrong, and what would be right."""
    message = refusal(f"applications:\n  - {text}\n")
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "aplications: 3\napplications: []",
            "w.yaml:1:1: found the key 'aplications'; expected a known key; did you mean",
        ),
        ("applications: 3", 'w.yaml:1:15: found "3"; expected a list'),
        (
            "applications: []\noverheads: {host_os.linux.memory: 1 parsec}",
            'w.yaml:2:35: found "1 parsec"; expected a unit of memory',
        ),
        ("applications: []\noverheads: {a: -1}", 'w.yaml:2:16: found "-1"; expected a whole number from 0 to 2**62'),
        ("applications:\n- {name: a}\n- {name: a}", "w.yaml:3:3: found default/a again (first in line 2)"),
        (
            "applications:\n- {name: a, group: x}\n- {name: a, group: y}\n- {name: b, placement: {apart_from: [a]}}",
            'w.yaml:4:38: found "a"; expected the name of another application in this file; say which: x/a, y/a',
        ),
        ("applications:\n- {name: web}\n- {name: b, placement: {apart_from: [wbe]}}", "did you mean 'web'?"),
    ],
)
def test_refused_as_a_whole(text: str, said: str) -> None:
    """Names must be unique and those in rules must exist; other top keys are refused."""
    assert said in refusal(text)


def test_all_faults_at_once() -> None:
    """Every application with a fault is named, a line each."""
    message = refusal("applications:\n- {name: a, cpu: x}\n- {cpu: 1}\n- {name: b, placement: {apart_from: [c]}}\n")
    assert [line.split(": ")[0] for line in message.splitlines()] == ["w.yaml:2:18", "w.yaml:3:3", "w.yaml:4:38"]


def texts() -> st.SearchStrategy[str]:
    """Any text, words that YAML reads as something else among them."""
    return st.one_of(st.sampled_from(["null", "true", "1", "~", "a: b", "- a", "#", '"', "x:1"]), st.text(max_size=8))


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    """Workloads of everything that the format can say: machines of their own, or neighbours, but not both."""
    lonely = draw(st.booleans())
    amounts = st.dictionaries(st.sampled_from([CPU, MEMORY, DISK, "gpu", "a/b"]), st.integers(0, LARGEST), max_size=5)
    names = draw(st.lists(st.text("abc-.1", min_size=1, max_size=5), min_size=1, max_size=4, unique=True))
    applications = []
    for name in names:
        requests = draw(amounts)
        image = draw(texts().filter(bool) | st.just(""))
        others = st.lists(st.sampled_from(names), max_size=2, unique=True)
        component = st.builds(Component, texts().filter(str.strip), amounts, st.none() | st.integers(0, 9), texts())
        apart, beside = draw(others), [] if lonely else draw(others)
        isolation = draw(st.none() | st.sampled_from(ISOLATIONS if lonely else ISOLATIONS[:2]))
        placement = Placement(
            draw(st.none() | st.integers(1, 9)),
            tuple(f"g/{other}" for other in apart if other != name),
            tuple(f"g/{other}" for other in beside if other != name and other not in apart),
            draw(st.dictionaries(texts(), texts(), max_size=2)),
        )
        applications.append(
            Application(
                name,
                draw(st.integers(0, 99)),
                requests,
                group="g",
                os=draw(st.sampled_from(["linux", "windows"])),
                arch=draw(st.sampled_from(["amd64", "arm64"])),
                isolation=isolation,
                agent=isolation != "machine" and draw(st.booleans()),
                job=draw(st.booleans()),
                containers=(Container(name, image, requests),) if image else (),
                components=tuple(draw(st.lists(component, max_size=2, unique_by=lambda part: part.name))),
                placement=placement,
                labels=draw(st.dictionaries(texts(), texts(), max_size=2)),
                image_bytes=draw(st.none() | st.integers(0, LARGEST)),
            )
        )
    overheads = draw(st.dictionaries(texts(), st.integers(0, LARGEST), max_size=2))
    return Workload(draw(texts().filter(bool)), tuple(applications), overheads=overheads)


@given(workloads())
def test_what_is_written_reads_back(workload: Workload) -> None:
    """Writing and reading changes nothing but the places."""
    again = read(to_yaml(workload))
    assert (again.name, again.overheads) == (workload.name, workload.overheads)
    assert [{**vars(a), "place": ""} for a in again.applications] == [vars(a) for a in workload.applications]


def test_an_empty_workload_is_written_as_one() -> None:
    """Nothing to place is a valid file."""
    assert read(to_yaml(Workload("nothing"))).applications == ()


@pytest.mark.parametrize(
    ("resource", "amount", "text"),
    [(CPU, 500, "500m"), (CPU, 3000, "3"), (MEMORY, 512 * MIB, "512 MiB"), (DISK, 1000, "1000 B"), (MEMORY, 0, "0")],
)
def test_amounts_are_written_for_people(resource: str, amount: int, text: str) -> None:
    """The largest unit that is exact."""
    assert amount_text(resource, amount) == text


def test_several_images_are_several_containers() -> None:
    """``images`` has an entry for each container of a copy, and is written as it is read; beside ``image`` it is refused."""
    application = only("{name: web, cpu: 1, images: [web:1, proxy:2]}")
    assert [(c.name, c.image) for c in application.containers] == [("web-1", "web:1"), ("web-2", "proxy:2")]
    again = read(to_yaml(Workload("w", (application,)))).applications[0]
    assert again.containers == application.containers
    with pytest.raises(InputError, match="both image and images"):
        only("{name: web, image: a, images: [b]}")
