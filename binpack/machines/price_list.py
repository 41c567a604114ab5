"""A user's own prices of machine types, as a table.

type,region,price_per_hour,spot_price_per_hour,currency
m5.large,eu-west-1,0.107,0.041,EUR

A column is known by the words in its header: ``type`` (or ``name``, ``instance_type`` ...); ``hour`` or ``month`` for a
price, with ``spot`` for that of capacity which may be taken back; ``region``; ``currency``, which may stand in a price's
header too (``on_demand_usd_per_hour``). Other columns are passed over, those of prices with ``windows`` too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from binpack.errors import InputError, InputProblem, Place, input_error
from binpack.machines.price import MICRO, price_per_hour
from binpack.workload.source_text import read_text
from binpack.workload.table_rows import Row, read_rows

USD = "USD"
_TYPES = ("type", "name", "instance_type", "instance", "machine", "machine_type", "vm_size", "sku")
_PERIODS = {"hour": "hour", "hourly": "hour", "hr": "hour", "month": "month", "monthly": "month"}
_CURRENCIES = frozenset(("usd", "eur", "gbp", "chf", "jpy", "cny", "inr", "cad", "aud", "brl", "sek", "pln", "krw"))
_AMOUNT = re.compile(r"[$€£¥]?\s*(\d{1,9}(?:\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_SHOWN = 5  # names that a note lists


@dataclass(frozen=True)
class ListPrice:
    """One type's prices in micro-units of the currency an hour, None where the list has none; and where they stand."""

    name: str
    place: Place
    on_demand: int | None
    spot: int | None


@dataclass(frozen=True)
class PriceList:
    """Prices of one region. ``of`` : by the type's name in lower case."""

    currency: str
    region: str
    of: Mapping[str, ListPrice]

    def find(self, name: str) -> ListPrice | None:
        """The prices of a type, whatever the case of its name."""
        return self.of.get(name.lower())

    def unknown(self, known: Collection[str]) -> list[str]:
        """Types of the list that are none of the ``known`` ones, each with its place and the nearest known name; after the
        first few how many more there are."""
        names = {name.lower(): name for name in known}
        strange = [price for key, price in self.of.items() if key not in names]
        notes = [
            f"{price.place}: the type {price.name!r} is not known{_near(price, names)}" for price in strange[:_SHOWN]
        ]
        more = len(strange) - _SHOWN
        return [*notes, f"and {more} more types of the price list that are not known"] if more > 0 else notes


def _near(price: ListPrice, names: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(price.name.lower(), names, 1, cutoff=0.8)
    return f"; did you mean {names[near[0]]}?" if near else ""


def read_price_list(path: str, region: str = "", home: str = "") -> PriceList:
    """The prices of a table in one region. InputError lists every fault with its place.

    region : the one asked for; else ``home`` where the list has it, else the list's only one. Rows without a region hold
    everywhere, but one of the region itself comes before them.
    """
    header, *rows = read_rows(read_text(path))
    columns = _Columns(header)
    entries: list[_Entry] = []
    problems: list[InputProblem] = []
    for row in rows:
        try:
            entries.append(columns.entry(row))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    if not entries:
        raise input_error(header.place, "a table without rows", "a row for each type")
    chosen = _region(entries, region, home, header.place)
    return PriceList(_currency(entries), chosen, _prices(entries, chosen))


@dataclass(frozen=True)
class _Entry:
    price: ListPrice
    region: str
    currency: str


@dataclass
class _Columns:
    """Where the header has what. prices : (spot?, period) -> column."""

    header: Row
    type: int = -1
    region: int = -1
    currency: int = -1
    fixed: str = ""
    prices: dict[tuple[bool, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, cell in enumerate(self.header.cells):
            plain = re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_")
            if plain in _TYPES and self.type < 0:
                self.type = index
            elif plain in ("region", "location"):
                self.region = index
            elif plain == "currency":
                self.currency = index
            else:
                self._take_price(index, plain.split("_"))
        if self.type < 0 or not self.prices:
            found = f"the columns {', '.join(self.header.cells)}"
            raise input_error(self.header.place, found, "type and price_per_hour or price_per_month")

    def _take_price(self, index: int, words: Sequence[str]) -> None:
        period = next((_PERIODS[word] for word in words if word in _PERIODS), "")
        key = ("spot" in words, period)
        if not period or key in self.prices or "windows" in words:
            return
        self.prices[key] = index
        self.fixed = next((word.upper() for word in words if word in _CURRENCIES), self.fixed)

    def entry(self, row: Row) -> _Entry:
        """The row's prices. InputError without a type or any price, and where hour and month are both given."""
        name = row.cell(self.type)
        if not name:
            raise input_error(row.cell_place(self.type), "an empty type", "the name of a machine type")
        price = ListPrice(name, row.place, self._hourly(row, spot=False), self._hourly(row, spot=True))
        if price.on_demand is None and price.spot is None:
            raise input_error(row.place, f"no price of {name!r}", "a price in one of the columns")
        return _Entry(price, row.cell(self.region), row.cell(self.currency).upper() or self.fixed or USD)

    def _hourly(self, row: Row, spot: bool) -> int | None:
        given = [(key[1], index) for key, index in self.prices.items() if key[0] == spot and row.cell(index)]
        if not given:
            return None
        if len(given) > 1:
            place = row.cell_place(given[1][1])
            raise input_error(place, "a price by the hour and one by the month", "one of them")
        [(period, index)] = given
        match = _AMOUNT.fullmatch(row.cell(index))
        amount = Fraction(match[1]) if match else Fraction(0)
        hourly = round(amount * MICRO) if period == "hour" else price_per_hour(amount)
        if not hourly:
            raise input_error(
                row.cell_place(index), f"{row.cell(index)!r} as a price", "a number above 0", "such as 0.096"
            )
        return hourly


def _region(entries: Sequence[_Entry], asked: str, home: str, place: Place) -> str:
    regions = dict.fromkeys(entry.region for entry in entries if entry.region)
    if asked and asked not in regions:
        raise input_error(
            "--region", repr(asked), f"a region of the price list ({', '.join(regions) or 'it has none'})"
        )
    if asked or home in regions:
        return asked or home
    if len(regions) > 1:
        shown = ", ".join(list(regions)[:_SHOWN])
        raise input_error(place, f"prices of {len(regions)} regions ({shown})", "one of them", "--region NAME")
    return next(iter(regions), "")


def _prices(entries: Sequence[_Entry], region: str) -> dict[str, ListPrice]:
    of: dict[str, ListPrice] = {}
    problems = []
    for own in ("", region) if region else ("",):  # what holds everywhere, then what holds there
        seen: dict[str, ListPrice] = {}
        for entry in entries:
            if entry.region != own:
                continue
            first = seen.setdefault(entry.price.name.lower(), entry.price)
            if first is not entry.price:
                found = f"a second price of {entry.price.name!r}"
                problems.append(InputProblem(entry.price.place, found, f"one (the first is at {first.place})"))
        of |= seen
    if problems:
        raise InputError(problems)
    return of


def _currency(entries: Sequence[_Entry]) -> str:
    first = entries[0]
    for entry in entries:
        if entry.currency != first.currency:
            raise input_error(
                entry.price.place, f"a price in {entry.currency}", f"{first.currency}, as in the rows before"
            )
    return first.currency
