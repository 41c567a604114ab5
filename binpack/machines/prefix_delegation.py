"""Pods on AWS instances whose network interfaces hold prefixes of addresses instead of single ones."""

from __future__ import annotations

from dataclasses import replace

from binpack.machines.machine_type import MachineType
from binpack.units import THREAD

AWS = "aws"
PER_PREFIX = 16
HOST_NETWORK = 2
"""Pods that take no address of their own, counted by AWS: aws-node and kube-proxy."""
FEW_THREADS = 30
FEW, MANY = 110, 250


def with_prefix_delegation(machine: MachineType) -> MachineType:
    """The machine with the pods that AWS recommends when prefixes are delegated; other providers' as they are.

    Sixteen addresses in the place of each secondary one, and of the pods that gives at most 110 up to 30 threads and 250
    above (awslabs/amazon-eks-ami ``files/max-pods-calculator.sh``, for Nitro instances).
    """
    if machine.provider != AWS or machine.max_pods is None:
        return machine
    addresses = (machine.max_pods - HOST_NETWORK) * PER_PREFIX + HOST_NETWORK
    most = MANY if machine.capacity.get("cpu", 0) > FEW_THREADS * THREAD else FEW
    return replace(machine, max_pods=min(addresses, most))
