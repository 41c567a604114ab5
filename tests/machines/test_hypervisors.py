"""What hypervisors take, against the sources' own examples and rules."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.machines.hypervisors import HYPERVISORS, host_memory, vm_memory
from binpack.machines.overheads import LEVELS, load_overheads
from binpack.units import GIB, MIB

NAMES = st.sampled_from(sorted(HYPERVISORS))
SIZES = st.one_of(*(st.integers(0, most * GIB) for most in (2, 20, 2000)))
VCPUS = st.integers(1, 128)


@pytest.mark.parametrize(
    ("hypervisor", "memory", "vcpus", "expected"),
    [
        ("kvm", 10 * GIB, 4, -(-10 * GIB // 500) + (218 + 4 * 8) * MIB),  # 0.002 x + 218 MiB + 8 MiB a vCPU
        ("hyperv", GIB // 2, 2, 32 * MIB),  # the first GB
        ("hyperv", 8 * GIB, 4, (32 + 7 * 8) * MIB),  # and 8 MB for each further one
        ("xen", 4 * GIB, 2, 4 * (256 * 2 + 2 * 4096) * 1024),  # libxl: KiB of 256 pages a vCPU, 2 a MiB
        ("esxi", 4 * GIB, 2, -(-5272 * MIB // 100)),  # an entry of the table
        ("esxi", 256 * MIB, 8, -(-4816 * MIB // 100)),
    ],
)
def test_formulas_of_the_sources(hypervisor: str, memory: int, vcpus: int, expected: int) -> None:
    """Each formula, computed by hand, rounded up to a byte."""
    assert vm_memory(hypervisor, memory, vcpus, load_overheads()) == expected


def test_xens_control_domain_grows_to_a_limit() -> None:
    """1 GiB and 5 % of the host, 8 GiB at most, and 128 MiB for Xen itself."""
    overheads = load_overheads()
    assert host_memory("xen", 64 * GIB, overheads) == 1152 * MIB + -(-64 * GIB // 20)
    assert host_memory("xen", 1024 * GIB, overheads) == (8 * 1024 + 128) * MIB


def test_other_hypervisors_take_the_same_on_any_host() -> None:
    """KVM, ESXi and Hyper-V have a fixed share."""
    overheads = load_overheads()
    for name in ("kvm", "esxi", "hyperv"):
        assert host_memory(name, 4 * GIB, overheads) == host_memory(name, 1024 * GIB, overheads) > 0


@settings(max_examples=500)
@given(NAMES, SIZES, SIZES, VCPUS, VCPUS)
def test_one_vm_takes_no_more_than_two_as_large(name: str, a: int, b: int, p: int, q: int) -> None:
    """Subadditive in memory and vCPUs together, which the bound of nested eras rests on."""
    overheads = load_overheads()
    together = vm_memory(name, a + b, p + q, overheads)
    assert together <= vm_memory(name, a, p, overheads) + vm_memory(name, b, q, overheads)


@given(NAMES, SIZES, SIZES, VCPUS, VCPUS)
def test_a_larger_vm_takes_no_less(name: str, a: int, b: int, p: int, q: int) -> None:
    """More memory and more vCPUs never take less of the host."""
    overheads = load_overheads()
    small = vm_memory(name, min(a, b), min(p, q), overheads)
    assert small <= vm_memory(name, max(a, b), max(p, q), overheads)


@given(NAMES, SIZES, VCPUS)
def test_levels_are_in_order(name: str, memory: int, vcpus: int) -> None:
    """Low overheads take no more than typical ones, and those no more than high ones."""
    loaded = [load_overheads({}, level) for level in LEVELS]
    for amounts in (
        [host_memory(name, memory, o) for o in loaded],
        [vm_memory(name, memory, vcpus, o) for o in loaded],
    ):
        assert amounts == sorted(amounts)


@given(st.integers(256, 16_384), st.integers(1, 8))
def test_esxi_is_on_the_line_between_its_entries(mib: int, vcpus: int) -> None:
    """Never below the line, and less than a hundredth of a MiB above it."""
    table = {256: 4816, 1024: 5382, 4096: 7678, 16_384: 16_860}
    sizes = sorted(table)
    low, high = next((a, b) for a, b in pairwise(sizes) if mib <= b)
    line = table[low] + Fraction(table[high] - table[low], high - low) * (mib - low)
    found = Fraction(vm_memory("esxi", mib * MIB, 8, load_overheads()) * 100, MIB)
    assert line <= found < line + 2
    assert vm_memory("esxi", mib * MIB, vcpus, load_overheads()) * 100 <= found * MIB
