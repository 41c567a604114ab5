"""Settings for every test: how hypothesis searches, how wide a terminal is, and who compiles what."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# A loaded machine is slow to draw; that says nothing about the code under test.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples on every run: a red build can be run again elsewhere, and a green one stays green.
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
# What is printed is wrapped alike in every process, whatever its standard output is.
os.environ["COLUMNS"] = "100"


MANY = 1000
"""Tests from which on all kernels are needed, in every process."""


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """The processes of a large run compile each kernel once between them, before their first tests need them all."""
    worker = getattr(session.config, "workerinput", None)
    if worker is not None and len(session.items) >= MANY:
        from compiling import compile_share

        compile_share(int(worker["workerid"].removeprefix("gw")), worker["workercount"])
