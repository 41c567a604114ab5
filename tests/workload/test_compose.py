"""Compose and stack files: sizes in Docker's units, copies, rules, variables, extends, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.units import CPU, GIB, MEMORY, MIB
from binpack.workload.application import Application, Container
from binpack.workload.compose import is_compose, read_compose
from binpack.workload.documents import SourceText, parse_documents, read_text
from binpack.workload.workload import Workload

COMPOSE = Path(__file__).resolve().parents[2] / "../shared/data/compose"
FILES = sorted(COMPOSE.glob("*.y*ml")) if COMPOSE.is_dir() else []


def read(text: str, file: str = "shop.yaml") -> Workload:
    (document,) = parse_documents(SourceText(file, text))
    assert is_compose(document)
    return read_compose(document, "shop")


def only(service: str) -> Application:
    (application,) = read(f"services:\n  web: {service}\n").applications
    return application


def refusal(text: str, file: str = "shop.yaml") -> str:
    with pytest.raises(InputError) as caught:
        read(text, file)
    return str(caught.value)


def test_a_service_in_full() -> None:
    """Reservations are requests, limits stay apart, and the group is the stack's name."""
    text = """
name: my-stack
services:
  web:
    image: web:1
    deploy:
      replicas: 3
      resources:
        reservations: {cpus: "0.25", memory: 64M}
        limits: {cpus: "0.50", memory: 1g}
      placement: {max_replicas_per_node: 2, constraints: [node.role == manager, node.labels.disk==ssd]}
"""
    (web,) = read(text).applications
    assert (web.key, web.replicas, web.kind, web.place) == ("my-stack/web", 3, "service", "shop.yaml:5:5")
    assert web.requests == {CPU: 250, MEMORY: 64 * MIB}
    assert web.limits == {CPU: 500, MEMORY: GIB}
    assert web.containers == (Container("web", "web:1", web.requests, web.limits),)
    assert web.placement.max_per_host == 2
    assert web.placement.node_selector == {"disk": "ssd"}
    assert web.placement.notes == ("constraint node.role == manager", "constraint node.labels.disk == ssd")
    assert read("services: {a: }").applications[0].key == "shop/a"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("64M", 64 * MIB),
        ("64m", 64 * MIB),
        ("64mb", 64 * MIB),
        ("64MiB", 64 * MIB),
        ("64 MB", 64 * MIB),
        ("1.5g", 3 * GIB // 2),
        ("512k", 512 * 1024),
        ("100b", 100),
        ("1073741824", GIB),
        ("0.3", 1),
    ],
)
def test_bytes_are_powers_of_1024(text: str, amount: int) -> None:
    """Docker's units are binary with or without "b", in any case (go-units RAMInBytes)."""
    assert only(f"{{mem_limit: {text}}}").limits == {MEMORY: amount}


@given(st.integers(0, 10**6), st.integers(0, 999))
def test_cpus_are_exact(whole: int, milli: int) -> None:
    """A decimal number of CPUs is exact in thousandths; digits beyond are rounded up."""
    exact = whole * 1000 + milli
    assert only(f'{{cpus: "{whole}.{milli:03}"}}').limits.get(CPU, 0) == exact
    assert only(f"{{cpus: {whole}.{milli:03}1}}").limits == {CPU: exact + 1}


def test_the_forms_of_version_2() -> None:
    """``cpus`` and ``mem_limit`` are limits, ``mem_reservation`` a request; ``deploy`` wins over them; ``scale`` counts."""
    web = only("{cpus: 1.5, mem_limit: 1g, mem_reservation: 512m, scale: 4}")
    assert (web.requests, web.limits, web.replicas) == ({MEMORY: 512 * MIB}, {CPU: 1500, MEMORY: GIB}, 4)
    web = only("{cpus: 1.5, scale: 4, deploy: {replicas: 2, resources: {limits: {cpus: 2}}}}")
    assert (web.limits, web.replicas) == ({CPU: 2000}, 2)


def test_zero_is_no_limit() -> None:
    """Docker takes 0 for "no limit" and "no reservation": nothing is declared."""
    web = only(
        '{mem_limit: 0, mem_reservation: 0, deploy: {resources: {limits: {cpus: "0"}, reservations: {memory: 0}}}}'
    )
    assert (web.requests, web.limits) == ({}, {})


@pytest.mark.parametrize(
    ("service", "gpus", "noted"),
    [
        ("{deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 2}]}}}}", 2, False),
        ("{deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all}]}}}}", 1, True),
        ("{deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}}", 1, True),
        ("{deploy: {resources: {reservations: {devices: [{capabilities: [gpu], device_ids: ['0', '3']}]}}}}", 2, False),
        ("{gpus: all}", 1, True),
        ("{gpus: [{driver: nvidia, count: 3}]}", 3, False),
        (
            "{deploy: {resources: {reservations: {generic_resources: "
            "[{discrete_resource_spec: {kind: NVIDIA-GPU, value: 2}}]}}}}",
            2,
            False,
        ),
    ],
)
def test_gpus(service: str, gpus: int, noted: bool) -> None:
    """Every way of asking for GPUs; all of a host's count as one, which is said."""
    workload = read(f"services: {{web: {service}}}")
    assert workload.applications[0].requests == {"gpu": gpus}
    assert workload.notes == (("services that ask for all GPUs of their host get one: web",) if noted else ())


def test_other_generic_resources() -> None:
    """A generic resource is counted under its own kind; other devices are none of ours."""
    spec = "generic_resources: [{discrete_resource_spec: {kind: SSD, value: 3}}], devices: [{capabilities: [tpu]}]"
    assert only(f"{{deploy: {{resources: {{reservations: {{{spec}}}}}}}}}").requests == {"SSD": 3}


@pytest.mark.parametrize(
    ("mode", "agent", "job"),
    [
        ("replicated", False, False),
        ("global", True, False),
        ("replicated-job", False, True),
        ("global-job", True, True),
    ],
)
def test_modes(mode: str, agent: bool, job: bool) -> None:
    """Global services are agents, jobs end by themselves."""
    web = only(f"{{deploy: {{mode: {mode}}}}}")
    assert (web.agent, web.job) == (agent, job)


@pytest.mark.parametrize(
    ("service", "os", "arch"),
    [
        ("{}", "linux", "amd64"),
        ("{platform: windows/amd64}", "windows", "amd64"),
        ("{platform: linux/arm64/v8}", "linux", "arm64/v8"),
        ("{platform: linux/aarch64}", "linux", "arm64"),
        ("{deploy: {placement: {constraints: [node.platform.os==windows]}}}", "windows", "amd64"),
        ("{deploy: {placement: {constraints: ['Node.Platform.OS == Windows']}}}", "windows", "amd64"),
        ("{deploy: {placement: {constraints: ['node.platform.os != linux']}}}", "windows", "amd64"),
        ("{deploy: {placement: {constraints: ['node.platform.os != windows']}}}", "linux", "amd64"),
        ("{deploy: {placement: {constraints: [node.platform.arch==aarch64]}}}", "linux", "arm64"),
    ],
)
def test_platforms(service: str, os: str, arch: str) -> None:
    """Kernel family and architecture come from ``platform`` and from Swarm's constraints, which compare in any case."""
    web = only(service)
    assert (web.os, web.arch) == (os, arch)


def test_ports_on_the_host_keep_copies_apart() -> None:
    """A port published on the host: one copy a host, and no two services with the same one; the mesh's ports are free."""
    workload = read(
        """
services:
  a: {ports: [{target: 80, published: 8080, mode: host}]}
  b: {ports: [{target: 80, published: 8000-8100, mode: host}]}
  c: {ports: [{target: 80, published: 8080, mode: host, protocol: udp}]}
  d: {ports: [{target: 80, published: 8080, mode: ingress}, "8080:80", 80]}
  e: {ports: [{target: 80, mode: host}], deploy: {placement: {max_replicas_per_node: 0}}}
"""
    )
    rules = {a.name: (a.placement.max_per_host, a.placement.apart_from) for a in workload.applications}
    assert rules == {
        "a": (1, ("shop/b",)),
        "b": (1, ("shop/a",)),
        "c": (1, ()),
        "d": (None, ()),
        "e": (None, ()),
    }


def test_profiles_are_left_out_and_includes_named() -> None:
    """What is not started by default, or stands in another file, is not counted but said."""
    workload = read("include: [db.yaml, {path: x}]\nservices:\n  a: {image: a}\n  b: {image: b, profiles: [debug]}\n")
    assert [a.name for a in workload.applications] == ["a"]
    assert workload.notes == (
        "services of profiles are left out: b",
        "files included that are not read: db.yaml (no such file), x (no such file)",
    )


def test_anchors_and_extension_keys() -> None:
    """``x-`` keys hold what anchors share; a merged mapping keeps its own entries."""
    text = """
x-small: &small {deploy: {resources: {limits: {memory: 64M}}}, scale: 2}
services:
  a: {<<: *small}
  b: {<<: *small, scale: 5}
"""
    assert [(a.replicas, a.limits) for a in read(text).applications] == [
        (2, {MEMORY: 64 * MIB}),
        (5, {MEMORY: 64 * MIB}),
    ]


def test_variables(tmp_path: Path) -> None:
    """Variables come from the .env file beside the file; those without a value are empty and named."""
    (tmp_path / ".env").write_text("MEM=64M\nSTACK=prod\n")
    text = "name: $STACK-1\nservices: {a: {image: '${NO}:1', mem_limit: $MEM, scale: '${N:-3}'}}"
    (tmp_path / "shop.yaml").write_text(text)
    assert 'found ""; expected bytes' in refusal(text, "<stdin>")  # without a folder there are no variables
    workload = read(text, str(tmp_path / "shop.yaml"))
    (a,) = workload.applications
    assert (a.key, a.replicas, a.limits, a.containers[0].image) == ("prod-1/a", 3, {MEMORY: 64 * MIB}, ":1")
    assert workload.notes == ("variables without a value, taken as empty: NO",)


def test_extends_in_the_same_file() -> None:
    """What a service says goes over what it takes over: mappings key by key, lists one after the other."""
    text = """
services:
  base:
    image: base:1
    deploy: {replicas: 2, resources: {limits: {cpus: 1, memory: 64M}}, placement: {constraints: [aa==b]}}
    profiles: [never]
  middle: {extends: base, image: middle:1}
  top:
    extends: {service: middle}
    profiles: !reset []
    deploy: {replicas: 5, resources: {limits: {memory: 128M}}, placement: {constraints: [cc==d]}}
  other:
    extends: base
    profiles: !override []
    deploy: !override {replicas: 7}
"""
    workload = read(text)
    top, other = workload.applications
    assert (top.name, top.replicas, top.limits) == ("top", 5, {CPU: 1000, MEMORY: 128 * MIB})
    assert top.containers[0].image == "middle:1"
    assert top.placement.notes == ("constraint aa == b", "constraint cc == d")
    assert (other.replicas, other.limits) == (7, {})


def test_extends_another_file(tmp_path: Path) -> None:
    """The other file is looked for beside the one that names it, and may extend further itself."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more/common.yaml").write_text("services: {a: {extends: b}, b: {mem_limit: 64M, scale: 2}}\n")
    text = "services: {web: {scale: 3, extends: {service: a, file: more/common.yaml}}}"
    (web,) = read(text, str(tmp_path / "shop.yaml")).applications
    assert (web.replicas, web.limits) == (3, {MEMORY: 64 * MIB})


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("3", 'shop.yaml:2:8: found "3"; expected a mapping'),
        ("{mem_limit: 64X}", 'shop.yaml:2:20: found "64X"; expected bytes, or a number with the unit b, k, m, g or t'),
        ("{mem_limit: 64Mi}", "Docker writes 64MiB"),
        ("{mem_limit: -1}", 'shop.yaml:2:20: found "-1"; expected bytes'),
        ("{mem_limit: 99999999p}", "expected an amount of at most 2**62"),
        ("{mem_limit: [1]}", "shop.yaml:2:20: found a list; expected a single value"),
        ("{cpus: 500m}", 'shop.yaml:2:15: found "500m"; expected a number of CPUs of at least 0; such as cpus: "0.50"'),
        ("{cpus: -1}", "expected a number of CPUs of at least 0"),
        ("{cpus: 1/2}", "expected a number of CPUs of at least 0"),
        ("{cpus: 1e99999999}", "expected a number of CPUs of at least 0"),
        ("{cpus: nan}", "expected a number of CPUs of at least 0"),
        ("{cpus: $NO}", 'found ""; expected a number of CPUs'),
        (
            "{cpus: '${NO:?set it}'}",
            "found no value for NO (set it); expected a variable with a value; set it in an .env",
        ),
        ("{image: '${NO'}", "shop.yaml:2:16: found a variable without a closing brace"),
        ("{scale: many}", 'shop.yaml:2:16: found "many"; expected a whole number of replicas, at least 0'),
        ("{scale: -1}", "expected a whole number of replicas"),
        ("{scale: ²}", "expected a whole number of replicas"),
        ("{deploy: 3}", 'shop.yaml:2:17: found "3"; expected a mapping'),
        ("{deploy: {mode: globl}}", 'found "globl"; expected one of replicated, global'),
        ("{deploy: {placement: {max_replicas_per_node: x}}}", "expected a whole number of replicas on a node"),
        (
            "{deploy: {placement: {constraints: [manager]}}}",
            'found "manager" (constraint expected one operator from ==, !=); expected',
        ),
        ("{platform: plan9/amd64}", 'found "plan9" as operating system; expected linux or windows'),
        ("{gpus: many}", "expected a whole number of GPUs"),
        ("{ports: [{published: http, mode: host}]}", 'found "http"; expected a port'),
        ("{extends: nothing}", "found no service 'nothing'; expected the service that another one extends"),
        ("{extends: wbe}", "did you mean 'web'?"),
        ("{extends: web}", "found services that extend one another in a ring"),
        ("{extends: {file: x.yaml}}", "found extends without a service; expected service: NAME"),
        ("{extends: {service: a, file: not-there.yaml}}", "found extends not-there.yaml, which does not read"),
    ],
)
def test_refused(service: str, said: str) -> None:
    """One line with the place, what was found and what was expected."""
    message = refusal(f"services:\n  web: {service}\n")
    assert said in message
    assert "\n" not in message


def test_extends_a_file_without_services(tmp_path: Path) -> None:
    """The file named must be a Compose file."""
    (tmp_path / "x.yaml").write_text("a: 1\n")
    text = "services: {web: {extends: {service: a, file: x.yaml}}}"
    assert "extends x.yaml, which has no services" in refusal(text, str(tmp_path / "shop.yaml"))


def test_all_faults_at_once() -> None:
    """Every service with a fault is named, a line each."""
    message = refusal("services: {a: {cpus: x}, b: {image: b}, c: {mem_limit: y}}")
    assert [line.split(": ")[0] for line in message.splitlines()] == ["shop.yaml:1:22", "shop.yaml:1:56"]


@pytest.mark.skipif(not FILES, reason="../shared/data/compose is not here")
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name[-60:])
def test_real_files(file: Path) -> None:
    """Every real Compose file gives one application for each service that is started by default."""
    (document,) = parse_documents(read_text(file))
    workload = read_compose(document, file.stem)
    services = document.find("services")
    assert services is not None
    started = [key for key, node in services.items() if not node.find_list("profiles")]
    assert [a.name for a in workload.applications] == started
    assert len({a.key for a in workload.applications}) == len(started)


@pytest.mark.skipif(not FILES, reason="../shared/data/compose is not here")
def test_real_figures() -> None:
    """Figures that were looked up in the files by hand."""
    (document,) = parse_documents(read_text(COMPOSE / "otel-demo.compose.yaml"))
    workload = read_compose(document, "otel")
    assert workload.notes == ()  # every variable has its value in otel-demo.env
    cart = {a.name: a for a in workload.applications}["cart"]
    assert cart.group == "otel"
    assert (cart.requests, cart.limits) == ({}, {MEMORY: 160 * MIB})
    (document,) = parse_documents(read_text(COMPOSE / "voting-app.docker-stack-e8e002b.yml"))
    copies = {a.name: a.replicas for a in read_compose(document, "voting").applications}
    assert copies == {"redis": 1, "db": 1, "vote": 2, "result": 1, "worker": 1, "visualizer": 1}
