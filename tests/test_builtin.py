"""Built-in data sets by name, and what is said of a manifest that is not as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.builtin import read_manifest, resolve
from binpack.errors import InputError


def test_existing_file_wins_over_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file called like a data set is the file; otherwise the name gives the data set's files."""
    assert resolve("bpp_classes")[0].name == "bpp_classes.jsonl"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bpp_classes").write_text("x")
    assert resolve("bpp_classes") == (Path("bpp_classes"),)
    assert resolve("-") == (Path("-"),)


def test_manifest_faults_are_all_named(tmp_path: Path) -> None:
    """Every missing field of a manifest is a line of its own."""
    path = tmp_path / "manifest.toml"
    path.write_text('title = "x"\nkind = "workload"\n')
    with pytest.raises(InputError) as caught:
        read_manifest(path)
    text = str(caught.value)
    assert [key for key in ("source", "licence", "units", "files", "sha256", "title") if f"'{key}'" in text] == [
        "source",
        "licence",
        "units",
        "files",
        "sha256",
    ]


def test_unknown_kind(tmp_path: Path) -> None:
    """A kind outside the list is refused with the list."""
    path = tmp_path / "manifest.toml"
    path.write_text('title="x"\nkind="zoo"\nfiles=["a"]\nsource="s"\nlicence="l"\nunits="u"\n[sha256]\na="0"\n')
    with pytest.raises(InputError, match="'zoo'; expected workload or nodes or instances"):
        read_manifest(path)
