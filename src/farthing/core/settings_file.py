"""A settings file: YAML, read strictly, every value with the line it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from .errors import SettingsError, UnknownSetting, nearest
from .settings_keys import SettingKey, sections, setting_keys

LARGEST_BYTES = 1_000_000
DEEPEST = 10


@dataclass(frozen=True)
class FileValue:
    """A value of a file and its line, counted from 1."""

    value: object
    line: int


def read_settings_file(path: Path) -> dict[str, FileValue]:
    """Dotted key → value of the YAML file at `path`. Relative paths in it are taken from the file's own folder.

    Raises UnknownSetting for a key that no setting has; SettingsError for a file that cannot be read, is no YAML, or has a key twice.
    """
    text = _text(path)
    found: dict[str, FileValue] = {}
    try:
        _refuse_what_settings_need_not(text, path)
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if root is not None:
            _read_section(loader, root, "", path, found)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path}:{line}: not YAML: {error.problem}", expected="YAML", cure="check the indentation and quotes") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: not YAML: {error}", expected="a YAML text in UTF-8") from None
    except ValueError as error:
        raise SettingsError(f"{path}: a value cannot be read: {error}", expected="plain YAML values") from None
    return found


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(
            f"settings file {path} does not exist", expected="a YAML file", cure="check --config and FARTHING_CONFIG"
        ) from None
    except OSError as error:
        raise SettingsError(f"settings file {path} cannot be read: {error.strerror}", expected="a YAML file that may be read") from None
    if len(content) > LARGEST_BYTES:
        raise SettingsError(f"settings file {path} has {len(content):,} bytes", expected=f"at most {LARGEST_BYTES:,}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"settings file {path} is not UTF-8 (byte {error.start})", expected="a YAML text in UTF-8") from None


def _refuse_what_settings_need_not(text: str, path: Path) -> None:
    """Aliases and deep nesting: a few lines of them make a file that takes minutes to read."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise SettingsError(f"{path}:{line}: an alias (*{event.anchor})", expected="values written out", cure="repeat the value")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise SettingsError(f"{path}:{line}: nested more than {DEEPEST} deep", expected="sections, keys and values")


def _read_section(loader: yaml.SafeLoader, node: yaml.Node, section: str, path: Path, found: dict[str, FileValue]) -> None:
    """Walk the mapping `node`, which stands for the dotted `section`, into `found`."""
    names = sections()[section]
    if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null"):
        return  # a section whose every line is commented out
    if not isinstance(node, yaml.MappingNode):
        raise SettingsError(
            f"{path}:{node.start_mark.line + 1}: {section or 'the file'} is no section of settings",
            expected=f"keys {', '.join(names)}",
            cure=f"write {section}: {{{names[0]}: …}}" if section else "write a mapping of sections",
        )
    for name, (key_node, value_node) in _entries(node, path).items():
        key = f"{section}.{name}" if section else name
        if name not in names:
            raise UnknownSetting(
                f"{path}:{key_node.start_mark.line + 1}: no setting is called {key}",
                expected=nearest(name, names),
                cure="rename it or take it out",
            )
        if key in sections():
            _read_section(loader, value_node, key, path, found)
        else:
            found[key] = FileValue(_value(loader, value_node, setting_keys()[key], path), key_node.start_mark.line + 1)


def _entries(node: yaml.MappingNode, path: Path) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Key text → nodes. Keys are taken as written, so that `on` or `1` are no truth and no number."""
    entries: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise SettingsError(f"{path}:{line}: a key that is no text", expected="key: value")
        name = cast(str, key_node.value)
        if name in entries:
            first = entries[name][0].start_mark.line + 1
            raise SettingsError(f"{path}:{line}: {name} is set twice, first in line {first}", expected="each key once", cure="take one out")
        entries[name] = (key_node, value_node)
    return entries


def _value(loader: yaml.SafeLoader, node: yaml.Node, setting: SettingKey, path: Path) -> object:
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_object(value, deep=True) for name, (_, value) in _entries(node, path).items()}
    value: object = loader.construct_object(node, deep=True)
    if setting.takes_path and isinstance(value, str):
        return path.parent / Path(value).expanduser()
    return value
