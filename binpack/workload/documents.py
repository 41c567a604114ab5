"""Documents: the YAML and JSON of an input as nodes with exact text and place; what every reader of a format starts from.

source = read_text("shop.yaml.gz")        # or "-" for standard input
for document in parse_documents(source):
    document.find_text("metadata", "name")
"""

from __future__ import annotations

import json

from binpack.errors import Place, input_error
from binpack.workload.json_nodes import DuplicateKeyError, parse_json
from binpack.workload.node import DEEPEST, Node
from binpack.workload.source_text import SourceText, read_text
from binpack.workload.yaml_nodes import parse_yaml

__all__ = ["Node", "SourceText", "parse_documents", "read_text"]


def parse_documents(source: SourceText) -> list[Node]:
    """All documents of a text that are not empty; nodes of JSON or YAML alike.

    Text that starts with a brace or a bracket is tried as JSON first. If it is none it may still be YAML in flow style.
    InputError with ``file:line:column`` for faults of syntax, keys that stand twice, nesting deeper than 200 levels and
    aliases that would expand to more than a million values.
    """
    if source.text.lstrip()[:1] not in ("{", "["):
        return parse_yaml(source)
    try:
        return list(parse_json(source))
    except DuplicateKeyError:
        return parse_yaml(source)  # which names the place
    except RecursionError:
        raise input_error(source.name, f"more than {DEEPEST} levels of nesting", "a flatter file") from None
    except json.JSONDecodeError as error:
        if source.name.endswith((".json", ".json.gz")):
            place = Place(source.name, error.lineno, error.colno)
            raise input_error(place, f"broken JSON ({error.msg})", "valid JSON") from None
        return parse_yaml(source)
