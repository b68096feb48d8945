"""Every setting as one row: dotted key, environment variable, what is valid, default, meaning. Read from the tree of `settings.py`."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from .settings import MASK, Sensitive, Settings, mask

ENVIRONMENT_PREFIX = "FARTHING_"


@dataclass(frozen=True)
class SettingKey:
    """One setting. `valid` says in words what it takes; `default` is written as in YAML."""

    key: str
    environment: str
    valid: str
    default: str
    doc: str
    sensitive: bool
    annotation: Any

    @property
    def takes_text(self) -> bool:
        return str in _alternatives(self.annotation) or SecretStr in _alternatives(self.annotation)

    @property
    def takes_truth(self) -> bool:
        return bool in _alternatives(self.annotation)

    @property
    def takes_path(self) -> bool:
        return Path in _alternatives(self.annotation)

    @property
    def takes_names(self) -> bool:
        return get_origin(self.annotation) is dict

    def show(self, value: object) -> str:
        """`value` as a person may see it: secrets masked."""
        if self.sensitive and not self.takes_names and isinstance(value, dict | list):
            return MASK
        return str(mask(_written(mask(value, secret=self.sensitive)), secret=False))


@cache
def setting_keys() -> dict[str, SettingKey]:
    """Dotted key → setting, in the order of the tree."""
    return {row.key: row for row in _walk(Settings, ())}


@cache
def sections() -> dict[str, tuple[str, ...]]:
    """Dotted section ("" for the root) → the names that stand in it."""
    names: dict[str, list[str]] = {}
    for key in setting_keys():
        parts = key.split(".")
        for depth, part in enumerate(parts):
            siblings = names.setdefault(".".join(parts[:depth]), [])
            if part not in siblings:
                siblings.append(part)
    return {section: tuple(members) for section, members in names.items()}


def settings_reference() -> tuple[SettingKey, ...]:
    """All settings for the reference page, in the order of the tree."""
    return tuple(setting_keys().values())


def value_at(settings: Settings, key: str) -> object:
    """The value of the dotted `key`."""
    found: object = settings
    for part in key.split("."):
        found = getattr(found, part)
    return found


def _walk(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[SettingKey]:
    for name, field in model.model_fields.items():
        path = (*above, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _walk(field.annotation, path)
            continue
        default = field.get_default(call_default_factory=True)
        yield SettingKey(
            key=".".join(path),
            environment=ENVIRONMENT_PREFIX + "__".join(path).upper(),
            valid=_valid(field),
            default=_written(default),
            doc=field.description or "",
            sensitive=any(isinstance(m, Sensitive) for m in field.metadata) or SecretStr in _alternatives(field.annotation),
            annotation=field.annotation,
        )


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


_WORDS: dict[Any, str] = {
    str: "text",
    SecretStr: "text (secret)",
    bool: "true or false",
    int: "whole number",
    float: "number",
    Path: "path",
}


def _valid(field: FieldInfo) -> str:
    words = [_word(a) for a in _alternatives(field.annotation) if a is not type(None)]
    return " or ".join(words) + "".join(_bound(m) for m in field.metadata)


def _word(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(map(str, get_args(annotation)))
    if get_origin(annotation) is dict:
        return "names, each with a text, e.g. {name: text}"
    return _WORDS[annotation]


def _bound(constraint: object) -> str:
    match constraint:
        case annotated_types.Ge(ge=least):
            return f", at least {least:,}" if isinstance(least, int) else f", at least {least}"
        case annotated_types.Le(le=most):
            return f", at most {most:,}" if isinstance(most, int) else f", at most {most}"
        case annotated_types.Gt(gt=above):
            return f", above {above}"
        case annotated_types.Lt(lt=below):
            return f", below {below}"
        case _:
            return ""


def _written(value: object) -> str:
    """`value` as it would be written in YAML."""
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else '""'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == "":
        return '""'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {text}" for name, text in value.items()) + "}"
    return str(value)
