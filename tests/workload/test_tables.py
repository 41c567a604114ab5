"""CSV tables: what headers mean, how rows become applications, and what is refused with its line and column."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError, InputProblem
from binpack.units import GIB, MIB
from binpack.workload.application import ROWS, Application
from binpack.workload.documents import SourceText, read_text
from binpack.workload.tables import MOST_PROBLEMS, is_table, read_table
from binpack.workload.workload import Workload

TRACES = Path(__file__).resolve().parents[2] / "../shared/data/traces"


def read(text: str) -> Workload:
    return read_table(SourceText("t.csv", text), "t")


def only(text: str) -> Application:
    (application,) = read(text).applications
    return application


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(text)
    return str(caught.value)


def test_a_row_in_full() -> None:
    """Every column that means something lands in its field."""
    text = (
        "app;namespace;replicas;cpu;memory (MiB);storage_gib;gpu;os;arch;isolation;image;agent;max_per_host;limits.cpu\n"
        "web;shop;3;500m;512;1,5;2;Windows Server 2022;x86_64;VM;web:1;no;1;2\n"
    )
    web = only(text)
    assert (web.key, web.replicas, web.kind, web.place) == ("shop/web", 3, "row", "t.csv:2:1")
    assert web.requests == {"cpu": 500, "memory": 512 * MIB, "disk": 3 * GIB // 2, "gpu": 2}
    assert web.limits == {"cpu": 2000}
    assert (web.os, web.arch, web.isolation, web.agent) == ("windows", "amd64", "vm", False)
    assert [(c.name, c.image) for c in web.containers] == [("web", "web:1")]
    assert web.placement.max_per_host == 1


@pytest.mark.parametrize(
    ("header", "cells", "requests"),
    [
        ("cpu,memory", "1.5,64 GiB", {"cpu": 1500, "memory": 64 * GIB}),
        ("cpu_milli,memory_mib", "250,512", {"cpu": 250, "memory": 512 * MIB}),
        ("cpu_cores,mem_gb", "2,16", {"cpu": 2000, "memory": 16 * 10**9}),
        ("vCPUs,RAM [GiB]", "2,16", {"cpu": 2000, "memory": 16 * GIB}),
        ("CPU request (cores),Memory Request (GiB)", "2,1", {"cpu": 2000, "memory": GIB}),
        ("requests.cpu,requests.memory", "250m,1Gi", {"cpu": 250, "memory": GIB}),
        ("requested cpu,mem-request-mib", "1,1", {"cpu": 1000, "memory": MIB}),
        ("cpu,memory,num_gpu", "1,1Gi,4", {"cpu": 1000, "memory": GIB, "gpu": 4}),
        ("cpu,memory,num_gpu", "1,1Gi,0", {"cpu": 1000, "memory": GIB}),
        ("cpu,memory,nvidia.com/gpu", "1,1Gi,4", {"cpu": 1000, "memory": GIB, "nvidia.com/gpu": 4}),
        ("cpu_milli,memory_mib", "250,1 GiB", {"cpu": 250, "memory": GIB}),
        ("cpu,memory", "1,1073741824", {"cpu": 1000, "memory": GIB}),
        ("cpu,memory", "1,NaN", {"cpu": 1000}),
        ("cpu,memory", "1", {"cpu": 1000}),
        ("cpu,memory", "0,0", {"cpu": 0, "memory": 0}),
    ],
)
def test_headers_and_units(header: str, cells: str, requests: dict[str, int]) -> None:
    """The unit stands in the cell or the header (the cell's wins); an empty cell declares nothing, which is not 0."""
    assert only(f"{header}\n{cells}\n").requests == requests


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    """Commas, semicolons and tabs, and the line ends of every system."""
    lines = [["name", "cpu", "memory"], ["a", "1", "1Gi"], ["b", "2", "2Gi"]]
    workload = read(end.join(delimiter.join(line) for line in lines))
    assert [(a.name, a.requests["cpu"]) for a in workload.applications] == [("a", 1000), ("b", 2000)]


def test_packed_with_a_byte_order_mark(tmp_path: Path) -> None:
    """What a spreadsheet saves, gzipped, reads like plain text."""
    file = tmp_path / "t.csv.gz"
    file.write_bytes(gzip.compress("﻿cpu,memory\n1,1Gi\n".encode()))
    assert read_table(read_text(file), "t").instances == 1


def test_numbered_rows_are_copies() -> None:
    """Rows named by number that ask for the same are copies of one application; a note says so."""
    workload = read("name,cpu,memory\npod-1,1,1Gi\npod-2,1,1Gi\npod-3,2,1Gi\ndb,1,1Gi\n")
    assert [(a.name, a.replicas, a.kind) for a in workload.applications] == [
        ("pod-1", 2, ROWS),
        ("pod-3", 1, ROWS),
        ("db", 1, ROWS),
    ]
    assert workload.notes[0].startswith("4 rows are 3 kinds of instances")


def test_names_that_repeat_are_applications() -> None:
    """Where a name appears twice, names are those of applications: another number is another application."""
    workload = read("app,cpu,memory\napp-1,1,1Gi\napp-1,1,1Gi\napp-2,1,1Gi\n")
    assert [(a.name, a.replicas) for a in workload.applications] == [("app-1", 2), ("app-2", 1)]


def test_application_names_win_over_those_of_copies() -> None:
    """With a column for each, rows are named after the application."""
    workload = read("instance_sn,app_name,cpu,memory\ni0,shop,1,1Gi\ni1,shop,1,1Gi\n")
    assert [(a.name, a.replicas) for a in workload.applications] == [("shop", 2)]
    assert workload.notes[-1] == "columns without a meaning here: instance_sn"


def test_names_become_unique() -> None:
    """Rows of one name that ask for different things get a number that no other row has."""
    workload = read("name,replicas,cpu,memory\na,1,1,1Gi\na,1,2,1Gi\na-2,1,3,1Gi\na,2,1,1Gi\n")
    assert [(a.name, a.replicas, a.requests["cpu"]) for a in workload.applications] == [
        ("a", 3, 1000),
        ("a-3", 1, 2000),
        ("a-2", 1, 3000),
    ]


def test_shares_of_gpus_take_whole_ones() -> None:
    """A share of a GPU counts as a device, which is a stated assumption."""
    workload = read("name,cpu,memory,num_gpu,gpu_milli\na,1,1Gi,1,460\nb,2,1Gi,0,0\nc,3,1Gi,2,1000\n")
    assert [a.requests.get("gpu") for a in workload.applications] == [1, None, 2]
    (assumption,) = workload.assumptions
    assert assumption.source.endswith("1 rows ask for a share (gpu_milli)")
    assert only("cpu,memory,gpu_milli\n1,1Gi,1500\n").requests["gpu"] == 2


def test_what_is_ignored_is_said() -> None:
    """Columns without a meaning, and those that say a thing again, are named."""
    notes = read("cpu,vcpus,memory,colour,\n1,1,1Gi,red,x\n").notes
    assert notes == (
        "columns without a meaning here: colour, (column 5, without a header)",
        "columns that say again what an earlier one says, ignored: vcpus",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,cpu\na,1\n", "t.csv:1:1: found the columns name, cpu; expected a column for memory; name it memory_mib"),
        ("name,cpu,memory_xib\na,1,2\n", "t.csv:1:1: found the columns name, cpu, memory_xib"),
        ("a,b\n1,2\n", "expected a column for cpu and memory; name it cpu and memory_mib"),
        ("\n\nname,cpu\na,1\n", "t.csv:3:1: found the columns"),
        ("cpu,memory\n", "t.csv:1:1: found a table without rows; expected a header and at least one row"),
        ("name,cpu,memory\na,fast,1Gi\n", "t.csv:2:2: found 'fast' as cpu; expected a number with a unit"),
        ('name,cpu,memory\n"a,b",1,1Qi\n', "t.csv:2:3: found '1Qi' as memory; expected a unit of memory"),
        ('name,cpu,memory\n"a\n""b""",-1,1Gi\n', "t.csv:2:2: found '-1' as cpu; expected an amount of at least 0"),
        (
            "name,cpu,memory\na,1,9999999 PiB\n",
            "t.csv:2:3: found '9999999 PiB' as memory; expected an amount of at most 2**62",
        ),
        (
            'name,cpu,memory\n"a,1,1Gi\n',
            't.csv:2:1: found a quote that is never closed; expected a closing "; close the',
        ),
        ('name,cpu,memory\na,1,1Gi\nb,"1,1Gi\n', "t.csv:3:2: found a quote that is never closed"),
        ('name,cpu,memory\n"a"b,1,1Gi\n', "t.csv:2:1: found broken CSV"),
        ("name,cpu,memory\na,1,5,1Gi\n", "t.csv:2:4: found 4 cells under 3 headers"),
        ("name,cpu,memory\na,1,4096\n", "t.csv:2:3: found '4096' as memory; expected a unit (4096 bytes are no memory"),
        ('name,cpu,memory\na,"1,024",1Gi\n', "t.csv:2:2: found '1,024' as cpu; expected a number without a comma"),
        (
            "cpu,memory,replicas\n1,1Gi,many\n",
            "t.csv:2:3: found 'many' as replicas; expected a whole number of at least 0",
        ),
        ("cpu,memory,replicas\n1,1Gi,2.5\n", "t.csv:2:3: found '2.5' as replicas"),
        ("cpu,memory,replicas\n1,1Gi,-1\n", "t.csv:2:3: found '-1' as replicas"),
        (f"cpu,memory,replicas\n1,1Gi,{'9' * 30}\n", "as replicas; expected a whole number"),
        ("cpu,memory,os\n1,1Gi,plan9\n", "t.csv:2:3: found 'plan9' as os; expected linux or windows"),
        ("cpu,memory,arch\n1,1Gi,vax\n", "t.csv:2:3: found 'vax' as arch; expected an architecture"),
        ("cpu,memory,os\n1,1Gi,linux/vax\n", "t.csv:2:3: found 'linux/vax' as os; expected an architecture"),
        (
            "cpu,memory,isolation\n1,1Gi,total\n",
            "t.csv:2:3: found 'total' as isolation; expected one of process, vm, machine",
        ),
        ("cpu,memory,agent\n1,1Gi,maybe\n", "t.csv:2:3: found 'maybe' as agent; expected yes or no"),
        ("cpu,memory,max_per_host\n1,1Gi,0\n", "t.csv:2:3: found '0' as max_per_host; expected a number of at least 1"),
    ],
)
def test_refused(text: str, said: str) -> None:
    """One line with the line and the number of the cell, what was found and what was expected."""
    message = refusal(text)
    assert said in message
    assert "\n" not in message


def test_an_open_quote_in_a_large_file() -> None:
    """A quote that swallows the rest of a large table is found at the record that has it."""
    assert "t.csv:3:1: found a cell of more than 131,072" in refusal('cpu,memory\n1,1Gi\n"1,1Gi\n' + "1,1Gi\n" * 30_000)


def test_all_faults_at_once_but_not_without_end() -> None:
    """Every bad row is named, up to a number that still fits a screen."""
    assert refusal("cpu,memory\nx,1Gi\n1,1Gi\ny,1Gi\n").count("\n") == 1
    lines = refusal("cpu,memory\n" + "x,1Gi\n" * 1000).splitlines()
    assert len(lines) == MOST_PROBLEMS + 1
    assert "yet more faults" in lines[-1]


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("name,cpu,memory\na,1,1Gi\n", True),
        ("cpu_milli\tmemory_mib\n", True),
        ("services: {a: {image: b}}\n", False),
        ("name,colour\na,red\n", False),
        ('"cpu,memory\n', False),
        ("", False),
    ],
)
def test_tables_are_recognised_by_their_header(text: str, table: bool) -> None:
    """A text is a table where its first line has columns for CPU and memory."""
    assert is_table(SourceText("f", text)) == table


@given(st.text(alphabet='ab1,;"\n\r\t .-', max_size=60))
def test_any_text_below_a_header_reads_or_is_refused(text: str) -> None:
    """No content makes the reader fail in another way than by a refusal of one line per fault, each with its line."""
    problems: Sequence[InputProblem] = ()
    applications: Sequence[Application] = ()
    try:
        applications = read("name,cpu,memory\n" + text).applications
    except InputError as error:
        problems = error.problems
    assert problems or applications
    assert all(str(problem).startswith("t.csv:") for problem in problems)
    assert len({a.key for a in applications}) == len(applications)


@given(
    st.lists(
        st.tuples(st.text(alphabet='ab,"\n ', max_size=4), st.integers(0, 9), st.integers(2**20, 2**40)),
        min_size=1,
        max_size=12,
    )
)
def test_no_copy_is_lost(rows: list[tuple[str, int, int]]) -> None:
    """Merging rows changes neither the number of copies nor the sum of what they ask for, however names are quoted."""
    quoted = ['"' + name.replace('"', '""') + f'",{cpu},{memory}' for name, cpu, memory in rows]
    workload = read("name,cpu,memory\n" + "\n".join(quoted) + "\n")
    assert workload.instances == len(rows)
    for resource, total in (("cpu", sum(r[1] * 1000 for r in rows)), ("memory", sum(r[2] for r in rows))):
        assert sum(a.requests[resource] * a.replicas for a in workload.applications) == total


@pytest.mark.skipif(not TRACES.is_dir(), reason="../shared/data/traces is not here")
@pytest.mark.parametrize(
    ("file", "copies"),
    [
        ("openb_pod_list_default.csv.gz", 8152),
        ("openb_pod_list_cpu0.csv.gz", 7064),
        ("openb_pod_list_cpu100.csv.gz", 7853),
        ("openb_pod_list_cpu300.csv.gz", 10094),
        ("openb_pod_list_gpushare40.csv.gz", 8152),
    ],
)
def test_openb_pods_read_as_they_are(file: str, copies: int) -> None:
    """Every pod of the trace is a copy of one of at most a few hundred applications; shares of GPUs are said to be whole."""
    text = read_text(TRACES / "alibaba-openb-2023" / file)
    workload = read_table(text, "openb")
    rows = [line.split(",") for line in text.text.splitlines()[1:]]
    assert workload.instances == copies == len(rows)
    assert len(workload.applications) < 400
    for resource, column, unit in (("cpu", 1, 1), ("memory", 2, MIB), ("gpu", 3, 1)):
        asked = sum(a.requests.get(resource, 0) * a.replicas for a in workload.applications)
        assert asked == sum(int(row[column]) * unit for row in rows)
    shared = sum(row[4] not in ("0", "1000") for row in rows)
    assert f"{shared:,} rows ask for a share" in workload.assumptions[0].source


@pytest.mark.skipif(not TRACES.is_dir(), reason="../shared/data/traces is not here")
def test_memory_without_a_unit_is_refused() -> None:
    """A trace that gives memory in GiB without saying so is not read as bytes."""
    with pytest.raises(InputError, match="name the unit in the header"):
        read_table(read_text(TRACES / "alibaba-dlrm-2025/disaggregated_DLRM_trace.csv.gz"), "dlrm")


def test_limits_are_in_the_unit_that_is_named_for_requests() -> None:
    """A column of limits whose header has no unit is in that of the requests beside it; its own unit, where it has one, is
    kept."""
    named = {"memory": ("memory_request", "gib")}
    for header, limit in (("memory_limit", 3 * GIB), ("memory_limit_mib", 3 * MIB)):
        source = SourceText("t.csv", f"name,cpu,memory_request,{header}\na,1,2,3\n")
        (application,) = read_table(source, "t", named).applications
        assert application.requests["memory"] == 2 * GIB
        assert application.limits["memory"] == limit
