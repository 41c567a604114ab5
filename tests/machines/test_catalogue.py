"""The catalogue, and what a name on the command line stands for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.machines.catalogue import PROVIDERS, candidate_types, default_machine, load_catalogue, select_machines
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, DISK, GIB, MEMORY


def rented(name: str, cpu: int, memory: int, price: int | None, **more: object) -> MachineType:
    return MachineType(name, {CPU: cpu, MEMORY: memory}, provider="aws", price=price, **more)  # type: ignore[arg-type]


def test_every_name_is_there_once() -> None:
    """A name means one machine, and no family or provider is called like a machine."""
    catalogue = load_catalogue()
    names = [machine.name for machine in catalogue.machines]
    assert len(names) == len(set(names))
    assert not {machine.family for machine in catalogue.machines if machine.rented} & set(names)


def test_known_facts() -> None:
    """m5.large as AWS sells it: 2 vCPUs, 8 GiB, 29 pods, 0.096 dollars an hour."""
    machine = load_catalogue().type("m5.large")
    assert machine is not None
    assert machine.capacity == {CPU: 2000, MEMORY: 8 * GIB}
    assert (machine.price, machine.max_pods, machine.region, machine.rack_units) == (96_000, 29, "us-east-1", None)


def test_windows_costs_more_by_the_vcpu() -> None:
    """0.046 dollars a vCPU and hour at each provider, as m6a.2xlarge and D2s_v5 are sold; unknown of Arm and burstable."""
    catalogue = load_catalogue()
    prices = {"m6a.2xlarge": 713_600, "Standard_D2s_v5": 188_000, "n2-standard-2": 97_118 + 92_000}
    for name, price in prices.items():
        machine = catalogue.type(name)
        assert machine is not None
        assert machine.price is not None
        assert (machine.windows_price, machine.windows_surcharge) == (price, 730 * (price - machine.price))
    for name in ("t3.large", "m7g.large"):
        machine = catalogue.type(name)
        assert machine is not None
        assert machine.windows_price is machine.windows_surcharge is None


def test_a_type_is_outdone_at_the_price_with_windows_too() -> None:
    """More threads for less with Linux may cost more with Windows: both stay, or one where it costs no more with either."""
    small = rented("small", 2000, 8 * GIB, 100, windows_price=200)
    for windows, kept in ((201, ["large", "small"]), (200, ["large"])):
        large = rented("large", 4000, 8 * GIB, 90, windows_price=windows)
        assert [machine.name for machine in candidate_types([small, large])] == kept


def test_servers_have_space_power_and_no_price() -> None:
    """A server is racked: rack units are known, watts from 2005 on, idle is at most full, and a price is not made up."""
    servers = select_machines(["servers"])
    assert len(servers) > 200
    for server in servers:
        assert server.rack_units is not None
        assert server.price is None
        if int(server.family) < 2005:
            assert server.watts_idle is server.watts_full is server.ssj_ops is None
            continue
        assert server.watts_idle is not None
        assert server.watts_full is not None
        assert 0 < server.watts_idle < server.watts_full
        assert 10**10 <= server.capacity[DISK] <= 10**13


def test_default_machine() -> None:
    """16 threads, 64 GiB, 1 TiB, two to a unit, no price, watts of a row with 16 threads."""
    machine = default_machine()
    assert machine.capacity == {CPU: 16_000, MEMORY: 64 * GIB, DISK: 1024 * GIB}
    assert (machine.rack_units, machine.price, machine.provider) == (Fraction(1, 2), None, "own")
    assert (machine.watts_idle, machine.watts_full) == (Fraction("17.9"), Fraction("70.5"))
    row = load_catalogue().type("primergy-rx1330-m5")
    assert row is not None
    assert row.capacity[CPU] == machine.capacity[CPU]
    assert load_catalogue().type(machine.name) == machine


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_stands_for_its_ordinary_types(provider: str) -> None:
    """amd64, priced, neither burstable nor bare metal; every ordinary type is there or outdone by one that is."""
    chosen = select_machines([provider])
    catalogue = load_catalogue()
    assert chosen
    for machine in chosen:
        assert machine.provider == provider
        assert machine.arch == "amd64"
        assert machine.price
        assert machine.name not in catalogue.unusual
        assert "metal" not in machine.name
        assert not machine.name.startswith(("t2.", "t3.", "t3a.", "Standard_B", "e2-micro", "e2-small", "e2-medium"))
        assert not machine.name.startswith(("f1-", "g1-"))
    for machine in catalogue.group(provider):
        assert any(
            all(other.capacity[r] >= machine.capacity[r] for r in (CPU, MEMORY))
            and (other.price or 0) <= (machine.price or 0)
            for other in chosen
        )


def test_a_named_type_is_taken_as_it_is() -> None:
    """Who names a burstable or bare metal machine gets it."""
    assert [m.name for m in select_machines(["t3.micro", "m5.metal"])] == ["t3.micro", "m5.metal"]


def test_names_add_up_without_repeating() -> None:
    """A type that two names stand for is there once, in the order of the names."""
    names = [machine.name for machine in select_machines(["m5.large", "m5"])]
    assert names[0] == "m5.large"
    assert len(names) == len(set(names)) == len(select_machines(["m5"]))


@pytest.mark.parametrize(
    ("wrong", "near"), [("m5.larg", "m5.large"), ("AWS", "aws"), ("standrd_d4s_v5", "Standard_D4s_v5")]
)
def test_an_unknown_name_is_refused_with_the_nearest(wrong: str, near: str) -> None:
    """The message names what was probably meant."""
    with pytest.raises(InputError, match=near) as caught:
        select_machines([wrong])
    assert str(caught.value).count("\n") == 0


def test_files_and_data_sets_of_machines(tmp_path: Path) -> None:
    """A path is read as a file, a data set of machines by its name."""
    file = tmp_path / "own.yaml"
    file.write_text("machines: [{name: box, cpu: 4, memory: 8 GiB}]\n")
    assert [machine.name for machine in select_machines([str(file)])] == ["box"]
    fleet = select_machines(["openb_nodes"])
    assert sum(machine.available or 0 for machine in fleet) == 1523
    assert max(machine.capacity.get("gpu", 0) for machine in fleet) == 8


def test_two_different_machines_of_one_name_are_refused(tmp_path: Path) -> None:
    """A plan names machine types: one name must not mean two."""
    file = tmp_path / "own.yaml"
    file.write_text("machines: [{name: m5.large, cpu: 4, memory: 8 GiB}]\n")
    with pytest.raises(InputError, match=r"two machines named 'm5\.large'"):
        select_machines(["m5.large", str(file)])


def test_only_outdone_types_are_dropped() -> None:
    """As much of everything at no higher price drops a type; a higher price, less of anything or a limit does not."""
    small = rented("small", 2000, 8 * GIB, 100)
    assert candidate_types([small, rented("worse", 2000, 4 * GIB, 100)]) == [small]
    assert candidate_types([rented("dear", 2000, 8 * GIB, 101), small]) == [small]
    for other in (
        rented("cheaper", 2000, 4 * GIB, 99),
        rented("more cpu", 4000, 4 * GIB, 100),
        rented("more pods", 2000, 4 * GIB, 100, max_pods=30),
        rented("arm", 2000, 4 * GIB, 100, arch="arm64"),
        rented("unknown price", 2000, 4 * GIB, None),
        rented("labelled", 2000, 4 * GIB, 100, labels={"zone": "a"}),
    ):
        assert {m.name for m in candidate_types([small, other])} == {"small", other.name}


def test_a_type_with_few_machines_outdoes_none() -> None:
    """Where only some of the better type are there, the other may still be needed."""
    few = rented("few", 2000, 8 * GIB, 100, available=1)
    assert len(candidate_types([few, rented("many", 2000, 4 * GIB, 100)])) == 2


def test_equal_types_leave_one() -> None:
    """Of types that are equal in everything that counts, one stays, always the same."""
    types = [rented("b", 2000, 8 * GIB, 100), rented("a", 2000, 8 * GIB, 100)]
    assert candidate_types(types) == candidate_types(types[::-1]) == [types[1]]
