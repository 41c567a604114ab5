"""Files with sizes of images: what each tool prints, read alike."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from binpack.errors import InputError
from binpack.workload.image import Image, Images
from binpack.workload.image_files import read_images
from binpack.workload.layer import Layer

AMD64 = {"os": "linux", "architecture": "amd64"}
ARM64 = {"os": "linux", "architecture": "arm64"}
ATTESTATION = {"os": "unknown", "architecture": "unknown"}


def sizes(images: Images) -> dict[str, list[int]]:
    """Name -> sizes of its layers, on its first platform."""
    return {name: [layer.size for layer in platforms[0].layers] for name, platforms in images.items()}


def manifest(*layers: tuple[str, int]) -> dict[str, Any]:
    """An image manifest as OCI has it."""
    return {"schemaVersion": 2, "config": {}, "layers": [{"digest": d, "size": size} for d, size in layers]}


def written(path: Path, content: Any) -> str:
    """Write JSON; its digest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def test_docker_manifest_inspect(tmp_path: Path) -> None:
    """An entry for each platform, by the image's name; attestations are no images. Sizes are those of what is fetched."""
    entries = [
        {
            "Ref": "nginx:1@sha256:1",
            "Descriptor": {"platform": AMD64},
            "SchemaV2Manifest": manifest(("a", 5), ("b", 3)),
        },
        {"Ref": "nginx:1@sha256:2", "Descriptor": {"platform": ARM64}, "OCIManifest": manifest(("c", 4))},
        {"Ref": "nginx:1@sha256:3", "Descriptor": {"platform": ATTESTATION}, "OCIManifest": manifest(("d", 1))},
    ]
    written(tmp_path / "m.json", entries)
    assert read_images(tmp_path / "m.json") == {
        "docker.io/library/nginx:1": (
            Image((Layer("a", 5, 5), Layer("b", 3, 3)), "linux", "amd64"),
            Image((Layer("c", 4, 4),), "linux", "arm64"),
        )
    }


def layout(folder: Path) -> None:
    """An OCI image layout: one image for two platforms, of which one was fetched, and its attestation."""
    blobs = folder / "blobs" / "sha256"
    digest = written(blobs / "x", manifest(("a", 5), ("b", 3)))
    (blobs / "x").rename(blobs / digest.removeprefix("sha256:"))
    inner = {
        "schemaVersion": 2,
        "manifests": [
            {"digest": digest, "platform": AMD64},
            {"digest": "sha256:0", "platform": ARM64},
            {"digest": digest, "platform": ATTESTATION},
        ],
    }
    index = written(blobs / "y", inner)
    (blobs / "y").rename(blobs / index.removeprefix("sha256:"))
    named = {"digest": index, "annotations": {"org.opencontainers.image.ref.name": "shop/web:1"}}
    written(folder / "index.json", {"schemaVersion": 2, "manifests": [named]})


def test_an_oci_layout_as_folder_and_as_files(tmp_path: Path) -> None:
    """From the index through nested ones to manifests, by digest; what was not fetched is left out."""
    layout(tmp_path)
    expected = {"docker.io/shop/web:1": (Image((Layer("a", 5, 5), Layer("b", 3, 3)), "linux", "amd64"),)}
    assert read_images(tmp_path) == expected
    assert read_images(tmp_path / "index.json", *sorted((tmp_path / "blobs" / "sha256").iterdir())) == expected


def test_docker_image_inspect_shares_what_is_an_image_of_its_own(tmp_path: Path) -> None:
    """An image that begins with all layers of another has that one's size and its own rest; else it is one layer."""

    def image(name: str, size: int, *layers: str) -> dict[str, Any]:
        found = {
            "RepoTags": [f"{name}:1", "<none>:<none>"],
            "Size": size,
            "RootFS": {"Type": "layers", "Layers": layers},
        }
        return {**found, "Os": "linux", "Architecture": "amd64"}

    images = [image("base", 80, "a", "b"), image("web", 95, "a", "b", "c"), image("tool", 90, "a", "d")]
    written(tmp_path / "i.json", images)
    found = read_images(tmp_path / "i.json")
    assert sizes(found) == {
        f"docker.io/library/{n}:1": s for n, s in (("base", [80]), ("web", [80, 15]), ("tool", [90]))
    }
    base, web = (found[f"docker.io/library/{name}:1"][0].layers for name in ("base", "web"))
    assert base == web[:1]


def test_runtimes_and_nodes_know_sizes_alone(tmp_path: Path) -> None:
    """Of crictl and of nodes an image is one layer, under each of its names, and the same on every node."""
    written(
        tmp_path / "crictl.json",
        {"images": [{"id": "sha256:1", "repoTags": ["web:1"], "repoDigests": ["web@sha256:9"], "size": "55"}]},
    )
    assert sizes(read_images(tmp_path / "crictl.json")) == {
        "docker.io/library/web:1": [55],
        "docker.io/library/web@sha256:9": [55],
    }
    node = {
        "kind": "Node",
        "status": {
            "nodeInfo": {"operatingSystem": "linux", "architecture": "amd64"},
            "images": [{"names": ["web@sha256:9", "web:1"], "sizeBytes": 55}],
        },
    }
    written(tmp_path / "nodes.json", {"kind": "List", "items": [node, node]})
    found = read_images(tmp_path / "nodes.json")
    [image] = found["docker.io/library/web:1"]
    assert (image.size, image.os, image.arch, image.whole) == (55, "linux", "amd64", True)
    assert found["docker.io/library/web@sha256:9"] == (image,)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"kind": "List", "items": []}, "a mapping"),
        ([{"Id": "x"}], "a list"),
        ({"images": [{"repoTags": ["a"], "size": "much"}]}, "much"),
        (manifest(("a", 1)), "without the name of its image"),
        ({"schemaVersion": 2, "manifests": [{"digest": "sha256:1"}], "layers": []}, None),
        ([{"Ref": "a", "Descriptor": {"platform": AMD64}}], "without its manifest"),
        (
            {"images": {"a": {"size": 1}, "b": {"layers": [{"digest": "x", "size": 1}, {"digest": "x", "size": 2}]}}},
            "x with 1",
        ),
    ],
)
def test_what_is_no_list_of_images_is_refused(tmp_path: Path, content: Any, found: str | None) -> None:
    """With its place, or the layer that has two sizes; an index without any manifest has no images."""
    written(tmp_path / "f.json", content)
    if found is None:
        assert read_images(tmp_path / "f.json") == {}
        return
    with pytest.raises(InputError, match=f"f.json.*{found}"):
        read_images(tmp_path / "f.json")


def test_a_folder_is_a_layout(tmp_path: Path) -> None:
    """Any other folder is refused."""
    with pytest.raises(InputError, match=r"a folder without index\.json"):
        read_images(tmp_path)
