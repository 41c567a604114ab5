"""Settings for every test: how hypothesis searches, and how wide a terminal is."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A loaded machine is slow to draw; that says nothing about the code under test.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples on every run: a red build can be run again elsewhere, and a green one stays green.
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
# What is printed is wrapped alike in every process, whatever its standard output is.
os.environ["COLUMNS"] = "100"
