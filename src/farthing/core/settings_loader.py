"""Settings from four sources, strongest first: flags, environment, a YAML file, the defaults; and which source each value came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from .errors import SettingsError, UnknownSetting, nearest
from .settings import Settings
from .settings_file import read_settings_file
from .settings_keys import ENVIRONMENT_PREFIX, SettingKey, setting_keys, value_at

FILE_VARIABLE = "FARTHING_CONFIG"
DEFAULT = "default"

# Kubernetes gives every container variables for the services of its namespace. A service called farthing or farthing-… makes
# FARTHING_SERVICE_HOST, FARTHING_PORT_9090_TCP_ADDR and so on: those are no settings of ours.
_OF_KUBERNETES = re.compile(
    r"FARTHING(_[A-Z0-9]+)*?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9]+)*|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)"
)


@dataclass(frozen=True)
class ShownSetting:
    """One line of `farthing settings`: the value as a person may see it, and where it came from."""

    key: str
    value: str
    source: str


@dataclass(frozen=True)
class LoadedSettings:
    """The settings and the source of each dotted key's value: `flag --port`, `FARTHING_SERVE__PORT`, `farthing.yaml:7`, `default`."""

    settings: Settings
    sources: Mapping[str, str]

    def shown(self) -> Iterator[ShownSetting]:
        """Every setting in the order of the tree, secrets masked."""
        for key, setting in setting_keys().items():
            yield ShownSetting(key, setting.show(value_at(self.settings, key)), self.sources[key])


def load_settings(
    *,
    file: Path | None = None,
    env: Mapping[str, str],
    flags: Mapping[str, object] = MappingProxyType({}),
    flag_names: Mapping[str, str] = MappingProxyType({}),
) -> LoadedSettings:
    """The settings of one run.

    `file`: a YAML file; without it the one that FARTHING_CONFIG names in `env`, else none. `env`: the process environment.
    `flags`: dotted key → value of a command-line flag; None is a flag that was not given. `flag_names`: dotted key → the flag's name.
    Raises UnknownSetting for a key or FARTHING_ variable that is no setting, SettingsError for a value that is not valid; both say
    source, key, value (never a secret one) and what is valid.
    """
    given: dict[str, tuple[object, str]] = {}
    path = file or (Path(env[FILE_VARIABLE]) if env.get(FILE_VARIABLE) else None)
    if path is not None:
        for key, entry in read_settings_file(path).items():
            given[key] = (entry.value, f"{path}:{entry.line}")
    given.update(_from_environment(env))
    for key, value in flags.items():
        if value is not None:
            if key not in setting_keys():
                raise UnknownSetting(f"no setting is called {key}", expected=nearest(key, setting_keys()))
            given[key] = (value, f"flag {flag_names.get(key, '--' + key.replace('.', '-').replace('_', '-'))}")
    settings = _validated(given)
    return LoadedSettings(settings, MappingProxyType({key: given[key][1] if key in given else DEFAULT for key in setting_keys()}))


def _from_environment(env: Mapping[str, str]) -> dict[str, tuple[object, str]]:
    """Dotted key → (value, variable). An empty variable counts as not set."""
    by_variable = {setting.environment: setting for setting in setting_keys().values()}
    found: dict[str, tuple[object, str]] = {}
    for variable, text in sorted(env.items()):
        if not variable.startswith(ENVIRONMENT_PREFIX) or variable == FILE_VARIABLE:
            continue
        setting = by_variable.get(variable)
        if setting is None:
            if _OF_KUBERNETES.fullmatch(variable):
                continue
            raise UnknownSetting(
                f"environment variable {variable} is no setting",
                expected=nearest(variable, [*by_variable, FILE_VARIABLE]),
                cure="sections and keys are joined by two underscores; rename it or unset it",
            )
        if text:
            found[setting.key] = (_names(setting, text, variable) if setting.takes_names else text, variable)
    return found


def _names(setting: SettingKey, text: str, variable: str) -> object:
    """A variable that holds names with texts, written as JSON or YAML in one line."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        raise SettingsError(
            f"{variable}: {setting.key} is not readable as {{name: text}}", expected=setting.valid, cure='write e.g. {"name": "text"}'
        ) from None


def _validated(given: Mapping[str, tuple[object, str]]) -> Settings:
    problems = [_problem(setting_keys()[key], value, source) for key, (value, source) in given.items() if _is_misread(key, value)]
    tree: dict[str, Any] = {}
    for key, (value, _) in given.items():
        *above, name = key.split(".")
        branch = tree
        for part in above:
            branch = branch.setdefault(part, {})
        branch[name] = value
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        wrong = {_key_of(detail["loc"]) for detail in error.errors(include_input=False, include_url=False)}
        problems += [
            _problem(setting_keys()[key], *given[key]) for key in setting_keys() if key in wrong and not _is_misread(key, given[key][0])
        ]
        raise _together(problems) from None
    if problems:
        raise _together(problems)
    return settings


def _is_misread(key: str, value: object) -> bool:
    """True for what pydantic would take but the writer did not mean: YAML's `yes` as the number 1."""
    return isinstance(value, bool) and not setting_keys()[key].takes_truth


def _key_of(location: tuple[int | str, ...]) -> str:
    """The setting that an error's location lies in; inside names (headers.X) that is the setting itself."""
    for depth in range(len(location), 0, -1):
        key = ".".join(map(str, location[:depth]))
        if key in setting_keys():
            return key
    raise AssertionError(f"no setting at {location}")


def _problem(setting: SettingKey, value: object, source: str) -> SettingsError:
    if value is None:
        return SettingsError(f"{source}: {setting.key} has no value", expected=setting.valid, cure="leave it out for the default")
    shown = setting.show(value)
    return SettingsError(
        f"{source}: {setting.key} = {shown if len(shown) <= 80 else shown[:80] + '…'} is not valid",
        expected=setting.valid,
        cure="write it in quotes" if setting.takes_text and not isinstance(value, (str, dict, list)) else "",
    )


def _together(problems: list[SettingsError]) -> SettingsError:
    if len(problems) == 1:
        return problems[0]
    lines = "\n".join(f"  {p.problem}; expected: {p.expected}" for p in problems)
    return SettingsError(
        f"{len(problems)} settings are not valid\n{lines}", cure="correct them all; docs/reference/settings.md lists every setting"
    )
