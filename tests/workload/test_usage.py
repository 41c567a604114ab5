"""Tables of usage: which figure is taken, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.units import CPU, GIB, MEMORY, MIB
from binpack.workload.usage import read_usage


@pytest.mark.parametrize(
    ("text", "usage"),
    [
        ("workload,cpu,memory\nweb,250m,1 GiB\n", {"web": {CPU: 250, MEMORY: GIB}}),
        ("name;cpu_p95_milli;memory_max_mib\nweb;250;512\n", {"web": {CPU: 250, MEMORY: 512 * MIB}}),
        ("name,CPU usage (cores),Memory p95 [MiB]\nweb,0.5,1\n", {"web": {CPU: 500, MEMORY: MIB}}),
        ("name,cpu_max,cpu_p95,cpu\nweb,3,2,1\n", {"web": {CPU: 2000}}),
        ("name,cpu,cpu_max\nweb,1,3\n", {"web": {CPU: 3000}}),
        ("name,namespace,cpu\nweb,shop,1\nweb,other,2\n", {"shop/web": {CPU: 1000}, "other/web": {CPU: 2000}}),
        ("name,cpu,memory\nweb,1,\nweb,3,5MiB\nweb,2,\n", {"web": {CPU: 3000, MEMORY: 5 * MIB}}),
        ("namespace,pod,container,cpu\ns,web,a,1\ns,web,b,2\ns,web,a,3\n", {"s/web": {CPU: 5000}}),
        ("pod,container,cpu\nweb,,9\nweb,POD,1\nweb,a,2\n", {"web": {CPU: 2000}}),
        ("NAME  CPU(cores)   MEMORY(bytes)\nweb-0  250m   512Mi\n", {"web-0": {CPU: 250, MEMORY: 512 * MIB}}),
        (
            "NAMESPACE POD NAME CPU(cores) MEMORY(bytes)\ns web a 1m 1Mi\ns web b 2m 3Mi\n  ____ ____\n  3m 4Mi\n",
            {"s/web": {CPU: 3, MEMORY: 4 * MIB}},
        ),
    ],
)
def test_tables(tmp_path: Path, text: str, usage: dict[str, dict[str, int]]) -> None:
    """The p95 of several figures, the largest of several rows, the sum of containers, units in header or cell; what kubectl
    top prints, too."""
    file = tmp_path / "usage.csv"
    file.write_text(text)
    assert read_usage(file) == usage


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cpu,memory\n1,1Gi\n", ":1:1: found the columns cpu, memory; expected a column name and one of cpu or memory"),
        ("name,colour\nweb,red\n", "expected a column name and one of cpu or memory"),
        ("name,cpu\n", ":1:1: found a table without rows"),
        ("name,cpu\nweb,fast\n", ":2:2: found 'fast' as cpu; expected a number with a unit; such as 500m"),
        ("name,cpu\nweb,-1\n", ":2:2: found '-1' as cpu; expected an amount of at least 0"),
        ("name,cpu\n,1\n", ":2:1: found an empty name"),
    ],
)
def test_refused(tmp_path: Path, text: str, said: str) -> None:
    """One line with the place."""
    file = tmp_path / "usage.csv"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_usage(file)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
