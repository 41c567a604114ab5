"""A Plan and a Comparison built by hand, small enough to know every figure: what reports are tested on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from binpack.comparison import Comparison, Duration, EraResult, Times
from binpack.era_plan import Charge, Instance, Machine, Plan, Unplaced, VirtualMachine
from binpack.image_use import Bandwidth, ImageBytes, ImageUse
from binpack.machines.racks import RackPlace
from binpack.units import GIB
from binpack.workload.workload import Assumption

WEB = Instance(
    "shop/web", 0, {"cpu": 500, "memory": GIB}, ({"name": "web", "image": "web:1", "requests": {}},), count=3
)
DB = Instance("shop/db", 0, {"cpu": 2_000, "memory": 8 * GIB}, inside="shop/db-0")
HOST_OS = Charge("host_os", "test", "memory", GIB)
GUEST = Charge("guest_os", "test", "memory", GIB, inside="shop/db-0")
VM = VirtualMachine("shop/db-0", "vm", {"cpu": 2_000, "memory": 9 * GIB}, 2)
CAPACITY = {"cpu": 16_000, "memory": 64 * GIB}

FIRST_UNIT = (RackPlace(1, 1, 0), RackPlace(1, 1, 1))
MACHINES = (
    Machine("machine-1", "box", CAPACITY, (HOST_OS,), (), (WEB,), FIRST_UNIT, {"zone": "a"}, count=2),
    Machine("machine-3", "box", CAPACITY, (HOST_OS, GUEST), (VM,), (DB,), (RackPlace(1, 2, 0),)),
)
PLAN = Plan(
    "containers",
    "parts",
    "optimal",
    MACHINES,
    3,
    3,
    assumptions=(Assumption("headroom", "none", "option"),),
    notes=("read",),
)
IMAGES = ImageUse(
    plan=ImageBytes(3000, 1800, 2000, 1200),
    without_regard=ImageBytes(3500, 1900, 2500, 1300),
    apart=ImageBytes(9000, 5000, 6000, 4000),
    lower_bound=1500,
    unknown=("other",),
    bandwidth=Bandwidth(registry=100, machine=400),
)
ROW = EraResult(
    era="containers",
    shape="parts",
    plan=PLAN,
    plus_one_spare=4,
    rack_units=Fraction(2),
    cabinets=1,
    nodes=0,
    virtual_machines=1,
    instances=7,
    full_of="memory",
    full_share=Fraction(1, 3),
    utilisation={"cpu": Fraction(1, 8), "memory": Fraction(1, 3)},
    overhead={"host_os": {"memory": 3 * GIB}, "guest_os": {"memory": GIB}},
    cost_per_month=1_234_560_000,
    watts=2_345,
    times=Times(start=Duration(Fraction(1, 3), Fraction(2), "test")),
    start_words="seconds",
    updates="yes",
    why="20.0 GiB / 8.0 GiB free a machine = 2.50",
)
GAP = replace(ROW, era="kubernetes", plan=replace(PLAN, era="kubernetes", status="feasible", lower_bound=2), nodes=3)
UNKNOWN = replace(
    ROW,
    era="virtual_machines",
    plan=replace(PLAN, era="virtual_machines"),
    plus_one_spare=None,
    rack_units=None,
    cabinets=None,
    full_of="isolation",
    full_share=None,
    cost_per_month=None,
    watts=None,
    times=Times(),
    start_words="-",
)
"""What a row looks like of which nothing is known: no rack, no price, no power, no source for times."""
UNFIT = replace(
    ROW,
    era="docker_swarm",
    plan=replace(
        PLAN,
        era="docker_swarm",
        status="infeasible",
        unplaced=(Unplaced("shop/big", 2, "memory: a copy takes 99 GiB, 63 GiB is free", "box"),),
    ),
    plus_one_spare=None,
)
MONOLITH = replace(ROW, shape="monolith", plan=replace(PLAN, shape="monolith", machines=MACHINES[1:], lower_bound=1))

COMPARISON = Comparison(
    workload="Shop",
    applications=2,
    instances=7,
    copies=None,
    requested={"cpu": 5_000, "memory": 14 * GIB},
    assumed_share=Fraction(1, 4),
    machine="Same machine in every era: 16 threads, 64 GiB, box",
    rows=(ROW, GAP, UNKNOWN, UNFIT, MONOLITH),
    assumptions=(
        Assumption("headroom", "none", "option"),
        Assumption("guest_os.linux.memory", "1 GiB", "a paper"),
        Assumption("the moon", "full", "almanac"),
    ),
    notes=("objects skipped that run nothing (2): Service 2",),
    next_steps=("binpack plan shop.yaml --era kubernetes", "binpack eras my.yaml"),
)
