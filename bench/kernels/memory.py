"""Peak memory of one runner on the last rung of a case, in a process of its own: a line of JSON on standard output.

``loaded_mib`` is the peak with the kernels loaded and the arrays made, before the run; see ``bench/copies``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.copies.measure import peak_mib
from bench.kernels.cases import cases
from bench.kernels.runners import load, runners


def memory(case: str, method: str, scale: float, name: str, rung: int, library: Path | None) -> dict[str, int]:
    """MiB before and after the run of the runner ``name`` on a rung."""
    shape = cases(scale)[case].rungs[rung]
    load()
    sizes, demands = shape.arrays()
    loaded = peak_mib()
    runners(method, shape.resources, library)[name](shape, sizes, demands)
    return {"loaded_mib": loaded, "peak_mib": peak_mib()}


if __name__ == "__main__":
    case, method, scale, name, rung, *library = sys.argv[1:]
    print(json.dumps(memory(case, method, float(scale), name, int(rung), Path(library[0]) if library else None)))
