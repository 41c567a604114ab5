"""What is cached of a kernel counts only as long as no file of kernels has changed, as one is compiled into another."""

from __future__ import annotations

from pathlib import Path

from binpack_solvers import jit
from binpack_solvers.kernels.greedy import first_fit
from binpack_solvers.kernels.groups import place_copies


def test_every_kernel_of_groups_is_as_old_as_all_files_together():
    """The stamp that numba holds the cache against names each file of the folder, for kernels and what they call."""
    names = {file.name for file in (Path(jit.__file__).parent / "kernels").glob("*.py")}
    for compiled in (first_fit, place_copies):
        assert {name for name, *_ in compiled._cache._cache_file._source_stamp} == names


def test_a_change_in_any_file_makes_another_stamp(tmp_path):
    """A file that is written anew, or one more, changes the stamp; reading it again does not."""
    (tmp_path / "a.py").write_text("one = 1\n")
    before = jit._stamp(tmp_path)
    assert jit._stamp(tmp_path) == before
    (tmp_path / "a.py").write_text("one = 11\n")
    changed = jit._stamp(tmp_path)
    (tmp_path / "b.py").write_text("")
    assert len({before, changed, jit._stamp(tmp_path)}) == 3
