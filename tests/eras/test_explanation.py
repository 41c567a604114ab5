"""Every kind of reason that a bound can have, in words: amounts, units, the division, and what binds."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import pytest
from binpack_solvers.bounds.bound import SEARCH, Kind, Reason
from binpack_solvers.bounds.lower_bounds import lower_bounds

from binpack.era_plan import Charge
from binpack.eras.explanation import explain
from binpack.eras.options import ERAS, SHAPES, EraOptions
from binpack.eras.packing.compilation import TENANCY, VCPUS, Box, Piece, SharedCharge, compile_problem
from binpack.eras.packing.machine_bound import MachineBound
from binpack.machines.machine_type import MachineType
from binpack.planning import compare_eras
from binpack.units import GIB, MIB
from binpack.workload.application import Application, Placement
from binpack.workload.workload import Workload

MACHINE = MachineType("box", {"cpu": 8_000, "memory": 32 * GIB, "disk": 500 * GIB}, source="test")
USE = {"cpu": Fraction(1, 2), "memory": Fraction(9, 10)}


def piece(name: str, demand: int, cpu: int = 0, memory: int = 0, **fields: object) -> Piece:
    """Copies of an application of group ``shop``; a ``most`` among the fields is its own limit a host."""
    most = fields.pop("most", None)
    application = Application(name, demand, {}, group="shop", placement=Placement(max_per_host=most))  # type: ignore[arg-type]
    requests = {"cpu": cpu, "memory": memory}
    return Piece(f"shop/{name}@test", demand, requests, application, max_per_box=most, **fields)  # type: ignore[arg-type]


def system(name: str, demand: int) -> Piece:
    """What the era itself brings, one a machine."""
    return Piece(name, demand, {}, max_per_box=1)


def bound(
    pieces: Sequence[Piece],
    machines: Sequence[MachineType] = (MACHINE,),
    shared: Sequence[SharedCharge] = (),
    extra: dict[str, int] | None = None,
    minimum: int = 0,
    os: Sequence[str] = ("linux",),
) -> MachineBound:
    """The engine's own bound on a problem compiled from these."""
    boxes = [Box(m, {**m.capacity, **(extra or {})}, os=family) for m in machines for family in os]
    compiled = compile_problem(boxes, pieces, shared, minimum_boxes=minimum)
    found = lower_bounds(compiled.problem)
    reason = found.infeasible_reason if found.infeasible else found.bins_reason
    return MachineBound(found.bins, found.cost, reason, compiled)


def limited(count: int, **fields: object) -> MachineType:
    """``count`` of the machine."""
    return replace(MACHINE, available=count, **fields)  # type: ignore[arg-type]


def tenants(*pieces: Piece) -> list[SharedCharge]:
    """A tenancy for each application."""
    return [SharedCharge(f"tenancy of {p.name}", (p.name,), rules={TENANCY: 1}) for p in pieces]


def apart(name: str, demand: int, *others: str) -> Piece:
    """Copies that share no machine with those of the others."""
    plain = piece(name, demand, 100)
    placement = Placement(apart_from=tuple(f"shop/{other}" for other in others))
    return replace(plain, application=replace(plain.application, placement=placement))


def image(memory: int, *members: Piece) -> SharedCharge:
    """What every machine pays that holds any of the members."""
    return SharedCharge(
        f"image of {members[0].name}", tuple(p.name for p in members), (Charge("engine", "test", "memory", memory),)
    )


WEB, DB = piece("web", 5, 3_000, GIB), piece("db", 3, 100, GIB)
NINE = [piece(name, 1, 10, 5570 * MIB) for name in "abcdefghi"]
DEAR, CHEAP = replace(MACHINE, name="dear", price=900_000), replace(MACHINE, name="cheap", price=100_000)

CASES: dict[str, tuple[MachineBound, str, int, str, str]] = {
    "cpu": (bound([piece("web", 10, 2_000, GIB)]), "volume", 3, "cpu", "20 CPU / 8 free a machine = 2.50"),
    "memory": (
        bound([piece("web", 70, 10, GIB)]),
        "volume",
        3,
        "memory",
        "70.0 GiB / 32.0 GiB free a machine = 2.19",
    ),
    "another resource": (
        bound([Piece("shop/web@test", 9, {"gpu": 1}), Piece("shop/db@test", 9, {"gpu": 2})], extra={"gpu": 4}),
        "volume",
        7,
        "gpu",
        "27 gpu / 4 free a machine = 6.75",
    ),
    "pods": (
        bound([Piece("shop/web@test", 654, {"pods": 1})], extra={"pods": 108}),
        "volume",
        7,
        "max pods",
        "654 pods / 108 free a machine = 6.06",
    ),
    "vCPUs": (
        bound([piece("web", 40, rules={VCPUS: 1_000})], extra={VCPUS: 16_000}),
        "volume",
        3,
        "vCPUs",
        "40 vCPUs / 16 free a machine = 2.50",
    ),
    "the tightest of two resources": (
        bound([piece("web", 10, 1_000, 6 * GIB)]),
        "volume",
        2,
        "memory",
        "60.0 GiB / 32.0 GiB free a machine = 1.88",
    ),
    "a machine a copy": (
        bound([piece("web", 4, rules={TENANCY: 1}), piece("db", 2, rules={TENANCY: 1})], extra={TENANCY: 1}),
        "volume",
        6,
        "isolation",
        "6 copies, a machine each",
    ),
    "a machine an application": (
        bound([WEB, DB], shared=tenants(WEB, DB), extra={TENANCY: 1}),
        "separate setups",
        4,
        "isolation",
        "2 applications, 4 machines at the least",
    ),
    "too few of the roomiest": (
        bound(
            [piece("web", 20, 1_000, MIB)],
            [limited(1), replace(MACHINE, name="half", capacity={"cpu": 4_000, "memory": GIB})],
        ),
        "volume",
        4,
        "cpu",
        "20 CPU / 8 free a machine = 2.50, 4 of the machines there are",
    ),
    "copies that leave gaps": (bound([WEB]), "copies per bin", 3, "cpu", "5 copies of web, 2 a machine by CPU"),
    "separate hosts": (
        bound([piece("db", 5, 100, GIB, most=1)]),
        "copies per bin",
        5,
        "spread",
        "5 copies of db, separate hosts",
    ),
    "at most so many a host": (
        bound([piece("db", 5, 100, GIB, most=2)]),
        "copies per bin",
        3,
        "spread",
        "5 copies of db, at most 2 a host",
    ),
    "an era's own limit": (
        bound([replace(piece("db", 5, 100, GIB), max_per_box=4)]),
        "copies per bin",
        2,
        "isolation",
        "5 copies of db, at most 4 a machine",
    ),
    "nodes": (
        bound([DB, system("control plane", 3)]),
        "copies per bin",
        3,
        "minimum nodes",
        "at least 3 nodes, on as many machines",
    ),
    "managers": (
        bound([piece("web", 10, 2_000), system("manager", 3)]),
        "copies per bin",
        3,
        "minimum nodes",
        "at least 3 managers, on as many machines",
    ),
    "large copies": (
        bound([piece("web", 2, 5_000, GIB), piece("db", 2, 6_000, GIB)]),
        "large items",
        4,
        "cpu",
        "copies too large in CPU to share machines: 4 machines",
    ),
    "copies over a third": (
        bound([piece("web", 4, 2_700), piece("db", 4, 2_750)]),
        "dual feasible function",
        4,
        "cpu",
        "CPU asked for, with what no placing can use up: 4 machines",
    ),
    "copies over a third of all": (
        bound([piece("web", 4, 3_600, 8 * GIB), piece("db", 4, 2_000, 14 * GIB)]),
        "dual feasible function",
        4,
        "memory",
        "several resources together, with what no placing can use up: 4 machines",
    ),
    "conflicts": (
        bound([apart("a", 3, "b"), apart("b", 2, "a"), piece("c", 1, 100)]),
        "conflicts",
        2,
        "conflicts",
        "2 kinds of copies of which no two share a machine, 2 machines at the least",
    ),
    "setups apart": (
        bound(NINE, shared=[image(16_711 * MIB, *NINE[k : k + 3]) for k in (0, 3, 6)]),
        "separate setups",
        6,
        "conflicts",
        "3 groups of which no two share a machine, 6 machines at the least",
    ),
    "alone": (
        bound([piece("bank", 2, 100, GIB, alone=True)]),
        "exclusive items",
        2,
        "isolation",
        "2 copies with a machine of their own",
    ),
    "alone beside others": (
        bound([piece("bank", 2, 100, GIB, alone=True), piece("web", 3, 100, GIB, most=1)]),
        "exclusive items",
        5,
        "spread",
        "3 (3 copies of web, separate hosts) + 2 (2 copies with a machine of their own)",
    ),
    "kernel families apart": (
        bound([piece("web", 10, 2_000), piece("old", 1, 2_000, runs_on=("windows",))], os=("linux", "windows")),
        "bin types apart",
        4,
        "cpu",
        "3 (20 CPU / 8 free a machine = 2.50) + 1 (2 CPU / 8 free a machine = 0.25)",
    ),
    "minimum": (bound([DB], minimum=3), "minimum bins", 3, "minimum nodes", "at least 3 machines"),
    "what it costs": (
        bound([piece("web", 8, 1_000)], [replace(CHEAP, capacity={"cpu": 1_000}), replace(DEAR, available=0)]),
        "volume",
        8,
        "cpu",
        "8 CPU / 1 free a machine = 8.00",
    ),
    "nothing": (bound([replace(DB, demand=0)]), "nothing", 0, "-", "nothing to place"),
    "too little memory": (
        bound([piece("web", 40, 10, GIB), piece("db", 50, 10, GIB)], [limited(2)]),
        "availability",
        0,
        "memory",
        "90.0 GiB memory needed, 64.0 GiB on all machines there are",
    ),
    "too few hosts": (
        bound([piece("db", 3, 100, GIB, most=1)], [limited(2)]),
        "availability",
        0,
        "spread",
        "3 copies of db, more than the machines there are take",
    ),
    "too few machines": (
        bound([piece("a", 1, 5_000), piece("b", 1, 5_000), piece("c", 1, 5_000)], [limited(2)]),
        "availability",
        0,
        "cpu",
        "3 machines needed, more than there are (copies too large in CPU to share machines: 3 machines)",
    ),
    "too few for the minimum": (
        bound([DB], [limited(2)], minimum=3),
        "minimum bins",
        0,
        "minimum nodes",
        "at least 3 machines",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_reason_is_told_with_what_it_counts(name: str) -> None:
    """The kind of the engine's bound, its value, what binds, and the words: amounts, units, the division."""
    found, kind, value, full_of, why = CASES[name]
    told = explain(found, USE)
    assert (found.reason.kind, found.machines) == (kind, value)
    assert (told.full_of, told.why) == (full_of, why)


def test_every_kind_that_an_era_can_meet_has_a_case() -> None:
    """What no problem of an era gives is built by hand below, or never reaches a row (misfits are left out first)."""
    met = {found.reason.kind for found, *_ in CASES.values()}
    assert set(get_args(Kind)) - met == {"bins of cost", "dominance", "misfit", "search"}


def test_bins_that_a_cost_asks_for_are_told_in_dollars() -> None:
    """The cost at the least over the dearest machine, and why it costs so much."""
    plain = bound([piece("web", 8, 1_000)], [DEAR])
    inner = Reason("volume", plain.compiled.resources.index("cpu"), amount=8_000)
    found = replace(plain, machines=2, reason=Reason("bins of cost", parts=((1_000_000, inner),)))
    told = explain(found, USE)
    assert told.full_of == "cpu"
    assert told.why.startswith("$1.00 an hour at the least / $0.90 a machine = 1.11 (8 CPU / 8 free a machine = 1.00")


def test_machines_that_dominance_fills_are_told_beside_the_rest() -> None:
    """A bound in one resource, which no era's problem has: what is filled as well as can be, and what is left."""
    plain = bound([piece("web", 8, 1_000)])
    reason = Reason("dominance", plain.compiled.resources.index("cpu"), amount=2)
    told = explain(replace(plain, machines=5, reason=reason), USE)
    assert (told.full_of, told.why) == ("cpu", "2 machines best filled as they are, 3 for the rest")


def test_a_search_says_that_it_is_one_and_is_full_of_what_is_used_most() -> None:
    """No sum stands behind such a bound, so none is shown; the fullest resource of the plan is."""
    told = explain(replace(CASES["cpu"][0], machines=4, reason=SEARCH), USE)
    assert told.why == "no sum shows it: the search proves 4 machines needed"
    assert (told.full_of, told.resource) == ("memory", "memory")


def test_a_search_that_finds_nothing_says_so() -> None:
    """Infeasible by search: all placements on the machines there are have been looked at."""
    told = explain(replace(CASES["cpu"][0], machines=0, reason=SEARCH), {})
    assert told.why == "no sum shows it: the search proves that the machines there are do not do"
    assert told.full_of == "-"


def test_a_relaxation_says_what_it_leaves_out() -> None:
    """The bound of an era on VMs is that of VMs as large as their machines; a rule about nodes holds for any size."""
    told = explain(replace(CASES["cpu"][0], relaxed=True), USE)
    assert told.why == "20 CPU / 8 free a machine = 2.50, were each VM as large as its machine"
    assert "VM" not in explain(replace(CASES["nodes"][0], relaxed=True), USE).why


def test_spares_are_told_beside_the_sum() -> None:
    """The sum is that of the machines without spares, whose number the row's bound includes."""
    told = explain(replace(CASES["cpu"][0], machines=5, spare=2), USE)
    assert told.why == "20 CPU / 8 free a machine = 2.50; and 2 spare"


def test_of_many_parts_the_largest_are_told() -> None:
    """Three parts in words, the rest counted."""
    part = CASES["cpu"][0].reason
    reason = Reason("bin types apart", parts=tuple((value, part) for value in (1, 4, 3, 2, 1)))
    told = explain(replace(CASES["cpu"][0], machines=11, reason=reason), USE)
    assert [int(n) for n in re.findall(r"(\d+) \(", told.why)] == [4, 3, 2]
    assert told.why.endswith(" + 2 for 2 more kinds")


def estate() -> Workload:
    """Applications that make different eras full of different things."""
    return Workload(
        "estate",
        (
            Application("web", 30, {"cpu": 900, "memory": GIB}, group="shop"),
            Application("db", 4, {"cpu": 500, "memory": 8 * GIB}, group="shop", placement=Placement(max_per_host=1)),
            Application("bank", 2, {"cpu": 100, "memory": GIB}, group="bank", isolation="machine"),
            Application("old", 3, {"cpu": 100, "memory": GIB}, group="bank", os="windows"),
        ),
    )


@pytest.mark.parametrize("spare", [None, 2])
def test_a_sum_that_is_shown_gives_the_bound_of_its_row(spare: int | None) -> None:
    """Rounded up, the quotient in a row's words is the row's lower bound without its spares."""
    small = [Application(name, 60, {"cpu": 190, "memory": 300 * MIB}, group="shop") for name in ("web", "db")]
    plain = Workload("plain", tuple(small))
    rows = compare_eras(plain, [MACHINE], eras=ERAS, shapes=SHAPES, options=EraOptions(spare=spare)).rows
    quotients = [(row, re.search(r" = ([\d.]+)", row.why)) for row in rows]
    told = [(row, float(found[1])) for row, found in quotients if found]
    assert {row.era for row, _ in told} >= {"virtual_machines", "containers", "kubernetes", "kubernetes_on_vms"}
    for row, quotient in told:
        assert math.ceil(quotient) == row.plan.lower_bound - (spare or 0), row.why


def test_storage_on_demand_is_nothing_that_a_rented_machine_is_full_of() -> None:
    """However much disk the guests of rented machines take, it is what else they take that counts."""
    rented = MachineType("rented", {"cpu": 64_000, "memory": 256 * GIB}, provider="aws", price=10**6)
    web = Application("web", 3, {"cpu": 500, "memory": GIB, "disk": 900 * GIB}, group="shop")
    for row in compare_eras(Workload("w", (web,)), [rented], eras=("virtual_machines", "containers")).rows:
        assert row.full_of in ("cpu", "memory", "vCPUs")
        assert "disk" not in row.why


def test_a_row_whose_machines_run_short_says_of_what() -> None:
    """With two machines for four copies on separate hosts the row is unfit, and names the copies."""
    rows = compare_eras(estate(), [limited(2)], eras=("containers",), shapes=("parts",)).rows
    assert rows[0].plan.unplaced
    assert "needed" in rows[0].why or "there are" in rows[0].why
