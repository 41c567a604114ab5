"""Where the built-in data is: the one place that knows."""

from __future__ import annotations

from pathlib import Path


def datasets_path() -> Path:
    """The folder of built-in data sets: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent
    for folder in (package / "datasets", package.parent / "datasets"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"no datasets folder in {package} or beside it: the installation is incomplete")
