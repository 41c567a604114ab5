"""Components that bear shares of a load, and what a process takes whatever its load."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.eras.layers.thread_speed import in_threads_of
from binpack.errors import InputError
from binpack.machines.hardware import measured_machine_of_year
from binpack.units import CPU, MEMORY
from binpack.workload.application import Application, Component
from binpack.workload.documents import parse_documents
from binpack.workload.monolith import as_parts, as_whole, component_copies, fixed_requests
from binpack.workload.native import read_native
from binpack.workload.native_writer import to_yaml
from binpack.workload.reading import scaled
from binpack.workload.sizing import size_application, size_workload
from binpack.workload.source_text import SourceText
from binpack.workload.workload import Workload


def read(text: str) -> Workload:
    """A file in the project's own YAML."""
    [document] = parse_documents(SourceText("w.yaml", text))
    return read_native(document, "w")


def read_one(components: str, whole: str = "cpu: 2") -> Application:
    """One application with these components."""
    [application] = read(f"applications:\n  - {{name: shop, {whole}, components: [{components}]}}\n").applications
    return application


def test_shares_and_fixed_parts_are_read() -> None:
    """A share as a number, in per cent or as a fraction, exact."""
    parts = (
        "{name: a, cpu: 1, share: 0.5, fixed: {cpu: 100m, memory: 0}}, "
        "{name: b, cpu: 1, share: 25%}, {name: c, cpu: 1, share: 1/4}"
    )
    a, b, c = read_one(parts).components
    assert (a.share, b.share, c.share) == (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    assert a.fixed == {CPU: 100, MEMORY: 0}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            "{name: a, cpu: 1, share: 0.5}, {name: b, cpu: 1, share: 0.4}",
            "shares of the load sum to 0.9; expected a sum of",
        ),
        ("{name: a, cpu: 1, share: 1}, {name: b, cpu: 1}", "the component b without a share"),
        ("{name: a, cpu: 1, share: -1}", 'found "-1"; expected a share of the load from 0 to 1'),
        ("{name: a, cpu: 1, share: 120%}", "from 0 to 1"),
        ("{name: a, cpu: 1, share: 1/0}", "from 0 to 1"),
        ("{name: a, cpu: 1, share: 1e99999999}", "from 0 to 1"),
        ("{name: a, cpu: 1, share: 1, replicas: 2}", "both replicas and share"),
        ("{name: a, share: 1}", "a share of the load without CPU for it"),
        ("{name: a, cpu: 1, share: 1, fixed: {cpu: 1}}", "a share of the load without CPU for it"),
        (
            "{name: a, cpu: 1, fixed: {memory: 1 GiB}}",
            "a fixed part that takes more memory than the component requests",
        ),
        ("{name: a, cpu: 1, fixed: {cpus: 1}}", "found the key 'cpus'"),
        ("{name: a, cpu: 3, share: 1, fixed: {cpu: 2}}", "shares of a load without CPU of the whole"),
    ],
)
def test_what_makes_no_sense_is_one_line(parts: str, said: str) -> None:
    """The place, what is wrong with the shares and what would be right."""
    with pytest.raises(InputError) as refused:
        read_one(parts)
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@st.composite
def shared(draw: st.DrawFn) -> Application:
    """A whole of one to four components with shares of its load, sized."""
    weights = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(any))
    fixed = st.fixed_dictionaries({CPU: st.integers(0, 300), MEMORY: st.integers(0, 90)})
    components = []
    for k, weight in enumerate(weights):
        own = draw(fixed)
        requests = {CPU: own[CPU] + draw(st.integers(1, 900)), MEMORY: own[MEMORY] + draw(st.integers(0, 900))}
        components.append(Component(f"c{k}", requests, None, "", Fraction(weight, sum(weights)), own))
    requests = {CPU: draw(st.integers(301, 5000)), MEMORY: draw(st.integers(0, 5000))}
    return size_application(Application("shop", draw(st.integers(0, 9)), requests, components=tuple(components)))


@given(shared())
def test_what_is_written_reads_back(application: Application) -> None:
    """Shares and fixed parts stay exact."""
    [again] = read(to_yaml(Workload("w", (application,)))).applications
    assert again.components == application.components


@given(shared(), st.integers(1, 50))
def test_copies_bear_the_load_and_one_less_would_not(application: Application, load: int) -> None:
    """The load is the CPU of the wholes beyond what is fixed; no component has more copies than its share asks, but for the
    one that it has while there is a whole."""
    [whole] = scaled(Workload("w", (application,)), load).applications
    fixed = max(component.fixed[CPU] for component in whole.components)
    for component in whole.components:
        assert component.share is not None
        asked = component.share * whole.replicas * (whole.size[CPU] - fixed)
        borne = component.requests[CPU] - component.fixed[CPU]
        copies = component_copies(whole, component)
        assert copies * borne >= asked
        assert copies == min(1, whole.replicas) or (copies - 1) * borne < asked


@given(shared(), st.integers(1, 50))
def test_a_whole_of_one_component_equals_itself(application: Application, load: int) -> None:
    """A component that is all there is has the whole's size, copies and fixed part."""
    alone = Component("all", application.requests, None, "", Fraction(1), application.components[0].fixed)
    workload = size_workload(Workload("w", (Application("shop", application.replicas, components=(alone,)),)))
    loaded = scaled(workload, load)
    [whole], [part] = as_whole(loaded).applications, as_parts(loaded).applications
    assert (whole.size, whole.replicas) == (part.size, part.replicas)
    assert fixed_requests(loaded, split=False) == fixed_requests(loaded, split=True)


def test_fixed_parts_are_in_threads_of_another_year_as_well() -> None:
    """They are part of the request, and grow with it on slower threads."""
    parts = (Component("x", {CPU: 500}, fixed={CPU: 500}),)
    workload = size_workload(Workload("w", (Application("a", 3, components=parts),)))
    slower = in_threads_of(measured_machine_of_year(2006), workload, measured_machine_of_year(2020))
    [part] = slower.applications[0].components
    assert part.requests[CPU] == part.fixed[CPU] > 500


def test_a_whole_takes_what_is_fixed_once() -> None:
    """Its size is that of the parts, with the largest fixed part in place of one for each."""
    parts = (Component("x", {CPU: 100}, fixed={CPU: 30}), Component("y", {CPU: 200}, 7, fixed={CPU: 40}))
    workload = size_workload(Workload("w", (Application("a", 3, components=parts),)))
    assert workload.applications[0].size[CPU] == 70 + 160 + 40
    assert fixed_requests(workload, split=False) == {CPU: 3 * 40}
    assert fixed_requests(workload, split=True) == {CPU: 3 * 30 + 7 * 40}
