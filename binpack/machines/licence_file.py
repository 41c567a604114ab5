"""Licences as a user writes them: YAML with a list ``licences:``.

licences:
  - name: Windows Server
    per: core
    price_per_year: 66.00
    minimum_per_socket: 8
    minimum_per_host: 16
    covers_vms: 2
    needed_by: {os: windows}
  - {name: vSphere, per: core, price_per_month: 4.20, minimum_per_socket: 16, needed_by: {hypervisor: esxi}}
  - {name: database, per: vm, price_per_month: 400, needed_by: {applications: [shop/db]}}
"""

from __future__ import annotations

import re
from fractions import Fraction

from binpack.errors import InputError, InputProblem, input_error
from binpack.machines.hypervisors import HYPERVISORS
from binpack.machines.licence import METRICS, Licence
from binpack.machines.price import MICRO
from binpack.workload.application import LINUX, WINDOWS
from binpack.workload.documents import parse_documents
from binpack.workload.native_values import check_keys, count
from binpack.workload.node import Node
from binpack.workload.source_text import read_text

MONTHS = {"price_per_month": 1, "price_per_year": 12}
MINIMA = ("minimum_per_socket", "minimum_per_host")
KEYS = ("name", "per", *MONTHS, *MINIMA, "covers_vms", "needed_by")
NEEDED_BY = ("os", "applications", "hypervisor")
PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{0,6})?", re.ASCII)


def read_licences(path: str) -> tuple[Licence, ...]:
    """The licences of a file, in its order; InputError lists every fault with its place."""
    found: dict[str, Licence] = {}
    problems: list[InputProblem] = []
    source = read_text(path)
    for document in parse_documents(source):
        check_keys(document, ("licences",))
        for node in document.find_list("licences"):
            try:
                licence = _licence(node)
                if licence.name in found:
                    raise node.error(f"a second licence named {licence.name!r}", "a name for each")
                found[licence.name] = licence
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(problems)
    if not found:
        raise input_error(source.name, "no licences", "a list", "licences: [{name: os, per: host, price_per_month: 9}]")
    return tuple(found.values())


def _licence(node: Node) -> Licence:
    check_keys(node, KEYS)
    name, per = node.find_text("name"), node.find_text("per")
    if not name:
        raise node.error("a licence without a name", "name: ...")
    if per not in METRICS:
        raise node.error(f"{name}: per {per or 'nothing'}", "per: " + ", ".join(METRICS[:-1]) + f" or {METRICS[-1]}")
    idle = [key for key in (*MINIMA, "covers_vms") if node.find(key) is not None and _means_nothing(key, per)]
    if idle:
        raise node.error(f"{name}: {idle[0]} of a licence per {per}", "it where cores or hosts are counted")
    os, applications, hypervisor = _needed_by(node)
    return Licence(
        name,
        per,
        _price(node),
        minimum_per_socket=count(node, "minimum_per_socket", 0),
        minimum_per_host=count(node, "minimum_per_host", 0),
        covers_vms=count(node, "covers_vms", 1, least=1) if node.find("covers_vms") is not None else None,
        os=os,
        applications=applications,
        hypervisor=hypervisor,
    )


def _means_nothing(key: str, per: str) -> bool:
    return per == "vm" or (key in MINIMA and per == "host") or (key == "minimum_per_socket" and per == "socket")


def _price(node: Node) -> int:
    """Micro-units a month, of a yearly price the twelfth part, to the nearest one."""
    given = [key for key in MONTHS if node.find(key) is not None]
    if len(given) != 1:
        raise node.error(f"{' and '.join(given) or 'no price'}", f"one of {' and '.join(MONTHS)}")
    value = node.find(given[0])
    assert value is not None
    if not PRICE.fullmatch(value.text.strip()):
        raise value.error(value.describe(), "an amount of at least 0, of at most six decimals", "such as 5.50")
    return round(Fraction(value.text.strip()) * MICRO / MONTHS[given[0]])


def _needed_by(node: Node) -> tuple[str | None, tuple[str, ...], str | None]:
    """Family, applications, hypervisor: at most one of them."""
    needed = node.find("needed_by")
    if needed is None:
        return None, (), None
    check_keys(needed, NEEDED_BY)
    if len(needed.items()) != 1:
        raise needed.error("several needs, or none", "one of " + ", ".join(NEEDED_BY))
    os, hypervisor = needed.find_text("os") or None, needed.find_text("hypervisor") or None
    for chosen, known in ((os, (LINUX, WINDOWS)), (hypervisor, tuple(HYPERVISORS))):
        if chosen is not None and chosen not in known:
            raise needed.error(repr(chosen), "one of " + ", ".join(known))
    return os, tuple(entry.text for entry in needed.find_list("applications")), hypervisor
