"""Images: which layers an application has, and what is said where sizes are not known."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.units import MIB
from binpack.workload.application import Application, Component, Container
from binpack.workload.image import Image, merged
from binpack.workload.layer import Layer, distinct
from binpack.workload.monolith import as_monolith, as_parts
from binpack.workload.native_writer import to_yaml
from binpack.workload.reading import read
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

BASE, WEB, DATABASE = Layer("base", 80 * MIB, 30 * MIB), Layer("web", 5 * MIB), Layer("database", 60 * MIB)
IMAGES = {
    "docker.io/library/web:latest": (Image((BASE, WEB)),),
    "docker.io/library/database:latest": (Image((BASE, DATABASE), "linux", "amd64"),),
}


def app(name: str, *images: str, **fields: object) -> Application:
    """An application of so many containers."""
    return Application(name, containers=tuple(Container(i, i) for i in images), **fields)  # type: ignore[arg-type]


def layers(*applications: Application) -> list[tuple[Layer, ...]]:
    """What sizing finds of each."""
    return [a.layers for a in size_workload(Workload("w", applications, images=IMAGES)).applications]


def test_an_application_has_the_layers_of_all_its_containers() -> None:
    """Each once; a container of unknown image adds none, and a declared size stands in only where no image is known."""
    one, both, unknown, declared = layers(
        app("a", "web"),
        app("b", "web", "database:latest", "other"),
        app("c", "other"),
        app("d", "other", image_bytes=7),
    )
    assert (one, both, unknown) == ((BASE, WEB), (BASE, WEB, DATABASE), ())
    assert [layer.size for layer in declared] == [7]


def test_an_image_is_that_of_the_platform() -> None:
    """An image for one platform is not taken for another."""
    assert layers(app("a", "database", arch="arm64"), app("b", "database", os="windows")) == [(), ()]


def test_parts_have_their_own_images_and_a_monolith_has_all() -> None:
    """A component's image is looked up; what is joined needs the layers of all members, each once."""
    whole = app("shop", components=(Component("x", image="web"), Component("y", image="database")))
    workload = size_workload(Workload("w", (whole, app("a", "web"), app("b", "database")), images=IMAGES))
    assert [p.layers for p in as_parts(workload).applications[:2]] == [(BASE, WEB), (BASE, DATABASE)]
    assert as_monolith(workload).applications[0].layers == (BASE, WEB, DATABASE)


def test_unknown_images_are_named() -> None:
    """Where some sizes are known, the others are counted and named; where none are, nobody asked."""
    some = size_workload(Workload("w", (app("a", "web"), app("b", "other"), app("c", "other", "more")), images=IMAGES))
    assert "2 images have no known size and take no disk here: other, more" in some.notes
    assert (
        size_workload(Workload("w", (app("b", "other"),), images=IMAGES)).notes
        == size_workload(Workload("w", (app("b", "other"),))).notes
    )


def test_the_richer_of_two_sources_counts() -> None:
    """Layers say more than a size, and of two sizes the larger counts."""
    small, large = (Image((Layer(f"all {size}", size),), whole=True) for size in (5, 9))
    layered = Image((BASE,))
    assert merged([{"x": (small,)}, {"x": (large,)}])["x"] == (large,)
    assert merged([{"x": (large,)}, {"x": (layered,)}, {"x": (small,)}])["x"] == (layered,)
    assert len(merged([{"x": (layered,)}, {"x": (Image((BASE,), arch="arm64"),)}])["x"]) == 2


layer = st.builds(Layer, st.sampled_from("abc"), st.just(3), st.none() | st.just(2))
platform = st.builds(
    Image, st.lists(layer, max_size=3).map(tuple), st.none() | st.just("linux"), st.just("amd64"), st.booleans()
)


@given(st.lists(layer, max_size=8))
def test_each_digest_counts_once(found: list[Layer]) -> None:
    """As many layers as digests, in order of first mention."""
    assert [one.digest for one in distinct(found)] == list(dict.fromkeys(one.digest for one in found))


@given(images=st.dictionaries(st.sampled_from(["docker.io/a/b:1", "quay.io/c:2"]), st.tuples(platform), max_size=2))
def test_images_are_written_as_they_are_read(tmp_path_factory: pytest.TempPathFactory, images: dict) -> None:
    """Through a file and back, with the applications that use them."""
    file = tmp_path_factory.mktemp("images") / "w.yaml"
    file.write_text(to_yaml(Workload("w", (Application("a"),), images=images)))
    assert read(file).images == images


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("web: {}", "neither layers nor a size"),
        ("web: {size: 1 MB, layers: []}", "both layers and a size"),
        ("web: {layers: [{size: 1 MB}]}", "a layer without a digest"),
        ("web: {layers: [{digest: a}]}", "a layer without a size"),
        ("web: {size: big}", "big"),
        ("web: {bytes: 5}", "the key 'bytes'"),
        ("{web: {size: 1}, 'web:latest': {size: 1}}", "'web:latest' again"),
    ],
)
def test_mistakes_in_images_are_named(tmp_path: Path, text: str, found: str) -> None:
    """Where, and what was expected."""
    file = tmp_path / "w.yaml"
    body = text if text.startswith("{") else f"\n  {text}"
    file.write_text(f"applications: [{{name: a}}]\nimages: {body}\n")
    with pytest.raises(InputError, match=f"w.yaml:[0-9]+:[0-9]+: .*{found}"):
        read(file)
