"""Traces of curves without headers: what makes them applications, and what is refused with its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.machines.own_machines import read_machines
from binpack.units import GIB
from binpack.workload.reading import read
from binpack.workload.workload import Workload

TIANCHI = Path(__file__).resolve().parents[3] / "shared" / "data" / "traces" / "alibaba-tianchi-2018"
APPS = "app_1,1|4,1|0.5,60,1,0,0\napp_2,0.0005|1,1|1,40,0,0,1\n"
COPIES = "i_1,app_1,m_1\ni_2,app_1,\ni_3,app_2,m_1\n"
LIMITS = "app_1,app_1,2\napp_1,app_2,1\napp_2,app_1,0\n"


def trace(folder: Path, texts: Mapping[str, str]) -> Workload:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)
    return read(*(folder / f"{name}.csv" for name in texts))


def test_a_trace_in_full(tmp_path: Path) -> None:
    """Requests are the tops of curves, rounded up; copies and limits come from the companions, in any order."""
    found = trace(tmp_path, {"limits": LIMITS, "copies": COPIES, "apps": APPS})
    first, second = found.applications
    assert (first.name, first.replicas, second.replicas) == ("app_1", 2, 1)
    assert first.requests == {"cpu": 4000, "memory": GIB, "disk": 60 * GIB, "P": 1}
    assert first.curves == {"cpu": (1000, 4000), "memory": (GIB, GIB // 2)}
    assert second.curves["cpu"] == (1, 1000)
    assert first.placement.max_per_host == 3
    assert first.placement.most_beside == {second.key: 1}
    assert second.placement.apart_from == (first.key,)
    assert "2 of 3 copies were on a machine, together on 1 machines" in found.notes


def test_curves_alone_are_one_copy_each(tmp_path: Path) -> None:
    """Without companions there is one copy of each, without limits."""
    found = trace(tmp_path, {"apps": APPS})
    assert [(a.replicas, a.placement.max_per_host) for a in found.applications] == [(1, None), (1, None)]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"apps": "a,1|2,1|2|3,1,0,0,0\n"}, "apps.csv:1:3: found a curve of 3 points; expected 2"),
        ({"apps": APPS + "b,1,1|1,1,0,0,0\n"}, "apps.csv:3:2: found a curve of 1 points; expected 2"),
        ({"apps": "a,1|-2,1|2,1,0,0,0\n"}, "apps.csv:1:2: found '-2' as cpu"),
        ({"apps": "a,1|2,1|NaN,1,0,0,0\n"}, "apps.csv:1:3: found 'NaN' as memory"),
        ({"apps": "a,1|2,1|,1,0,0,0\n"}, "apps.csv:1:3: found '' as memory"),
        ({"apps": "a,1|2,1|2,1,0,0\n"}, "apps.csv:1:1: found 6 cells"),
        ({"apps": "a,1|2,1|2,1,x,0,0\n"}, "apps.csv:1:5: found 'x' as P"),
        ({"apps": APPS + "app_1,1|2,1|2,1,0,0,0\n"}, "apps.csv:3:1: found a second row for app_1"),
        ({"apps": APPS, "copies": "i_1,app_9,\n"}, "copies.csv:1:2: found 'app_9'"),
        ({"apps": APPS, "limits": "app_1,app_2,1\napp_1,app_2,x\n"}, "limits.csv:2:3: found 'x'"),
        ({"copies": COPIES}, "copies.csv:1:1: found the columns i_1, app_1, m_1"),
        ({"apps": APPS, "again": APPS}, "again.csv: found a second table of curves"),
    ],
)
def test_bad_tables_are_refused(tmp_path: Path, texts: dict[str, str], said: str) -> None:
    """One line with file, line and cell; companions mean nothing without curves."""
    with pytest.raises(InputError) as caught:
        trace(tmp_path, texts)
    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(said)


def test_machines_without_a_header(tmp_path: Path) -> None:
    """A name and six numbers: threads, memory and disk in GiB, three counts; equal machines are one type."""
    file = tmp_path / "machines.csv"
    file.write_text("m_1,32,64,1440,7,3,7\nm_2,32,64,1440,7,3,7\nm_3,92,288,2457,7,7,9\n")
    small, large = read_machines(str(file))
    assert (small.name, small.available, large.available) == ("m_1", 2, 1)
    assert small.capacity == {"cpu": 32_000, "memory": 64 * GIB, "disk": 1440 * GIB, "P": 7, "M": 3, "PM": 7}


@pytest.mark.skipif(not TIANCHI.is_dir(), reason="no ../shared/data/traces beside the checkout")
def test_a_whole_trace() -> None:
    """68,224 copies of 9,338 applications over 98 points, on 4,040 of 6,000 machines, and every rule between them."""
    names = ("app_resources", "instance_deploy", "app_interference", "machine_resources")
    tables = [TIANCHI / f"scheduling_preliminary_b_{name}_20180726.csv.gz" for name in names]
    found = read(*tables[:3])
    assert (len(found.applications), found.instances) == (9338, 68_224)
    assert {len(curve) for a in found.applications for curve in a.curves.values()} == {98}
    assert "61,254 of 68,224 copies were on a machine, together on 4,040 machines" in found.notes
    rules = [a.placement for a in found.applications]
    others = sum(len(rule.apart_from) + len(rule.most_beside) for rule in rules)
    assert others + sum(rule.max_per_host is not None for rule in rules) == 33_416
    assert sorted(machine.available or 0 for machine in read_machines(str(tables[3]))) == [3000, 3000]
