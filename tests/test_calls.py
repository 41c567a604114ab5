"""Calls between components: what they take once components are services, and what of them leaves a machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from binpack_solvers.heuristics.setup_exchange import Affinity, with_cheaper_setups
from binpack_solvers.nested.nested_packing import NestedSolution
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution
from eras.estates import BOX, app
from hypothesis import given
from hypothesis import strategies as st
from test_splitting import split

from binpack.era_plan import Instance, Machine
from binpack.eras.costs.bill import paid
from binpack.eras.era import Setting
from binpack.eras.options import EraOptions
from binpack.eras.packing.placement import place
from binpack.eras.registry import era
from binpack.errors import InputError
from binpack.machines.ownership import Ownership, owned
from binpack.planning import compare_sized, overheads_of
from binpack.traffic import traffic
from binpack.units import CPU, GIB, MEMORY
from binpack.workload.application import Application, Call, Component, Placement
from binpack.workload.calls import call_cpu_of_all
from binpack.workload.documents import SourceText, parse_documents
from binpack.workload.monolith import as_parts, as_whole
from binpack.workload.native import read_native
from binpack.workload.native_writer import to_yaml
from binpack.workload.reading import scaled
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

MILLISECOND = 10**6


def pair(calls: tuple[Call, ...], replicas: int = 4, share: bool = True) -> Application:
    """A whole of two equal components of half a thread, the first of which makes calls."""
    part = {CPU: 500, MEMORY: GIB}
    said = {"share": Fraction(1, 2)} if share else {"replicas": 2}
    parts = (Component("a", part, calls=calls, **said), Component("b", part, **said))  # type: ignore[arg-type]
    return Application("whole", replicas, {CPU: 1000, MEMORY: 2 * GIB}, components=parts)


def parts(application: Application) -> dict[str, Application]:
    sized = size_workload(Workload("test", (application,)))
    return {each.name: each for each in as_parts(sized).applications}


def test_calls_are_load_at_both_ends() -> None:
    """Two thousand threads' milliseconds a second at each end are four copies of half a thread more, of each component."""
    found = parts(pair((Call("b", Fraction(2000), cpu=MILLISECOND),)))
    assert {name: each.replicas for name, each in found.items()} == {"whole-a": 4 + 4, "whole-b": 4 + 4}
    assert {each.size[CPU] for each in found.values()} == {500}


def test_copies_that_are_said_are_larger_instead() -> None:
    """Two copies share 2,000 thousandths; the whole, which makes no calls, stays as it is."""
    application = pair((Call("b", Fraction(2000), cpu=MILLISECOND),), share=False)
    assert {name: (e.replicas, e.size[CPU]) for name, e in parts(application).items()} == {
        "whole-a": (2, 1500),
        "whole-b": (2, 1500),
    }
    sized = size_workload(Workload("test", (application,)))
    assert as_whole(sized).applications[0].size[CPU] == 1000


@given(
    st.integers(1, 20), st.integers(1, 50), st.fractions(0, 10**4, max_denominator=9), st.integers(0, 5 * MILLISECOND)
)
def test_calls_grow_with_the_load(replicas: int, load: int, rate: Fraction, cpu: int) -> None:
    """So many times the calls: copies are what load and calls divide into, and the sum is rounded once."""
    workload = scaled(size_workload(Workload("test", (pair((Call("b", rate, cpu=cpu),), replicas),))), load)
    calls = rate * load * cpu / MILLISECOND
    copies = ceil((Fraction(replicas * load * 1000, 2) + calls) / 500)
    assert [each.replicas for each in as_parts(workload).applications] == [copies, copies]
    assert call_cpu_of_all(workload.placed) == ceil(2 * calls)


@st.composite
def machines(draw: st.DrawFn) -> list[Machine]:
    """Machines with copies of two components, equal ones together."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        copies = [(name, draw(st.integers(0, 3))) for name in "ab"]
        instances = tuple(Instance(f"default/whole-{name}", 0, {}, (), None, n) for name, n in copies if n)
        found.append(Machine("", "box", {}, instances=instances, count=draw(st.integers(1, 3))))
    return found


@given(machines(), st.fractions(0, 99, max_denominator=7), st.integers(0, 999))
def test_what_crosses_is_counted_copy_by_copy(placed: list[Machine], rate: Fraction, size: int) -> None:
    """Against every pair of a caller's copy and an answering one, each as likely as any other."""
    copies: dict[str, list[tuple[int, int]]] = {"a": [], "b": []}
    for k, machine in enumerate(placed):
        for n in range(machine.count):
            for instance in machine.instances:
                copies[instance.application[-1]] += [(k, n)] * instance.count
    pairs = [(one, other) for one in copies["a"] for other in copies["b"]]
    found = traffic([*parts(pair((Call("b", rate, size),))).values()], placed)
    if not pairs:
        assert found == (0, 0)
        return
    apart = sum(one != other for one, other in pairs)
    assert found.total == ceil(rate * size)
    assert found.crossing == ceil(rate * size * Fraction(apart, len(pairs)))


@st.composite
def callers(draw: st.DrawFn) -> list[Application]:
    """A whole of three components, with copies of their own, of which some call others, and something beside it."""
    sizes = [{CPU: draw(st.integers(500, 5000)), MEMORY: draw(st.integers(1, 12)) * GIB} for _ in range(4)]
    copies = [draw(st.integers(1, 6)) for _ in range(4)]
    calls: dict[str, tuple[Call, ...]] = {
        name: tuple(
            Call(to, Fraction(draw(st.integers(0, 9))), draw(st.integers(0, 999))) for to in "abc" if to != name
        )
        for name in "abc"
    }
    components = tuple(Component(n, size, k, calls=calls[n]) for n, size, k in zip("abc", sizes, copies, strict=False))
    cap = draw(st.sampled_from([None, 1, 2]))
    beside = app("beside", copies[3], sizes[3][CPU], sizes[3][MEMORY], placement=Placement(max_per_host=cap))
    image = draw(st.sampled_from([None, GIB]))
    whole = app("whole", 1, 1000, GIB, components=components, image_bytes=image)
    return [whole, replace(beside, image_bytes=image)]


class Greedy:
    """First fit, then exchanges, as far as they are asked for: the same for the same problem, however slow the machine."""

    def __init__(self, affinity: bool) -> None:
        self.affinity = affinity

    def __call__(self, problem: Problem, initial: Packing | None = None) -> Solution:
        return solve(problem, "first_fit_decreasing")

    def cheaper_setups(self, problem: Problem, packing: Packing) -> Solution:
        return solve(problem, "cp_sat", 0, initial=with_cheaper_setups(problem, packing, lambda: False))

    def nearer(self, problem: Problem, packing: Packing, affinity: Affinity) -> Packing:
        return with_cheaper_setups(problem, packing, lambda: False, affinity) if self.affinity else packing

    def nested(self, problem: NestedProblem, known: int) -> NestedSolution:
        raise AssertionError("no era here has nodes that are VMs")


@given(callers(), st.sampled_from(["containers", "kubernetes", "virtual_machines"]))
def test_copies_stand_beside_those_that_they_call(estate: list[Application], name: str) -> None:
    """No machine more, and no more bytes of images on them, than without a look at calls, of which no more cross."""
    workload = as_parts(size_workload(Workload("test", tuple(estate))))
    options = EraOptions()
    setting = Setting(workload, (BOX,), overheads_of(workload, options), options)
    compiled = era(name, options).compile(setting)
    near, plain = (
        place(era(name, options), compiled, Greedy(affinity), lambda _: 0).machines for affinity in (True, False)
    )
    assert sum(m.count for m in near) <= sum(m.count for m in plain)
    assert image_disk(near) <= image_disk(plain)
    assert placed(near) == placed(plain)
    assert traffic(workload.placed, near).crossing <= traffic(workload.placed, plain).crossing


class Given(Greedy):
    """One packing, whatever is asked."""

    def __init__(self, packing: Packing) -> None:
        super().__init__(affinity=True)
        self.packing = packing

    def __call__(self, problem: Problem, initial: Packing | None = None) -> Solution:
        return solve(problem, "cp_sat", 0, initial=self.packing)


def test_calls_cost_no_energy() -> None:
    """Callers need GPUs of a machine that draws much under load; whom they call stays on the other, at no cost, and would
    cross no more if it followed them."""
    saving = replace(BOX, name="saving", purchase_price=6_000 * 10**6, watts_idle=Fraction(50), watts_full=Fraction(60))
    hungry = replace(saving, name="hungry", watts_full=Fraction(500), capacity={**BOX.capacity, "nvidia.com/gpu": 4})
    calling = Component("a", {CPU: 500, MEMORY: GIB, "nvidia.com/gpu": 1}, 4, calls=(Call("b", Fraction(9), 1000),))
    whole = app("whole", 1, 1000, GIB, components=(calling, Component("b", {CPU: 1000, MEMORY: GIB}, 11)))
    workload = as_parts(size_workload(Workload("test", (whole, app("silent", 4, 1000, GIB)))))
    options = EraOptions(ownership=Ownership(energy_price=300_000))
    machines = tuple(owned((saving, hungry), options.ownership))
    setting = Setting(workload, machines, overheads_of(workload, options), options)
    compiled = era("containers", options).compile(setting)
    apart = Given(Packing.from_patterns([(0, {1: 11, 2: 4}, 1), (1, {0: 4}, 1)]))

    def of_bill(machines: Sequence[Machine]) -> int:
        return paid(era("containers", options), machines, setting)

    free, billed, none = (
        place(era("containers", options), compiled, apart, cost).machines for cost in (lambda _: 0, of_bill, None)
    )
    assert traffic(workload.placed, free).crossing == 0 < traffic(workload.placed, billed).crossing
    assert of_bill(billed) == of_bill(none) < of_bill(free)


def image_disk(machines: Sequence[Machine]) -> int:
    return sum(m.count * c.amount for m in machines for c in m.overhead if c.what == "images")


def placed(machines: Sequence[Machine]) -> Counter[str]:
    found = Counter[str]()
    for machine in machines:
        for instance in machine.instances:
            found[instance.application] += machine.count * instance.count
    return found


def test_calls_gather_on_few_machines() -> None:
    """Two machines of eight slots, half of them taken: callers and whom they call fill one, what is silent the other."""
    slot = {CPU: 1000, MEMORY: 5 * GIB}
    calling = (Component("a", slot, 4, calls=(Call("b", Fraction(9), 100),)), Component("b", slot, 4))
    estate = Workload("test", (app("whole", 1, 1000, GIB, components=calling), app("silent", 8, 1000, 5 * GIB)))
    sized = as_parts(size_workload(estate))
    row = compare_sized(sized, [BOX], ("containers",), ("parts",), EraOptions(), "requests").rows[0]
    assert row.machines == 2
    assert traffic(sized.placed, row.plan.machines) == (900, 0)


def test_a_level_says_what_calls_cost() -> None:
    """Calls of 32 threads at both ends take four machines more than without them; what is saved adds up."""
    calls = (Call("b", Fraction(16_000), 1000, MILLISECOND),)
    [silent], [calling] = (split([pair(each, 100)], [1]).levels for each in ((), calls))
    assert (silent.saved_by_calls, calling.split.call_cpu) == (0, 32_000)
    assert calling.split.copies == silent.split.copies + 64
    assert (calling.saved_by_calls or 0) < 0
    assert calling.saved == sum(
        each or 0
        for each in (
            calling.saved_by_scaling,
            calling.saved_by_calls,
            calling.saved_by_processes,
            calling.saved_by_packing,
        )
    )
    assert calling.whole.traffic == (0, 0) != calling.split.traffic
    assert calling.split.traffic is not None
    assert 0 < calling.split.traffic.crossing < calling.split.traffic.total == 16_000_000


HEAD = "applications:\n  - {name: s, replicas: 2, cpu: 2, components: [{name: a, cpu: 1, share: 50%, "


@given(st.fractions(0, 10**9, max_denominator=10**6), st.integers(0, 2**62), st.integers(0, 2**62))
def test_what_is_written_reads_back(rate: Fraction, size: int, cpu: int) -> None:
    """Every call, exactly."""
    written = to_yaml(Workload("test", (pair((Call("b", rate, size, cpu), Call("b", Fraction(1)))),)))
    (document,) = parse_documents(SourceText("w.yaml", written))
    assert (
        read_native(document, "test").applications[0].components
        == pair((Call("b", rate, size, cpu), Call("b", Fraction(1)))).components
    )


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ("{to: c, rate: 1}", "2:87: found a call to 'c'; expected another component: b"),
        ("{to: a, rate: 1}", "found a call to 'a'; expected another component: b"),
        ("{to: b}", "found a call without rate; expected to: NAME, rate: calls a second"),
        ("{rate: 1}", "found a call without to; expected to: NAME"),
        ("{to: b, rate: -1}", 'found "-1"; expected calls a second of at least 0, such as 200 or 0.5'),
        ("{to: b, rate: 50%}", 'found "50%"; expected calls a second'),
        ("{to: b, rate: 1, size: x}", 'found "x"'),
        ("{to: b, rate: 1, cpu: 2}", 'found "2" (it has no unit); expected a duration of at least 0'),
        ("{to: b, rate: 1, bytes: 2}", "found the key 'bytes'; expected a known key"),
    ],
)
def test_a_bad_call_is_one_line(calls: str, said: str) -> None:
    """At its place, with what was expected."""
    text = f"{HEAD}calls: [{calls}]}}, {{name: b, cpu: 1, share: 50%}}]}}\n"
    (document,) = parse_documents(SourceText("w.yaml", text))
    with pytest.raises(InputError) as caught:
        read_native(document, "test")
    assert said in str(caught.value)
    assert str(caught.value).startswith("w.yaml:2:")


def test_components_of_one_name_and_calls_without_cpu_are_refused() -> None:
    """Two services of one name would be one; a component that bears nothing has no CPU for calls."""
    for rest, said in (
        ("memory: 1 GiB}, {name: a, cpu: 1, share: 50%}]}", "found the component a again; expected a name of its own"),
        (
            "calls: [{to: b, rate: 9, cpu: 1ms}]}, {name: b, share: 50%, cpu: 1, fixed: {cpu: 1}}]}",
            "without CPU",
        ),
    ):
        (document,) = parse_documents(SourceText("w.yaml", f"{HEAD}{rest}\n"))
        with pytest.raises(InputError) as caught:
            read_native(document, "test")
        assert said in str(caught.value)
