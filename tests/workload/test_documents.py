"""Documents: exact text, places, YAML's and JSON's corners, and everything that is refused."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError, Place
from binpack.workload.documents import Node, SourceText, parse_documents, read_text

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def parse(text: str, name: str = "f.yaml") -> list[Node]:
    return parse_documents(SourceText(name, text))


def refused(text: str, name: str = "f.yaml") -> str:
    with pytest.raises(InputError) as caught:
        parse(text, name)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_scalars_keep_their_text_and_quotes() -> None:
    """A number stays as it is written, and a quoted one is known as text."""
    document = parse('a: 1e3\nb: "1e3"\nc: 0.10\nd: !!str 5\ne: ~\n')[0]
    assert [document.find_text(key) for key in "abcd"] == ["1e3", "1e3", "0.10", "5"]
    assert [value.quoted for _, value in document.items()] == [False, True, False, True, False]
    assert document.plain() == {"a": 1000.0, "b": "1e3", "c": 0.1, "d": "5", "e": None}


def test_places_of_values_and_keys() -> None:
    """Line and column start at 1 and point at the value; a key has a place of its own."""
    document = parse("a:\n  b: [x,\n      yz]\n")[0]
    inner = document.find("a")
    assert inner is not None
    assert str(inner.find_list("b")[1].place) == "f.yaml:3:7"
    assert inner.key_place("b") == Place("f.yaml", 2, 3)


def test_json_places_match_the_text() -> None:
    """Places in JSON are found on demand and point at the first character of each value, and at each key."""
    text = json.dumps({"k": {"a": [1, {"b": "x"}], "c": "d:,"}, "e": None}, indent=1)
    document = parse(text, "f.json")[0]
    lines = text.splitlines()

    def follow(node: Node) -> None:
        place = node.place
        shown = lines[place.line - 1][place.column - 1 :]
        if node.is_mapping:
            assert shown.startswith("{")
            for key, value in node.items():
                at = node.key_place(key)
                assert lines[at.line - 1][at.column - 1 :].startswith(json.dumps(key))
                follow(value)
        elif node.is_list:
            assert shown.startswith("[")
            for value in node.elements():
                follow(value)
        else:
            assert shown.startswith(json.dumps(node.plain()))

    follow(document)


@given(st.dictionaries(st.text(max_size=4), values, max_size=5))
def test_json_values_come_through(value: dict[str, object]) -> None:
    """Plain values of a JSON document are those that the standard library reads."""
    documents = parse(json.dumps(value), "f.json")
    assert [document.plain() for document in documents] == [value]


def test_several_documents_and_empty_ones() -> None:
    """Empty documents are left out; JSON documents may follow one another."""
    assert [d.plain() for d in parse("---\na: 1\n---\n---\n# only words\n---\n- b\n")] == [{"a": 1}, ["b"]]
    assert [d.plain() for d in parse('{"a": 1}\n{"b": [2]} ')] == [{"a": 1}, {"b": [2]}]
    assert parse("# nothing\n") == []


def test_flow_style_yaml_is_not_taken_for_json() -> None:
    """A text that starts with a brace may still be YAML."""
    assert parse("{a: 1, b: [x]}")[0].plain() == {"a": 1, "b": ["x"]}


def test_anchors_aliases_and_merge_keys() -> None:
    """An alias is the value it names; what stands in a mapping wins over what it merges, the first merged over the later."""
    text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], a: 9}\nw: *x\nq: {'<<': 1}\n"
    plain = parse(text)[0].plain()
    assert plain["z"] == {"a": 9, "b": 2, "c": 4}
    assert plain["w"] == {"a": 1, "b": 2}
    assert plain["q"] == {"<<": 1}


def test_billion_laughs_is_refused_before_it_expands() -> None:
    """Aliases of aliases are counted, not expanded: ten levels of ten would not end otherwise."""
    levels = "".join(f"l{k}: &l{k} [{', '.join([f'*l{k - 1}'] * 10)}]\n" for k in range(1, 13))
    assert refused("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n" + levels).startswith("f.yaml:6:")
    merged = "".join(f"m{k}: &m{k} {{a{k}: *l3, <<: *m{k - 1}}}\n" for k in range(1, 2000))
    assert "aliases" in refused("l3: &l3 [" + "x, " * 1000 + "]\nm0: &m0 {a: 1}\n" + merged)


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("a: b: c", "1:5", "broken YAML"), ("a: [1\nb: 2", "2:2", "broken YAML"), ("a:\n\t- b", "2:1", "broken YAML"),
        ("a: 1\na: 2", "2:1", 'key "a" twice'), ('{"a": 1,\n "a": 2}', "2:2", 'key "a" twice'),
        ("? [a]\n: 1", "1:3", "a list as a key"), ("x: &a [*a]", "1:8", "inside its own anchor"),
        ("- *q", "1:3", "alias *q"), ("ä: \x01", "1:4", "control character (0x01)"),
        ("x: {<<: 1}", "1:9", 'found "1"'), ("<<: {a: 1}\n<<: {b: 1}", "2:1", 'key "<<" twice'),
    ],
)  # fmt: skip
def test_faults_of_syntax(text: str, place: str, found: str) -> None:
    """Each fault is one line with file, line, column and what was found."""
    message = refused(text)
    assert message.startswith(f"f.yaml:{place}: ")
    assert found in message


def test_broken_json_and_templates() -> None:
    """A .json file is told what its JSON lacks; a template that was not rendered is told so."""
    assert refused('{"a": 1,\n "b": }', "f.json").startswith("f.json:2:7: found broken JSON")
    assert "helm template" in refused("a: {{ .Values.a }}\n  b: 1")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "[" * 300 + "]" * 300, '[{"a":' * 300 + "1" + "}]" * 300]
)
def test_deep_nesting_is_refused(text: str) -> None:
    """Nesting has a limit, in YAML as in JSON, and no depth exhausts the stack."""
    assert "200 levels" in refused(text)


@pytest.mark.parametrize("text", ["a: 1", '{"a": 1}'])
def test_wrong_shapes_name_their_place(text: str) -> None:
    """Reading a value as what it is not is an error at its place."""
    node = parse(text)[0]
    for read in (lambda: node.text, lambda: node.elements(), lambda: node.find("a", "b"), lambda: node.find_list("a")):
        with pytest.raises(InputError, match=r"^f\.yaml:1:\d: found "):
            read()


@pytest.mark.parametrize("text", ["1.5", '"3"', "x", "1e3", "[1]", "0x10", "٣"])
def test_integers_are_plain_digits(text: str) -> None:
    """A count is written in plain digits, without quotes."""
    node = parse(f"n: {text}")[0].get("n")
    assert node is not None
    with pytest.raises(InputError, match=r"^f\.yaml:1:4: "):
        node.integer()


def write(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def test_gzip_is_known_by_its_bytes_and_byte_order_marks_are_removed(tmp_path: Path) -> None:
    """Suffixes do not matter; UTF-8 and UTF-16 with a byte order mark are text."""
    assert read_text(write(tmp_path / "a.yaml", gzip.compress(b"a: 1"))).text == "a: 1"
    assert read_text(write(tmp_path / "a.gz", b"a: 1")).text == "a: 1"
    assert read_text(write(tmp_path / "b", "a: ä".encode("utf-8-sig"))).text == "a: ä"
    assert read_text(write(tmp_path / "c", "a: ä".encode("utf-16"))).text == "a: ä"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads standard input, gzipped or not."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(b"a: 1"))))
    assert read_text("-") == SourceText("<stdin>", "a: 1")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "an empty file"), (b" \n\n", "an empty file"), (b"\x7fELF\x02\0\0", "1:6: found a binary file"),
        ("a: ä\nb: ".encode() + b"\xff\xfe", "2:4: found a byte that is not UTF-8 (0xff)"),
        (gzip.compress(b"a: 1" * 99, mtime=0)[:-12], "a damaged gzip file"), (b"\x1f\x8bnonsense", "a damaged gzip file"),
    ],
)  # fmt: skip
def test_files_that_are_no_text(tmp_path: Path, data: bytes, message: str) -> None:
    """Empty, binary, wrongly encoded and damaged files are one-line errors."""
    path = write(tmp_path / "f", data)
    with pytest.raises(InputError) as caught:
        read_text(path)
    assert str(caught.value).startswith(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file_directory_and_impossible_path(tmp_path: Path) -> None:
    """What cannot be opened is an error that names the path."""
    for path, found in (
        (tmp_path / "no", "no such file"),
        (tmp_path, "a directory"),
        (f"{tmp_path}/a\0b", "cannot be read"),
    ):
        with pytest.raises(InputError, match=found):
            read_text(path)


def test_the_python_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML lacks its C parser, values, places and errors stay the same."""
    texts = ("a: &x [1, 'é', \"3\"]\nb:\n- *x\n- {<<: {c: ~}, d: 5}\n", "a: \x01", "a: 1\na: 2")

    def outcome(source: str) -> object:
        try:
            return [(d.plain(), [str(v.place) for _, v in d.items()]) for d in parse(source)]
        except InputError as error:
            return str(error)

    expected = [outcome(source) for source in texts]
    monkeypatch.setattr("binpack.workload.yaml_nodes._LOADER", yaml.SafeLoader)
    assert [outcome(source) for source in texts] == expected
