"""YAML documents as nodes, composed from the parser's events: depth and aliases are counted before anything expands."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from binpack.errors import InputError, Place, input_error
from binpack.workload.node import DEEPEST, Content, Node
from binpack.workload.source_text import SourceText

LARGEST_EXPANSION = 1_000_000  # nodes that the aliases of one file may stand for ("billion laughs")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is about ten times as fast
_MERGE = "<<"


class YamlNode(Node):
    """A node of a YAML document. ``size`` counts the nodes it stands for with its aliases expanded."""

    __slots__ = ("_column", "_content", "_file", "_keys", "_line", "_merged", "closed", "size")

    def __init__(self, file: str, event: yaml.NodeEvent, content: Content, quoted: bool = False) -> None:
        self._file = file
        mark = event.start_mark
        assert mark is not None  # parsed events carry marks; only events made by hand do without
        self._line, self._column = mark.line + 1, mark.column + 1
        self._content = content
        self._keys: dict[str, Place] = {}
        self._merged: Node | None = None  # the value of a plain <<
        self.quoted = quoted
        self.tag = getattr(event, "tag", None) or ""
        self.closed = isinstance(content, str)
        self.size = 1

    @property
    def content(self) -> Content:
        return self._content

    @property
    def place(self) -> Place:
        return Place(self._file, self._line, self._column)

    def key_place(self, key: str) -> Place:
        return self._keys.get(key, self.place)

    def add(self, key: YamlNode, value: Node) -> None:
        """Take in an entry of a mapping. A key may stand only once."""
        entries = self._content
        assert isinstance(entries, dict)
        name = key.text
        if name in self._keys:
            first = self._keys[name].line
            raise key.error(f'key "{name}" twice in one mapping (first in line {first})', "each key once", "remove one")
        self._keys[name] = key.place
        if name == _MERGE and not key.quoted:
            self._merged = value
        else:
            entries[name] = value

    def merge(self) -> None:
        """Take in the entries that a plain ``<<`` names, once all others are there: what the mapping itself says wins."""
        entries, value = self._content, self._merged
        if value is None:
            return
        assert isinstance(entries, dict)
        for source in value.elements() if value.is_list else (value,):
            for name, entry in source.items():
                if name not in entries:
                    entries[name] = entry
                    self._keys[name] = source.key_place(name)


class _Composer:
    """Builds the nodes of one file from events, without recursion."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.file = source.name
        self.anchors: dict[str, YamlNode] = {}
        self.expanded = 0
        self.documents: list[Node] = []
        self.open: list[YamlNode] = []
        self.pending: list[YamlNode | None] = []  # for each open mapping the key that waits for its value

    def compose(self, events: Iterator[yaml.Event]) -> list[Node]:
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._take(self._scalar(event), event)
            elif isinstance(event, yaml.MappingStartEvent):
                self._start(YamlNode(self.file, event, {}), event)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._start(YamlNode(self.file, event, []), event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end()
            elif isinstance(event, yaml.AliasEvent):
                self._take(self._alias(event), event)
            elif isinstance(event, yaml.DocumentStartEvent):
                self.anchors = {}
        return [node for node in self.documents if not node.is_null]

    def _scalar(self, event: yaml.ScalarEvent) -> YamlNode:
        quoted = bool(event.style) or event.tag == "tag:yaml.org,2002:str"
        return YamlNode(self.file, event, event.value, quoted)

    def _start(self, node: YamlNode, event: yaml.NodeEvent) -> None:
        if len(self.open) >= DEEPEST:
            raise node.error(f"more than {DEEPEST} levels of nesting", "a flatter file")
        self._take(node, event)
        self.open.append(node)
        self.pending.append(None)

    def _take(self, node: YamlNode, event: yaml.NodeEvent) -> None:
        """Put a node where it belongs: into the open list, as key or value into the open mapping, or as a document."""
        if event.anchor and not isinstance(event, yaml.AliasEvent):
            self.anchors[event.anchor] = node
        if not self.open:
            self.documents.append(node)
            return
        parent = self.open[-1]
        if isinstance(parent.content, list):
            parent.content.append(node)
        elif self.pending[-1] is None:
            if not node.is_scalar:
                raise node.error(node.describe() + " as a key", "a single value as key", _advice(self.source))
            self.pending[-1] = node
            return
        else:
            key, self.pending[-1] = self.pending[-1], None
            parent.add(key, node)
        if node.closed:
            parent.size += node.size

    def _end(self) -> None:
        node = self.open.pop()
        self.pending.pop()
        node.closed = True
        node.merge()
        if self.open:
            self.open[-1].size += node.size

    def _alias(self, event: yaml.AliasEvent) -> YamlNode:
        place = YamlNode(self.file, event, "").place
        target = self.anchors.get(event.anchor or "")
        if target is None:
            raise input_error(place, f"alias *{event.anchor}", f"an anchor &{event.anchor} before it")
        if not target.closed:
            raise input_error(
                place, f"alias *{event.anchor} inside its own anchor", "an alias outside of what it names"
            )
        self.expanded += target.size
        if self.expanded > LARGEST_EXPANSION:
            raise input_error(place, f"aliases that stand for more than {LARGEST_EXPANSION:,} values", "fewer aliases")
        return target


def parse_yaml(source: SourceText) -> list[Node]:
    """All documents of a YAML text that hold something. InputError with line and column for a fault of syntax."""
    try:
        return _Composer(source).compose(yaml.parse(source.text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(source, error) from None
    except yaml.reader.ReaderError as error:
        raise _character_error(source, error) from None


def _syntax_error(source: SourceText, error: yaml.MarkedYAMLError) -> InputError:
    mark = error.problem_mark or error.context_mark
    place = Place(source.name, mark.line + 1, mark.column + 1) if mark else Place(source.name)
    problem = (error.problem or "a fault of syntax").replace("\n", " ")
    context = f" {error.context}" if error.context else ""
    return input_error(place, f"broken YAML ({problem}{context})", "valid YAML", _advice(source))


def _advice(source: SourceText) -> str:
    return "render the templates first (helm template)" if "{{" in source.text else ""


def _character_error(source: SourceText, error: yaml.reader.ReaderError) -> InputError:
    """A character that YAML does not allow. The C parser counts its position in bytes, the Python one in characters."""
    offset, code = error.position, error.character
    if isinstance(code, int):
        offset = len(source.text.encode()[:offset].decode(errors="ignore"))
    else:
        code = ord(code)
    return input_error(source.place_of(offset), f"a control character (0x{code:02x})", "YAML text")
