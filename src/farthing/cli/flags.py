"""Settings as flags of a command: names, help and panels come from the settings tree, nothing is typed again."""

from __future__ import annotations

import inspect
import logging
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from farthing.core.errors import SettingsError
from farthing.core.settings import Settings
from farthing.core.settings_keys import SettingKey, setting_keys
from farthing.core.settings_loader import load_settings

# Flags that are not simply the setting's last name.
FLAG_NAMES: dict[str, str] = {
    "prometheus.url": "--prometheus",
    "prometheus.username": "--prometheus-username",
    "prometheus.headers": "--header",
    "prometheus.params": "--param",
    "pricing.book": "--prices",
    "sharing.namespaces": "--share-namespaces",
    "sharing.labels": "--share-labels",
    "sharing.monthly_cost": "--share-cost",
    "sharing.split": "--share-split",
    "sharing.management": "--share-management",
    "sharing.load_balancers": "--share-load-balancers",
    "lake.url": "--lake",
    "lake.timeout_seconds": "--lake-timeout-seconds",
    "lake.retries": "--lake-retries",
    "warehouse.path": "--warehouse",
    "collect.backfill": "--backfill/--no-backfill",
    "samples.path": "--samples",
}
# How a name and its text are joined in a flag that may be given several times.
JOINTS: dict[str, str] = {"prometheus.headers": ":", "prometheus.params": "="}
PANELS: dict[str, str] = {
    "prometheus": "The Prometheus-compatible server",
    "metering": "Reading quantities",
    "pricing": "Prices",
    "sharing": "Sharing out",
    "serve": "The HTTP server",
    "lake": "The lake",
    "samples": "The embedded sample store",
    "warehouse": "The warehouse",
    "collect": "Collecting",
    "": "Other settings",
}
ONE_OF = "one of "
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CONFIG_HELP = "YAML file of settings; FARTHING_CONFIG names one as well. Flags and FARTHING_ variables are stronger."


def flag_of(setting: SettingKey) -> str | None:
    """The flag of a setting. None for secrets: a command line is read by everybody on the machine, so they have none."""
    if setting.sensitive and not setting.takes_names:
        return None
    return FLAG_NAMES.get(setting.key, "--" + setting.key.rpartition(".")[2].replace("_", "-"))


def with_settings(*sections: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command a flag for every setting of `sections` ("" for those at the root) and `--config`.

    The command's parameter `loaded` receives the settings; it is no flag itself.
    """
    flags = {row.key: flag for row in setting_keys().values() if row.key.rpartition(".")[0] in sections and (flag := flag_of(row))}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = {name: p for name, p in inspect.signature(command).parameters.items() if name != "loaded"}
        hints = get_type_hints(command, include_extras=True)
        parameters = [p.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY) for name, p in own.items()]
        parameters += [_parameter(setting_keys()[key], flag) for key, flag in flags.items()]
        parameters.append(_keyword("config", Annotated[Path | None, typer.Option("--config", help=CONFIG_HELP, metavar="FILE")]))

        @wraps(command)
        def run(**given: Any) -> None:
            texts = {key: _value(setting_keys()[key], flag, given.pop(_identifier(key))) for key, flag in flags.items()}
            loaded = load_settings(file=given.pop("config"), env=os.environ, flags=texts, flag_names=flags)
            logging.basicConfig(stream=sys.stderr, level=loaded.settings.log_level.upper(), format=LOG_FORMAT, force=True)
            command(**given, loaded=loaded)

        del run.__wrapped__  # its signature must not be followed
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        return run

    return decorate


def _identifier(key: str) -> str:
    return key.replace(".", "_")


def _keyword(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _parameter(setting: SettingKey, flag: str) -> inspect.Parameter:
    panel = PANELS[setting.key.rpartition(".")[0]]
    default = "" if setting.default in ('""', "null", "{}", "false") else f" Default: {setting.default}."
    help_text = f"{setting.doc}{default}".replace("[", "\\[")
    if setting.takes_truth:
        return _keyword(_identifier(setting.key), Annotated[bool | None, typer.Option(flag, help=help_text, rich_help_panel=panel)])
    option = typer.Option(flag, help=help_text, rich_help_panel=panel, metavar=_metavar(setting))
    kind: Any = list[str] if setting.takes_names else str
    return _keyword(_identifier(setting.key), Annotated[kind | None, option])


def _metavar(setting: SettingKey) -> str:
    if setting.takes_names:
        return {":": "'NAME: TEXT'", "=": "NAME=TEXT"}[JOINTS[setting.key]]
    if setting.takes_path:
        return "FILE"
    if setting.valid.startswith(ONE_OF):
        return setting.valid.removeprefix(ONE_OF).replace(", ", "|")
    return "TEXT" if setting.takes_text else "NUMBER"


def _value(setting: SettingKey, flag: str, given: Any) -> object:
    """What a flag gave, as the loader takes it; None where it was not given."""
    if not setting.takes_names or not given:
        return given or None if setting.takes_names else given
    names: dict[str, str] = {}
    joint = JOINTS[setting.key]
    for text in given:
        name, found, value = text.partition(joint)
        if not found or not name.strip():
            # The text may be a secret in the wrong place: it is not shown.
            raise SettingsError(f"{flag} has no name before a '{joint}'", expected=f"{flag} {_metavar(setting)}")
        names[name.strip()] = value.strip()
    return names


def require_server(settings: Settings) -> None:
    """Raises SettingsError, in the words of a command line, when no server is named."""
    if not settings.prometheus.url.strip():
        raise SettingsError(
            "no server is named to read from",
            expected="the base URL of a server that speaks Prometheus' HTTP API",
            cure="add --prometheus http://localhost:9090, or set FARTHING_PROMETHEUS__URL; without a server of your own, try farthing demo",
        )
