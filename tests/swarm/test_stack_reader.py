"""Stack files as Swarm's services: everything that places a task, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.swarm.amounts import NANO, Amounts
from binpack.swarm.placement import place_on_nodes
from binpack.swarm.service import Platform, PublishedPort, Service
from binpack.swarm.stack_reader import Stack, read_stack, read_stack_files
from binpack.swarm.update_config import SECOND, UpdateConfig
from binpack.units import MIB
from binpack.workload.documents import SourceText, parse_documents
from tests.swarm.small_swarms import nodes

COMPOSE = Path(__file__).resolve().parents[2] / "../shared/data/compose"
FILES = sorted(COMPOSE.glob("*.y*ml")) if COMPOSE.is_dir() else []


def read(text: str) -> Stack:
    (document,) = parse_documents(SourceText("stack.yaml", text))
    return read_stack(document, "shop")


def only(service: str, more: str = "") -> Service:
    (found,) = read(f"services:\n  web: {service}\n{more}").services
    return found


def test_a_service_in_full() -> None:
    """All that Swarm's scheduler and updater ask."""
    text = """
x-usual: &usual
  logging: {driver: fluentd}
services:
  web:
    <<: *usual
    image: web:1
    platform: linux/arm64/v8
    ports:
      - {target: 80, published: 8080, mode: host}
      - {target: 53, published: "53", mode: host, protocol: udp}
      - 443:443
      - 127.0.0.1:8443:443
      - 5000-5001:6000-6001/udp
      - 7000-7009:7000
      - 9000
      - {target: 81, published: 8081}
    volumes: [data:/data, ./here:/there, /anonymous, {type: volume, source: fast, target: /fast}, {type: tmpfs, target: /t}]
    networks: [front, own, far]
    deploy:
      replicas: 6
      resources:
        limits: {cpus: 2}
        reservations:
          cpus: "0.0015"
          memory: 64M
          generic_resources: [{discrete_resource_spec: {kind: ssd, value: 2}}]
      placement:
        max_replicas_per_node: 2
        constraints: [node.role == worker, node.labels.disk!=hdd]
        preferences: [{spread: node.labels.zone}, {spread: engine.labels.rack}]
      update_config: {parallelism: 2, delay: 1m30s, order: start-first, failure_action: rollback, max_failure_ratio: 0.1}
      rollback_config: {parallelism: 0, monitor: 20s}
volumes:
  data: {driver: rexray}
  fast: {external: true}
networks:
  front: {}
  own: {driver: weave}
  far: {external: true}
"""
    stack = read(text)
    (web,) = stack.services
    assert (web.name, web.replicas, web.mode, web.max_replicas) == ("shop_web", 6, "replicated", 2)
    assert web.reserves == Amounts(NANO * 15 // 10_000, 64 * MIB, {"ssd": 2})
    assert list(map(str, web.constraints)) == ["node.role == worker", "node.labels.disk != hdd"]
    assert web.preferences == ("node.labels.zone", "engine.labels.rack")
    assert web.platforms == (Platform("linux", "arm64"),)
    assert web.host_ports == {PublishedPort("tcp", 8080), PublishedPort("udp", 53)}
    mesh = {("tcp", 443), ("tcp", 8443), ("udp", 5000), ("udp", 5001), ("tcp", 8081)}
    assert web.mesh_ports == {PublishedPort(*port) for port in mesh}
    assert (web.volume_drivers, web.network_drivers, web.log_driver) == (("rexray",), ("overlay", "weave"), "fluentd")
    assert web.update == UpdateConfig(2, 90 * SECOND, 5 * SECOND, Fraction(1, 10), "rollback", "start-first")
    assert web.rollback == UpdateConfig(parallelism=0, monitor=20 * SECOND)
    assert stack.notes == ()


def test_defaults() -> None:
    """One task that reserves nothing, in the stack's own network, updated one by one."""
    assert only("{image: web}") == Service("shop_web", network_drivers=("overlay",))
    assert only("{image: a}", "networks: {default: {driver: weave}}").network_drivers == ("weave",)
    assert only("{image: a, deploy: {mode: global}}").is_global


def test_what_has_no_effect_is_said() -> None:
    """A line for each such thing, with the services."""
    text = """
services:
  a: {build: ., deploy: {placement: {preferences: [{spread: node.role}]}}}
  b: {image: b, volumes: [{type: cluster, source: x, target: /x}]}
  c: {image: c, deploy: {resources: {reservations: {cpus: 1, devices: [{capabilities: [gpu]}]}}}}
  d: {image: d, profiles: [debug]}
"""
    assert read(text).notes == (
        "services of profiles are left out: d",
        "services that have no image, without which Swarm runs nothing: shop_a",
        "services that reserve nothing, so that Swarm places them by the number of tasks alone: shop_a, shop_b",
        "services that spread over what is no label, which has no effect: shop_a",
        "services that ask for devices, which Swarm does not know (it has generic_resources): shop_c",
        "services that mount cluster volumes (CSI), which are not judged: shop_b",
    )


@pytest.mark.parametrize(
    ("deploy", "said"),
    [
        ("replicas: -1", 'found "-1"; expected a whole number of replicas, at least 0'),
        ("mode: everywhere", 'found "everywhere"; expected one of replicated, global'),
        ("{mode: global, replicas: 2}", "found replicas of a global service; expected replicas with mode replicated"),
        ("placement: {constraints: [node.role=worker]}", "(constraint expected one operator from ==, !=)"),
        ("placement: {constraints: ['node.role==a,b']}", "(value 'a,b' is invalid)"),
        ("placement: {max_replicas_per_node: -1}", 'found "-1"; expected a whole number of replicas on a node'),
        ("placement: {preferences: [{binpack: node.labels.a}]}", "found preference binpack; expected spread:"),
        ("placement: {preferences: [spread]}", "found a preference without spread; expected spread:"),
        ("resources: {reservations: {memory: 1M}}", "found invalid memory value 1048576; expected at least 4MiB"),
        ("resources: {reservations: {cpus: 0.0005}}", 'found invalid cpu value "0.0005"; expected at least 0.001'),
        ("resources: {reservations: {generic_resources: [{kind: a}]}}", "found a generic resource; expected"),
        ("update_config: {parallelism: -1}", 'found "-1"; expected a whole number of tasks at a time'),
        ("update_config: {delay: -5s}", 'found "-5s" (it is below 0); expected a duration'),
        ("update_config: {delay: 5}", 'found "5" (it has no unit); expected a duration'),
        ("update_config: {order: both}", 'found "both"; expected one of stop-first, start-first'),
        ("update_config: {failure_action: stop}", 'found "stop"; expected one of pause, continue, rollback'),
        ("update_config: {max_failure_ratio: 1.5}", 'found "1.5"; expected a share of tasks from 0 to 1'),
    ],
)
def test_refused(deploy: str, said: str) -> None:
    """One line with the place, what was found and what was expected."""
    body = deploy if deploy.startswith("{") else f"{{{deploy}}}"
    with pytest.raises(InputError) as caught:
        only(f"{{image: web, deploy: {body}}}")
    (line,) = str(caught.value).splitlines()
    assert line.startswith("stack.yaml:2:")
    assert said in line


def test_every_fault_is_listed() -> None:
    """Services with faults do not hide each other."""
    with pytest.raises(InputError) as caught:
        read("services:\n  a: {deploy: {replicas: x}}\n  b: {deploy: {replicas: y}}\n")
    assert len(caught.value.problems) == 2


def test_files_over_one_another(tmp_path: Path) -> None:
    """Later files over earlier ones, with variables of files named for them and profiles turned on."""
    (tmp_path / "one.yaml").write_text("services: {a: {image: a, scale: '$N'}, b: {image: b, profiles: [debug]}}\n")
    (tmp_path / "two.yaml").write_text("services: {a: {deploy: {replicas: 5}}, c: {image: c, scale: '${N}'}}\n")
    (tmp_path / "n.env").write_text("N=3\n")
    (tmp_path / ".env").write_text("N=9\nCOMPOSE_PROFILES=debug\n")
    files = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    stack = read_stack_files(files, "s", [tmp_path / "n.env"])
    assert {one.name: one.replicas for one in stack.services} == {"s_a": 5, "s_c": 3}
    stack = read_stack_files(files, "s", [tmp_path / "n.env"], ["debug"])
    assert [one.name for one in stack.services] == ["s_a", "s_b", "s_c"]
    stack = read_stack_files(files, "s")
    assert {one.name: one.replicas for one in stack.services} == {"s_a": 5, "s_b": 1, "s_c": 9}
    (tmp_path / "no.yaml").write_text("a: 1\n")
    with pytest.raises(InputError, match="0 Compose documents"):
        read_stack_files([tmp_path / "no.yaml"], "s")
    with pytest.raises(InputError, match="no file"):
        read_stack_files([], "s")


@pytest.mark.skipif(not FILES, reason="../shared/data/compose is not here")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_real_files(file: Path) -> None:
    """Every service of every file is placed on three equal nodes, or says why it is not."""
    stack = read_stack_files([file], "s")
    on = nodes(3, role="manager")
    placed = place_on_nodes(stack.services, on)
    assert stack.services
    for one in stack.services:
        wanted = sum(node.availability == "active" for node in on) if one.is_global else one.replicas
        waiting = sum(pending.tasks for pending in placed.pending if pending.service == one.name)
        if not one.is_global:
            assert sum(placed.placements.get(one.name, {}).values()) + waiting == wanted
    assert all(pending.reason for pending in placed.pending)
