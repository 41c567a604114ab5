"""Choices that contradict each other are one line: what was found, what was expected, what to do; exit status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.cli.main import main

ESTATE = """\
applications:
  - {name: web, cpu: 1, memory: 1 GiB}
  - name: bank
    cpu: 1
    memory: 1 GiB
"""

IN_THE_FILE = {
    "isolation twice": (
        "    isolation: process\n    isolation: machine\n",
        ':7:5: found key "isolation" twice in one mapping (first in line 6); expected each key once; remove one',
    ),
    "isolation of a container": (
        "    isolation: process\n    components: [{name: a, cpu: 1, isolation: machine}]\n",
        ":7:36: found the key 'isolation'; expected a known key",
    ),
    "alone, with a neighbour": (
        "    isolation: machine\n    placement: {together_with: [web]}\n",
        ":7:33: found default/web beside default/bank, though default/bank has isolation: machine; expected a machine of",
    ),
    "apart and together": (
        "    placement: {together_with: [web], apart_from: [web]}\n",
        ":6:33: found default/web in together_with and in apart_from; expected one of the two",
    ),
    "an agent alone": (
        "    isolation: machine\n    agent: true\n",
        ":3:5: found an agent with isolation: machine; expected one of the two; an agent is on every machine beside",
    ),
    "shares of less than one": (
        "    components: [{name: a, cpu: 1, share: 50%}, {name: b, cpu: 1, share: 40%}]\n",
        ":3:5: found components whose shares of the load sum to 0.9; expected a sum of exactly 1",
    ),
    "a negative share": (
        "    components: [{name: a, cpu: 1, share: -50%}, {name: b, cpu: 1, share: 150%}]\n",
        ':6:43: found "-50%"; expected a share of the load from 0 to 1',
    ),
    "negative copies": ("    replicas: -2\n", ':6:15: found "-2"; expected a whole number from 0 to 2**62'),
}

ON_THE_COMMAND_LINE = {
    "a machine that draws more than a cabinet has": (
        ["--cabinet", "kw=0.07"],
        "--machines: found standard, which draws 70.5 W at full load; expected at most 70 W in a cabinet; --cabinet kw=...",
    ),
    "no machine for Windows": (
        ["--eras", "kubernetes,docker_swarm", "--host-os", "linux"],
        ":3:5: found an application for windows; expected one for linux, which is what machines run; leave --host-os out",
    ),
    "a hypervisor of another system": (
        ["--host-os", "windows", "--hypervisor", "kvm"],
        "--host-os: found windows with the hypervisor kvm; expected one of windows; --hypervisor hyperv, or one on bare",
    ),
    "sizes of VMs without VMs": (
        ["--eras", "physical,containers", "--vm-sizes", "aws"],
        "--vm-sizes: found physical, containers; expected an era on VMs; virtual_machines, kubernetes_on_vms or --on vms",
    ),
    "nodes that are no VMs": (
        ["--eras", "kubernetes", "--node-overcommit", "2"],
        "--node-overcommit: found kubernetes; expected VMs that are nodes; kubernetes_on_vms or --on vms",
    ),
    "overcommit below 1": (
        ["--memory-overcommit", "0.9"],
        "--memory-overcommit: found '0.9'; expected a ratio of at least 1, at most a thousand; such as 4 or 4:1",
    ),
    "negative overcommit": (["--cpu-overcommit=-2"], "--cpu-overcommit: found '-2'; expected a ratio of at least 1"),
}


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What ``binpack eras`` says on standard error, a line, with exit status 2."""
    assert main(["eras", *arguments, "-q"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    return said.err


@pytest.mark.parametrize("case", IN_THE_FILE)
def test_in_the_file(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line and column are in front."""
    more, expected = IN_THE_FILE[case]
    file = tmp_path / "estate.yaml"
    file.write_text(ESTATE + more, encoding="utf-8")
    assert refusal([str(file)], capsys).startswith(f"{file}{expected}")


@pytest.mark.parametrize("case", ON_THE_COMMAND_LINE)
def test_on_the_command_line(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The option is in front, or the application that it leaves without a machine."""
    more, expected = ON_THE_COMMAND_LINE[case]
    file = tmp_path / "estate.yaml"
    file.write_text(ESTATE + "    os: windows\n", encoding="utf-8")
    where = f"{file}{expected}" if expected.startswith(":") else expected
    assert refusal([str(file), *more], capsys).startswith(where)


def test_rows_of_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two rows of one application that ask for different isolation."""
    file = tmp_path / "rows.csv"
    file.write_text("name,cpu,memory_gib,isolation\nbank,1,1,process\nbank,1,1,machine\n", encoding="utf-8")
    expected = ":3:4: found 'machine' as isolation; expected one isolation for all rows of bank; row 2 asks for process"
    assert refusal([str(file)], capsys).startswith(f"{file}{expected}")
