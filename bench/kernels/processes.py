"""Measurements as processes of their own, one after the other, each with a time limit.

This side stays small and imports no solver: a process starts with the peak memory of the one that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def lines_of(module: str, arguments: Sequence[object], timeout: float) -> tuple[list[dict[str, Any]], str]:
    """The JSON lines that ``python -m module`` printed, those before a time-out or crash too; then why it ended, or ''."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    try:
        done = subprocess.run(command, env=_environment(), capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired as expired:
        printed = (expired.stdout or b"").decode()
        return _whole_lines(printed), f"no answer after {timeout:g} s"
    fault = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1] if done.returncode else ""
    return _whole_lines(done.stdout), fault


def compile_seconds(timeout: float) -> float | None:
    """CPU seconds of compiling the kernels of heuristics with an empty cache, importing not counted; None if it failed."""
    code = (
        "from time import process_time; from bench.kernels.runners import load; "
        "started = process_time(); load(); print(process_time() - started)"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment() | {"NUMBA_CACHE_DIR": folder}
        command = [sys.executable, "-c", code]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            return None
    return None if done.returncode else float(done.stdout)


def _environment() -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / "solvers"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | dict.fromkeys(THREADS, "1")


def _whole_lines(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.split("\n")[:-1]]
