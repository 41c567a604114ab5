"""A user's own prices: what columns mean, which region counts, and what is refused where."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.machines.cluster_fee import cluster_fee
from binpack.machines.machine_type import MachineType
from binpack.machines.price import discounted, price_per_hour, price_per_month
from binpack.machines.price_list import read_price_list
from binpack.machines.tariff import Tariff


def written(tmp_path: Path, text: str) -> str:
    file = tmp_path / "prices.csv"
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize(
    ("text", "currency", "on_demand", "spot"),
    [
        ("type,price_per_hour\nm5.large,0.096\n", "USD", 96_000, None),
        ("Instance Type;Price per month\nm5.large;73\n", "USD", 100_000, None),
        ("name,on_demand_usd_per_hour,spot_usd_per_hour\nm5.large,$0.096,0.04\n", "USD", 96_000, 40_000),
        ("type,hourly,currency\nM5.LARGE,0.1,eur\n", "EUR", 100_000, None),
        ("type,eur_per_hour,notes\nm5.large,.1,negotiated\n", "EUR", 100_000, None),
        ("type,price_per_hour,price_per_month\nm5.large,,73.0\nm5.xlarge,0.2,\n", "USD", 100_000, None),
        ("type,spot_price_per_hour\nm5.large,0.04\n", "USD", None, 40_000),
        ("type,windows_price_per_hour,price_per_hour\nm5.large,0.188,0.096\n", "USD", 96_000, None),
    ],
)
def test_columns(tmp_path: Path, text: str, currency: str, on_demand: int | None, spot: int | None) -> None:
    """By the hour or the month, on demand or as spot, in the currency of a column or of a header; types in any case."""
    prices = read_price_list(written(tmp_path, text))
    price = prices.find("m5.large")
    assert price is not None
    assert (prices.currency, price.on_demand, price.spot) == (currency, on_demand, spot)


REGIONS = "type,region,price_per_hour\na,,1\nb,,2\na,eu,3\na,us,4\n"


@pytest.mark.parametrize(
    ("asked", "home", "found"), [("eu", "us", (3, 2)), ("", "us", (4, 2)), ("us", "", (4, 2)), ("us", "asia", (4, 2))]
)
def test_regions(tmp_path: Path, asked: str, home: str, found: tuple[int, int]) -> None:
    """The region asked for, else that of the nodes; rows without a region hold everywhere else."""
    prices = read_price_list(written(tmp_path, REGIONS), asked, home)
    assert [prices.of[name].on_demand for name in "ab"] == [amount * 10**6 for amount in found]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("type,price\na,1\n", ":1:1: found the columns type, price; expected type and price_per_hour"),
        ("region,price_per_hour\na,1\n", ":1:1: found the columns region, price_per_hour"),
        ("type,price_per_hour\n", ":1:1: found a table without rows"),
        ("type,price_per_hour\n,1\n", ":2:1: found an empty type"),
        ("type,price_per_hour\na,free\n", ":2:2: found 'free' as a price; expected a number above 0"),
        ("type,price_per_hour\na,0\n", ":2:2: found '0' as a price"),
        ("type,price_per_hour\na,-1\n", ":2:2: found '-1' as a price"),
        ("type,price_per_hour\na,\n", ":2:1: found no price of 'a'"),
        ("type,price_per_hour,price_per_month\na,1,730\n", ":2:3: found a price by the hour and one by the month"),
        ("type,price_per_hour\na,1\nA,2\n", ":3:1: found a second price of 'A'; expected one (the first is at"),
        ("type,price_per_hour,currency\na,1,EUR\nb,2,USD\n", ":3:1: found a price in USD; expected EUR"),
        (REGIONS, ":1:1: found prices of 2 regions (eu, us); expected one of them; --region NAME"),
    ],
)
def test_refused(tmp_path: Path, text: str, said: str) -> None:
    """One line with the place."""
    with pytest.raises(InputError) as caught:
        read_price_list(written(tmp_path, text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_region_that_is_not_there(tmp_path: Path) -> None:
    """What is asked for has to be in the list."""
    with pytest.raises(InputError, match="--region: found 'asia'; expected a region of the price list \\(eu, us\\)"):
        read_price_list(written(tmp_path, REGIONS), "asia")


def test_unknown_types_have_their_place(tmp_path: Path) -> None:
    """A type that nobody knows is named with file and line, and the nearest known one; after five only their number."""
    rows = "".join(f"strange{k},1\n" for k in range(8))
    path = written(tmp_path, f"type,price_per_hour\nm5.large,1\nm5.lagre,1\n{rows}")
    notes = read_price_list(path).unknown(["m5.large"])
    assert notes[0] == f"{path}:3:1: the type 'm5.lagre' is not known; did you mean m5.large?"
    assert notes[-1] == "and 4 more types of the price list that are not known"


def test_a_tariff_takes_its_own_prices_first(tmp_path: Path) -> None:
    """The discount is off the price on demand, the spot discount off the full one; a spot column needs neither."""
    prices = read_price_list(written(tmp_path, "type,price_per_hour,spot_price_per_hour\na,1,0.3\nb,2,\n"))
    tariff = Tariff(Fraction(3, 10), Fraction(6, 10), prices)
    machines = [MachineType(name, {}, price=5 * 10**6) for name in "abc"]
    assert [tariff.on_demand(machine).price for machine in machines] == [700_000, 1_400_000, 3_500_000]
    assert [tariff.spot(machine).price for machine in machines] == [300_000, 800_000, 2_000_000]
    assert Tariff().spot(machines[0]).price is None


def test_a_list_in_another_currency_stands_alone(tmp_path: Path) -> None:
    """The catalogue's dollars are never added to euros."""
    prices = read_price_list(written(tmp_path, "type,eur_per_hour\na,1\n"))
    tariff = Tariff(prices=prices)
    assert tariff.currency == "EUR"
    assert tariff.on_demand(MachineType("b", {}, price=5)).price is None


@given(st.integers(0, 10**9), st.fractions(0, 1))
def test_a_discount_never_takes_more_than_its_share(price: int, share: Fraction) -> None:
    """Rounded up to a whole micro-dollar."""
    assert 0 <= discounted(price, share) - price * (1 - share) < 1


@given(st.integers(1, 10**9))
def test_hours_and_months_agree(price: int) -> None:
    """A price by the month that is made of one by the hour gives it back."""
    assert price_per_hour(Fraction(price_per_month(price), 10**6)) == price


@pytest.mark.parametrize("service", ["eks", "gke", "aks"])
def test_fees_have_a_source(service: str) -> None:
    """$0.10 an hour are $73 a month."""
    fee = cluster_fee(service)
    assert fee is not None
    assert fee.per_month == 73 * 10**6
    assert fee.source
    assert cluster_fee("gdc") is None
