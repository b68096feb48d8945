"""Settings as flags: every one, with its help, and which source wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from farthing.cli import commands
from farthing.cli.flags import flag_of, with_settings
from farthing.core.settings_keys import setting_keys
from farthing.core.settings_loader import LoadedSettings

SECRETS = {"prometheus.password", "prometheus.bearer_token", "serve.token", "lake.secret_access_key", "lake.session_token"}


def loaded_with(*arguments: str, environment: dict[str, str] | None = None, sections: tuple[str, ...] = ("prometheus", "serve", "")) -> Any:
    """The settings that a command with these arguments sees."""
    seen: list[LoadedSettings] = []
    small = typer.Typer()

    @small.command()
    @with_settings(*sections)
    def command(*, loaded: LoadedSettings) -> None:
        """A command."""
        seen.append(loaded)

    result = CliRunner().invoke(small, list(arguments), env={"FARTHING_CONFIG": "", **(environment or {})}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return seen[0]


def test_every_setting_but_secrets_has_a_flag_of_its_own() -> None:
    flags = {key: flag_of(setting) for key, setting in setting_keys().items()}
    assert {key for key, flag in flags.items() if flag is None} == SECRETS
    told = [flag for flag in flags.values() if flag]
    assert len(told) == len(set(told))


def test_commands_have_the_flags_of_their_settings_with_their_help() -> None:
    commands_of: Any = typer.main.get_command(commands)
    help_of = {
        command: {name: option.help for option in commands_of.commands[command].params for name in option.opts}
        for command in ("up", "report")
    }
    for setting in setting_keys().values():
        flag = flag_of(setting)
        if flag is not None:
            name = flag.partition("/")[0]  # of --backfill/--no-backfill the first
            assert help_of["up"][name].replace("\\[", "[").startswith(setting.doc)
    assert {"--prometheus", "--lake", "--prices", "--share-namespaces", "--server", "--as-of"} <= help_of["report"].keys()
    assert not {"--port", "--warehouse", "--samples"} & help_of["report"].keys()


def test_flags_are_strongest_then_the_environment_then_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("prometheus: {url: http://file, tenant: file, username: file}\n")
    found = loaded_with(
        "--prometheus",
        "http://flag",
        "--config",
        str(file),
        environment={"FARTHING_PROMETHEUS__TENANT": "environment", "FARTHING_PROMETHEUS__URL": "http://environment"},
    )
    settings = found.settings.prometheus
    assert (settings.url, settings.tenant, settings.username) == ("http://flag", "environment", "file")
    assert found.sources["prometheus.url"] == "flag --prometheus"


def test_headers_parameters_truths_and_numbers() -> None:
    arguments = ("--header", "X-Team: a:b", "--header", "X-Other:c", "--param", "dedup=true", "--insecure-skip-verify", "--port", "8080")
    settings = loaded_with(*arguments).settings
    assert settings.prometheus.headers == {"X-Team": "a:b", "X-Other": "c"}
    assert settings.prometheus.params == {"dedup": "true"}
    assert settings.prometheus.insecure_skip_verify is True
    assert settings.serve.port == 8080
    assert loaded_with().settings.prometheus.insecure_skip_verify is False


def test_a_section_that_is_not_asked_for_has_no_flags() -> None:
    with pytest.raises(AssertionError, match="--port"):
        loaded_with("--port", "8080", sections=("prometheus",))
