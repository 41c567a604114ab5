"""Starting is cheap: what only lists things loads no solver."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import sys
from binpack.cli.main import main
try:
    main({arguments!r})
except SystemExit:
    pass
print([name for name in {forbidden!r} if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (["--help"], ["numba", "ortools", "numpy", "rich", "yaml", "binpack.cli.eras", "dataclasses", "json"]),
        ([], ["numba", "ortools", "numpy"]),
        (["eras", "--help"], ["numba", "ortools", "numpy", "binpack.cli.solve", "dataclasses", "fractions", "json"]),
        (["solve", "--help"], ["numba", "ortools", "numpy"]),
        (["eras"], ["ortools", "highspy", "binpack_solvers.column_generation.exact"]),
        (["datasets"], ["numba", "ortools"]),
        (["machines"], ["numba", "ortools"]),
    ],
)
def test_light_commands(arguments: list[str], forbidden: list[str]) -> None:
    """The command runs without any of the heavy modules."""
    code = CODE.format(arguments=arguments, forbidden=forbidden)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout
    assert done.stderr.splitlines()[-1] == "[]"
