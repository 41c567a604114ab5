"""Traces of a file of CPU percentages for each VM, in a folder or an archive."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from binpack.errors import InputError
from binpack.units import GIB
from binpack.workload.reading import read

PLANETLAB = Path(__file__).resolve().parents[3] / "shared" / "data" / "traces" / "planetlab-20110303"
SIZE = {"cpu": 1500, "memory": GIB}


def folder(path: Path, **texts: str) -> Path:
    home = path / "day"
    home.mkdir()
    for name, text in texts.items():
        (home / name).write_text(text)
    return home


@pytest.mark.parametrize("packed", [False, True])
def test_a_vm_for_each_file(tmp_path: Path, packed: bool) -> None:
    """Per cents of the size that is given, rounded up; the size is what a VM requests."""
    home = folder(tmp_path, a="0\n100\n33\n", b="1\n2\n3\n")
    if packed:
        with tarfile.open(tmp_path / "day.tar.gz", "w:gz") as archive:
            archive.add(home, "day")
        home = tmp_path / "day.tar.gz"
    found = read(home, percent_of=SIZE)
    assert [(a.name, a.replicas, dict(a.requests)) for a in found.applications] == [("a", 1, SIZE), ("b", 1, SIZE)]
    assert found.applications[0].curves == {"cpu": (0, 1500, 495)}
    assert found.assumptions[0].value == "1.5 cpu, 1 GiB memory"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"a": "1\n2\n", "b": "1\n"}, "b: found 1 points of time; expected 2"),
        ({"a": "1\n2\n", "b": "1\n-2\n"}, "b:2:1: found '-2'"),
        ({"a": "1\n2\n", "b": "NaN\n2\n"}, "b:1:1: found 'NaN'"),
        ({"a": "1\n2\n", "b": "101\n2\n"}, "b:1:1: found '101'"),
        ({"a": "1\n2\n", "b": ""}, "b: found an empty file"),
    ],
)
def test_bad_series_are_refused(tmp_path: Path, texts: dict[str, str], said: str) -> None:
    """One line with the file and, where there is one, the line at fault."""
    home = folder(tmp_path, **texts)
    with pytest.raises(InputError) as caught:
        read(home, percent_of=SIZE)
    assert str(caught.value).startswith(f"{home}/{said}")


def test_the_size_has_to_be_said(tmp_path: Path) -> None:
    """Percentages of nobody knows how much are no amounts."""
    with pytest.raises(InputError, match="--percent-of cpu=2,memory=4GiB"):
        read(folder(tmp_path, a="1\n2\n"))


@pytest.mark.skipif(not PLANETLAB.is_dir(), reason="no ../shared/data/traces beside the checkout")
def test_a_whole_day() -> None:
    """1,052 VMs, every five minutes of a day."""
    found = read(PLANETLAB / "planetlab_20110303.tar.gz", percent_of=SIZE)
    assert found.instances == 1052
    assert {len(a.curves["cpu"]) for a in found.applications} == {288}
