"""Kernel families and processor architectures by the names that people and formats give them."""

from __future__ import annotations

from binpack.workload.application import LINUX, WINDOWS

_LINUX = (
    "linux",
    "ubuntu",
    "debian",
    "rhel",
    "red hat",
    "centos",
    "rocky",
    "alma",
    "suse",
    "alpine",
    "fedora",
    "amazon",
)
_ARCHITECTURES = {"amd64": "amd64", "x86_64": "amd64", "x86-64": "amd64", "arm64": "arm64", "aarch64": "arm64"}


def os_family(text: str) -> str | None:
    """``linux`` or ``windows`` for a system's name (``Windows Server 2022``); None if it is neither."""
    plain = text.strip().lower()
    if plain.startswith("win"):
        return WINDOWS
    return LINUX if plain.startswith(_LINUX) else None


def architecture(text: str) -> str | None:
    """The name that machines use (``amd64``, ``arm64``); None if it is no known one."""
    return _ARCHITECTURES.get(text.strip().lower())
