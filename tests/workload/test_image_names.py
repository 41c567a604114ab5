"""Names of images: short and full ones are the same image."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.workload.image_names import names_of

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("reference", "names"),
    [
        ("nginx", ("docker.io/library/nginx:latest",)),
        ("nginx:1.25", ("docker.io/library/nginx:1.25",)),
        ("docker.io/nginx", ("docker.io/library/nginx:latest",)),
        ("index.docker.io/library/nginx:latest", ("docker.io/library/nginx:latest",)),
        ("shop/web:2", ("docker.io/shop/web:2",)),
        ("localhost/web", ("localhost/web:latest",)),
        ("registry:5000/web", ("registry:5000/web:latest",)),
        ("registry.k8s.io/pause:3.9", ("registry.k8s.io/pause:3.9",)),
        (f"quay.io/a/b@{DIGEST}", (f"quay.io/a/b@{DIGEST}",)),
        (f"quay.io/a/b:3@{DIGEST}", (f"quay.io/a/b@{DIGEST}", "quay.io/a/b:3")),
        ("", ()),
    ],
)
def test_full_names(reference: str, names: tuple[str, ...]) -> None:
    """Docker's own registry, ``library`` and ``latest`` are understood; a digest comes before a tag."""
    assert names_of(reference) == names


@given(st.text("ab./:@", max_size=12))
def test_full_names_stay_as_they_are(reference: str) -> None:
    """A full name stands for itself, whatever it was made from."""
    for name in names_of(reference)[:1]:
        if not name.endswith(("/", ":")) and "@" not in reference:
            assert names_of(name)[0] == name
