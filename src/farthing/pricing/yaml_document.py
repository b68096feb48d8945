"""A YAML text as nodes with line numbers: unknown and doubled keys are errors that say where."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import yaml

from farthing.core.errors import BadPriceBook, nearest

NULL_TAG = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Entry:
    """A value of a mapping, the path of keys that leads to it, and its line."""

    path: str
    node: yaml.Node
    line: int


@dataclass(frozen=True)
class Document:
    """A YAML text. `name` leads every message."""

    name: str
    root: Entry

    def error(self, entry: Entry, problem: str, *, expected: str = "", cure: str = "") -> BadPriceBook:
        """A BadPriceBook that says where: file, line and path of keys."""
        place = f"{self.name} line {entry.line}" + (f", {entry.path}" if entry.path else "")
        return BadPriceBook(f"{place}: {problem}", expected=expected, cure=cure)

    def at(self, entry: Entry, error: BadPriceBook) -> BadPriceBook:
        """`error` with the place of `entry` put before it."""
        return self.error(entry, error.problem, expected=error.expected, cure=error.cure)

    def entries(self, entry: Entry, valid: Collection[str] | None = None) -> dict[str, Entry]:
        """The entries of a mapping by key. `valid`: the keys it may have (None: any).

        Raises BadPriceBook when it is no mapping, a key is unknown or stands there twice.
        """
        node = entry.node
        if not isinstance(node, yaml.MappingNode):
            keys = f"keys and values, of {', '.join(valid)}" if valid else "keys and values"
            raise self.error(entry, f"{shown(node)} is not a mapping", expected=keys)
        found: dict[str, Entry] = {}
        for key_node, value in node.value:
            here = Entry(entry.path, key_node, key_node.start_mark.line + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(here, f"{shown(key_node)} cannot be a key", expected="a word before the colon")
            key = str(key_node.value)
            if valid is not None and key not in valid:
                raise self.error(here, f"unknown key {key!r}", expected=nearest(key, valid))
            if key in found:
                raise self.error(here, f"key {key!r} is here twice, first on line {found[key].line}", expected="every key once")
            found[key] = Entry(f"{entry.path}.{key}" if entry.path else key, value, here.line)
        return found

    def items(self, entry: Entry) -> list[Entry]:
        """The items of a list. Raises BadPriceBook when it is none."""
        if not isinstance(entry.node, yaml.SequenceNode):
            raise self.error(entry, f"{shown(entry.node)} is not a list", expected="a list: lines that begin with `- `")
        return [Entry(f"{entry.path}[{i}]", node, node.start_mark.line + 1) for i, node in enumerate(entry.node.value, 1)]

    def text(self, entry: Entry, expected: str) -> str:
        """A scalar as it is written (`true` and `007` stay text). Raises BadPriceBook when it is no scalar, or empty."""
        node = entry.node
        if not isinstance(node, yaml.ScalarNode) or node.tag == NULL_TAG or not str(node.value).strip():
            raise self.error(entry, f"{shown(node)} where a text is needed", expected=expected)
        return str(node.value)

    def texts(self, entry: Entry, expected: str) -> tuple[str, ...]:
        """A scalar or a list of scalars. Raises BadPriceBook when it is neither, or empty."""
        if not isinstance(entry.node, yaml.SequenceNode):
            return (self.text(entry, expected),)
        if not entry.node.value:
            raise self.error(entry, "an empty list, which nothing can hit", expected=expected, cure="name a value, or leave the key out")
        return tuple(self.text(item, expected) for item in self.items(entry))


def shown(node: yaml.Node) -> str:
    """A node for a message: its text, or what it is."""
    if isinstance(node, yaml.ScalarNode):
        return "nothing" if node.tag == NULL_TAG or not str(node.value).strip() else repr(str(node.value)[:80])
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


def read_document(name: str, text: str, expected: str) -> Document:
    """`text` parsed. `expected` says what the file should hold. Raises BadPriceBook when it is not YAML, or empty."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = ", ".join(part for part in (error.context, error.problem) if part)
        raise BadPriceBook(
            f"{name}{place}: not YAML: {problem}", expected=expected, cure="mind indents, colons and quotes near there"
        ) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise BadPriceBook(f"{name}: not YAML: {str(error).splitlines()[0]}", expected=expected) from None
    if node is None:
        raise BadPriceBook(f"{name} is empty", expected=expected)
    return Document(name, Entry("", node, node.start_mark.line + 1))
