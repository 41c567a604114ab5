"""Compose's ``include``: other files of the same disk whose services run as well (Compose specification, "Include")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from pathlib import Path

from binpack.errors import InputError, input_error
from binpack.workload.compose_extends import merged
from binpack.workload.documents import parse_documents, read_text
from binpack.workload.node import Node

Text = Callable[[Node], str]
_REMOTE = ("://", "git@", "oci:")


def included(document: Node, text: Text, seen: frozenset[Path] = frozenset()) -> tuple[list[Node], list[str]]:
    """The Compose documents that one includes, those that they include among them, and what is not read, with the reason.

    A list of paths is one document, the later files over the earlier. seen : files that are read already, and not again.
    """
    folder = Path(document.place.file).parent
    seen |= {Path(document.place.file).resolve()}
    documents: list[Node] = []
    left_out: list[str] = []
    for names in _entries(document, text):
        if remote := [name for name in names if any(mark in name for mark in _REMOTE)]:
            left_out += [f"{name} (not on this disk)" for name in remote]
            continue
        paths = {(folder / name).resolve(): folder / name for name in names}
        if seen.issuperset(paths):
            continue
        seen |= set(paths)
        try:
            first, *later = map(_compose_document, paths.values())
        except InputError as error:
            left_out.append(f"{', '.join(names)} ({error.problems[0].found})")
            continue
        whole = reduce(lambda below, above: merged(above, below), later, first)
        inner, lost = included(whole, text, seen)
        documents += [whole, *inner]
        left_out += lost
        seen |= {Path(found.place.file).resolve() for found in inner}
    return documents, list(dict.fromkeys(left_out))


def included_files(document: Node) -> set[Path]:
    """The files that a document includes, directly or through others; names with variables are not resolved."""
    names: set[Path] = set()
    for inner in (document, *included(document, lambda node: node.text)[0]):
        folder = Path(inner.place.file).parent
        names |= {(folder / name).resolve() for entry in _entries(inner, lambda node: node.text) for name in entry}
    return names


def _entries(document: Node, text: Text) -> Iterator[list[str]]:
    """The paths of each entry: a name, ``path: NAME`` or ``path: [NAME, ...]``."""
    include = document.find("include")
    if include is None:
        return
    for entry in include.elements() if include.is_list else (include,):
        path = entry.find("path") if entry.is_mapping else entry
        if path is None:
            raise entry.error("an include without a path", "path: FILE")
        nodes: Sequence[Node] = path.elements() if path.is_list else (path,)
        yield [text(node) for node in nodes]


def _compose_document(path: Path) -> Node:
    """The first document of a file that has services or includes others."""
    for document in parse_documents(read_text(path)):
        if document.is_mapping and (document.find("services") or document.find("include")) is not None:
            return document
    raise input_error(str(path), "no services", "a Compose file")
