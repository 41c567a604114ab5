"""Compose's ``extends``: a service that takes over what another one says, of the same file or of another."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from binpack.errors import InputError, Place
from binpack.workload.documents import parse_documents, read_text
from binpack.workload.node import Content, Node

Text = Callable[[Node], str]
DEEPEST = 30  # services that extend one another


class MergedNode(Node):
    """A service, or a part of one, with what it takes over from the service that it extends."""

    __slots__ = ("_base", "_content", "_own")

    def __init__(self, own: Node, base: Node, content: Content) -> None:
        self._own, self._base, self._content = own, base, content
        self.quoted, self.tag = own.quoted, own.tag

    @property
    def content(self) -> Content:
        return self._content

    @property
    def place(self) -> Place:
        return self._own.place

    def key_place(self, key: str) -> Place:
        own = self._own.get(key)
        return (self._base if own is None else self._own).key_place(key)


def extended(name: str, services: Node, text: Text, depth: int = 0) -> Node:
    """The service ``name``, merged with what it extends. InputError for a service or file that is not there."""
    node = services.find(name)
    if node is None:
        near = difflib.get_close_matches(name, [key for key, _ in services.items()], 1)
        fix = f"did you mean {near[0]!r}?" if near else ""
        raise services.error(f"no service {name!r}", "the service that another one extends", fix)
    extends = node.find("extends") if node.is_mapping else None
    if extends is None:
        return node
    if depth >= DEEPEST:
        raise extends.error("services that extend one another in a ring", "an end to it")
    if extends.is_scalar:
        return merged(node, extended(text(extends), services, text, depth + 1))
    other = extends.find("service")
    if other is None:
        raise extends.error("extends without a service", "service: NAME")
    file = extends.find("file")
    if file is not None:
        services = _services_of(file, text(file))
    return merged(node, extended(text(other), services, text, depth + 1))


def _services_of(file: Node, name: str) -> Node:
    """The services of the file that a service extends, looked for beside the file that says so."""
    path = Path(file.place.file).parent / name
    try:
        documents = parse_documents(read_text(path))
    except InputError as error:
        raise file.error(f"extends {name}, which does not read ({error.problems[0]})", "a Compose file") from None
    for document in documents:
        services = document.find("services") if document.is_mapping else None
        if services is not None:
            return services
    raise file.error(f"extends {name}, which has no services", "a Compose file")


def merged(own: Node, base: Node) -> Node:
    """What ``own`` says, over what ``base`` says: mappings key by key, lists one after the other, else its own value.

    ``!reset`` removes and ``!override`` replaces what the base says (Compose specification, "Merge").
    """
    if own.tag in ("!reset", "!override") or own.is_null:
        return base if own.is_null and own.tag != "!reset" else own
    if own.is_mapping and base.is_mapping:
        entries = dict(base.items())
        for key, value in own.items():
            if value.tag == "!reset":
                entries.pop(key, None)
            else:
                entries[key] = merged(value, entries[key]) if key in entries else value
        return MergedNode(own, base, entries)
    if own.is_list and base.is_list:
        return MergedNode(own, base, [*base.elements(), *own.elements()])
    return own
