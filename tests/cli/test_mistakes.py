"""Mistakes that people make: each is one line that says what to do instead, and exit status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.cli.main import main

MISTAKES = {
    "era misspelt": (["eras", "--eras", "kuberntes"], "era: found 'kuberntes'", "did you mean kubernetes?"),
    "era of a plan misspelt": (["plan", "--era", "container"], "era: found 'container'", "did you mean containers?"),
    "no era": (["plan"], "--era", "binpack plan --help"),
    "data set misspelt": (["eras", "train-ticket"], "train-ticket: found no such file", "did you mean train_ticket?"),
    "data set of something else": (["eras", "openb_nodes"], "a data set of machines", "one of applications"),
    "machine misspelt": (["eras", "--machines", "m5.lrge"], "--machines", "did you mean m5.large"),
    "resource misspelt": (["eras", "--headroom", "ram=10%"], "--headroom: found 'ram'", "cpu, disk, memory"),
    "seconds in words": (["eras", "--time-limit", "soon"], "'soon' is not a number of seconds", "--help"),
    "threads in words": (["eras", "--threads", "two"], "'two' is not a whole number", "--help"),
    "no copies": (["eras", "--copies", "0"], "'0' is not a whole number, 1 or more", "--help"),
    "negative spare": (["plan", "--era", "containers", "--spare", "-1"], "--spare", "--help"),
    "spares without end": (["eras", "--spare", "2000000000"], "--spare: found 2,000,000,000 machines", "1,000,000,000"),
    "nodes without end": (["eras", "--minimum-nodes", "2000000000"], "--minimum-nodes: found 2,000,000,000", "1,000,"),
    "an exponent": (["eras", "--vcpu-overcommit", "1e99999999"], "--vcpu-overcommit: found '1e99999999'", "4:1"),
    "less than is there": (["eras", "--vcpu-overcommit", "0.5"], "found '0.5'; expected a ratio of at least 1", "4:1"),
    "a small exponent": (["eras", "--headroom", "cpu=1e-99999999"], "--headroom cpu: found '1e-99999999'", "30%"),
    "a load without end": (["eras", "--sweep", f"load=1..{10**400}"], "--sweep: found load=1", "999999"),
    "a negative load": (["eras", "--sweep", "load=-1..3"], "--sweep: found load=-1", "1 or more"),
    "a negative load to split": (["split", "--loads", "-1"], "--loads: found '-1'", "1,10,100"),
    "no such option": (["eras", "--foo"], "--foo", "--help"),
    "no such command": (["era"], "'era'", "eras"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_one_line_and_what_to_do(
    case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found, and the nearest right thing or where to look; nothing on standard output."""
    monkeypatch.setattr("binpack.cli.progress.DELAY_SECONDS", 600.0)  # a slow start has a line of its own
    arguments, found, instead = MISTAKES[case]
    try:
        status = main(arguments)
    except SystemExit as exit_:
        status = exit_.code
    said = capsys.readouterr()
    assert status == 2
    assert said.out == ""
    assert found in said.err
    assert instead in said.err
    assert len(said.err.splitlines()) == 1


def test_an_output_file_that_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    """The file that was named is in the message, not a temporary one."""
    assert main(["read", "mixed_estate", "-o", "/nowhere/out.yaml", "-q"]) == 2
    assert capsys.readouterr().err == "/nowhere/out.yaml: No such file or directory\n"


def test_many_that_have_no_place_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Eight are named, each once with the eras that refuse it; the others are counted."""
    rows = "".join(f"big{k},{100 + k},1\n" for k in range(12))
    (tmp_path / "big.csv").write_text("name,cpu,memory_gib\n" + rows)
    assert main(["eras", str(tmp_path / "big.csv"), "--shape", "parts", "-q"]) == 1
    text = capsys.readouterr().out
    assert text.count("unplaced ") == 8
    assert "in every era" in text
    assert "and 4 more: --format json lists them all" in text


def test_a_directory_has_its_own_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``.`` is called what the directory is called."""
    folder = tmp_path / "my shop"
    folder.mkdir()
    (folder / "a.yaml").write_text("applications: [{name: web, cpu: 1, memory: 1 GiB}]")
    (folder / "b.yaml").write_text("applications: [{name: db, cpu: 1, memory: 1 GiB}]")
    monkeypatch.chdir(folder)
    assert main(["eras", ".", "--eras", "containers", "-q"]) == 0
    assert capsys.readouterr().out.startswith("my shop: 2 applications, 2 instances")


def test_nothing_fits_is_said_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No figures of machines that hold nothing in the headline, no price, and the application once for both shapes."""
    path = tmp_path / "gpu.yaml"
    path.write_text("applications: [{name: model, cpu: 1, memory: 1 GiB, resources: {gpu: 1}}]")
    assert main(["eras", str(path), "-q"]) == 1
    text = capsys.readouterr().out
    assert "  Nothing fits: see below." in text.splitlines()
    assert "$" not in text
    assert text.count("default/model") == 1
    assert "in every era" in text


@pytest.mark.parametrize("command", ["eras", "plan", "explain", "read", "solve", "check", "datasets", "machines"])
def test_help_is_for_people(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command has a help without markup and without doubled percent signs."""
    with pytest.raises(SystemExit) as exit_:
        main([command, "--help"])
    assert exit_.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: binpack {command} ")
    assert "``" not in text
    assert "%%" not in text
