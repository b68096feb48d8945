"""Settings: which source wins, what is refused with which words, and that no secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from farthing.core.errors import SettingsError, UnknownSetting
from farthing.core.settings import PrometheusSettings, Settings
from farthing.core.settings_keys import setting_keys, settings_reference
from farthing.core.settings_loader import LoadedSettings, load_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "farthing.yaml"
    path.write_text(text)
    return path


def test_defaults_alone() -> None:
    loaded = load_settings(env={})
    assert loaded.settings == Settings()
    assert set(loaded.sources) == set(setting_keys())
    assert set(loaded.sources.values()) == {"default"}


def test_stronger_sources_win(tmp_path: Path) -> None:
    file = write(tmp_path, "prometheus:\n  url: http://file\n  tenant: file\n  username: file\nserve:\n  port: 1000\n")
    loaded = load_settings(
        file=file,
        env={"FARTHING_PROMETHEUS__URL": "http://env", "FARTHING_PROMETHEUS__TENANT": "env", "PATH": "/bin", "FARTHINGS": "x"},
        flags={"prometheus.url": "http://flag", "log_level": None},
        flag_names={"prometheus.url": "--prometheus"},
    )
    prometheus = loaded.settings.prometheus
    assert (prometheus.url, prometheus.tenant, prometheus.username) == ("http://flag", "env", "file")
    assert loaded.settings.serve.port == 1000
    assert loaded.settings.log_level == "warning"
    assert loaded.sources["prometheus.url"] == "flag --prometheus"
    assert loaded.sources["prometheus.tenant"] == "FARTHING_PROMETHEUS__TENANT"
    assert loaded.sources["prometheus.username"] == f"{file}:4"
    assert loaded.sources["serve.port"] == f"{file}:6"
    assert loaded.sources["log_level"] == "default"


def test_a_flag_without_a_name_is_called_after_its_key() -> None:
    assert load_settings(env={}, flags={"serve.port": 80}).sources["serve.port"] == "flag --serve-port"


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, "log_level: debug\n")
    other = tmp_path / "other.yaml"
    other.write_text("log_level: error\n")
    assert load_settings(env={"FARTHING_CONFIG": str(file)}).settings.log_level == "debug"
    assert load_settings(file=other, env={"FARTHING_CONFIG": str(file)}).settings.log_level == "error"


def test_environment_texts_become_their_types() -> None:
    settings = load_settings(
        env={
            "FARTHING_PROMETHEUS__TIMEOUT_SECONDS": "2.5",
            "FARTHING_PROMETHEUS__INSECURE_SKIP_VERIFY": "true",
            "FARTHING_PROMETHEUS__HEADERS": '{"X-Team": "finance"}',
            "FARTHING_PROMETHEUS__CA_FILE": "/etc/ca.pem",
            "FARTHING_PROMETHEUS__PASSWORD": "123",
            "FARTHING_METERING__ROWS_AT_ONCE": "5000",
            "FARTHING_PROMETHEUS__TENANT": "",  # empty: not set
        }
    ).settings
    assert settings.prometheus.timeout_seconds == 2.5
    assert settings.prometheus.insecure_skip_verify is True
    assert settings.prometheus.headers == {"X-Team": "finance"}
    assert settings.prometheus.ca_file == Path("/etc/ca.pem")
    assert settings.prometheus.password.get_secret_value() == "123"
    assert settings.metering.rows_at_once == 5000


def test_variables_that_kubernetes_makes_for_services_are_no_settings() -> None:
    env = {
        "FARTHING_PORT": "tcp://10.0.0.1:9090",
        "FARTHING_PORT_9090_TCP": "tcp://10.0.0.1:9090",
        "FARTHING_PORT_9090_TCP_ADDR": "10.0.0.1",
        "FARTHING_SERVICE_HOST": "10.0.0.1",
        "FARTHING_SERVICE_PORT_HTTP": "9090",
        "FARTHING_AGENT_SERVICE_HOST": "10.0.0.2",
        "FARTHING_AGENT_PORT_9003_TCP_PROTO": "tcp",
        "FARTHING_SERVE__PORT": "8080",
    }
    loaded = load_settings(env=env)
    assert loaded.settings.serve.port == 8080
    assert sorted(set(loaded.sources.values())) == ["FARTHING_SERVE__PORT", "default"]


def test_paths_of_a_file_are_beside_it(tmp_path: Path) -> None:
    file = write(tmp_path, "pricing: {book: prices.yaml}\nprometheus: {ca_file: /etc/ca.pem}\n")
    settings = load_settings(file=file, env={}).settings
    assert settings.pricing.book == tmp_path / "prices.yaml"
    assert settings.prometheus.ca_file == Path("/etc/ca.pem")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "prometheus:\n  # url: x\n", "{}"])
def test_files_that_set_nothing(tmp_path: Path, text: str) -> None:
    assert load_settings(file=write(tmp_path, text), env={}).settings == Settings()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("prometheus:\n  urll: http://x\n", 2, ["no setting is called prometheus.urll", "did you mean url?"]),
        ("promtheus:\n  url: http://x\n", 1, ["no setting is called promtheus", "did you mean prometheus?"]),
        ("log_level: debug\nprometheus: http://x\n", 2, ["prometheus is no section", "url"]),
        ("- a\n", 1, ["the file is no section", "prometheus"]),
        ("just text", 1, ["the file is no section"]),
        ("serve:\n  port: 1\n  port: 2\n", 3, ["port is set twice, first in line 2"]),
        ("serve: {port: 1}\nserve: {port: 2}\n", 2, ["serve is set twice, first in line 1"]),
        ("prometheus:\n  headers:\n    A: x\n    A: y\n", 4, ["A is set twice"]),
        ("serve:\n  port: 70000\n", 2, ["serve.port = 70000", "at most 65,535"]),
        ("serve:\n  port: nine\n", 2, ["serve.port = nine", "whole number"]),
        ("serve:\n  port: yes\n", 2, ["serve.port = true", "whole number"]),
        ("serve:\n  port: 90.5\n", 2, ["serve.port = 90.5", "whole number"]),
        ("serve:\n  port:\n", 2, ["serve.port has no value", "leave it out"]),
        ("serve:\n  port: [1]\n", 2, ["serve.port = [1]"]),
        ("prometheus:\n  tenant: 42\n", 2, ["prometheus.tenant = 42", "text", "in quotes"]),
        ("prometheus:\n  timeout_seconds: .inf\n", 2, ["timeout_seconds = inf", "number, above 0"]),
        ("prometheus:\n  timeout_seconds: .nan\n", 2, ["timeout_seconds = nan"]),
        ("prometheus:\n  timeout_seconds: 0\n", 2, ["timeout_seconds = 0", "above 0"]),
        ("prometheus:\n  insecure_skip_verify: maybe\n", 2, ["true or false"]),
        ("prometheus:\n  headers: [a]\n", 2, ["prometheus.headers", "names, each with a text"]),
        ("prometheus:\n  headers: {A: 1}\n", 2, ["prometheus.headers = {A: **********}"]),
        ("log_level: loud\n", 1, ["log_level = loud", "one of debug, info, warning, error"]),
        ("a: [\n", 2, ["not YAML"]),
        ("a: b: c\n", 1, ["not YAML"]),
        ("prometheus: &p {url: x}\nserve: *p\n", 2, ["an alias (*p)", "repeat the value"]),
        ("? [a]\n: b\n", 1, ["a key that is no text"]),
        ("serve: {port: 1}\n---\nserve: {port: 2}\n", 2, ["not YAML", "another document"]),
    ],
)
def test_what_a_file_may_not_say(tmp_path: Path, text: str, line: int, says: list[str]) -> None:
    file = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file=file, env={})
    assert str(caught.value).startswith(f"{file}:{line}: ")
    for part in says:
        assert part in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a: \x00", "not YAML"),
        (b"#" * 1_000_001, "1,000,001 bytes"),
        (b"log_level: " + b"[" * 100_000, "nested more than 10 deep"),
        (b"log_level: 2026-99-99", "cannot be read"),
    ],
)
def test_files_that_are_no_settings(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "farthing.yaml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=says):
        load_settings(file=file, env={})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yaml does not exist"):
        load_settings(file=tmp_path / "none.yaml", env={})
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load_settings(file=tmp_path, env={})


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("FARTHING_PROMETHEUS_URL", "FARTHING_PROMETHEUS__URL"),
        ("FARTHING_PROMETHEUS__URI", "FARTHING_PROMETHEUS__URL"),
        ("FARTHING_CONFIGS", "FARTHING_CONFIG"),
        ("FARTHING_LOGLEVEL", "FARTHING_LOG_LEVEL"),
    ],
)
def test_unknown_variables_name_the_nearest(variable: str, nearest: str) -> None:
    with pytest.raises(UnknownSetting) as caught:
        load_settings(env={variable: "x"})
    assert f"environment variable {variable} is no setting" in str(caught.value)
    assert f"did you mean {nearest}?" in str(caught.value)


def test_unknown_flags_are_errors() -> None:
    with pytest.raises(UnknownSetting, match=r"did you mean serve\.port\?"):
        load_settings(env={}, flags={"serve.prt": 1})


def test_wrong_values_name_their_source() -> None:
    with pytest.raises(SettingsError, match=r"^FARTHING_SERVE__PORT: serve\.port = zero is not valid"):
        load_settings(env={"FARTHING_SERVE__PORT": "zero"})
    with pytest.raises(SettingsError, match=r"^flag --port: serve\.port = 0 is not valid"):
        load_settings(env={}, flags={"serve.port": 0}, flag_names={"serve.port": "--port"})
    with pytest.raises(SettingsError, match=r"^FARTHING_PROMETHEUS__HEADERS: .* not readable"):
        load_settings(env={"FARTHING_PROMETHEUS__HEADERS": "{a"})


def test_all_wrong_values_are_told_at_once(tmp_path: Path) -> None:
    file = write(tmp_path, "serve: {port: yes}\nprometheus: {retries: 99}\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(file=file, env={"FARTHING_LOG_LEVEL": "loud"})
    text = str(caught.value)
    assert "3 settings are not valid" in text
    for part in ["serve.port = true", "prometheus.retries = 99", "FARTHING_LOG_LEVEL: log_level = loud"]:
        assert text.count(part) == 1


SECRETS = {
    "FARTHING_PROMETHEUS__PASSWORD": "hunter2",
    "FARTHING_PROMETHEUS__BEARER_TOKEN": "hunter2",
    "FARTHING_PROMETHEUS__HEADERS": '{"Authorization": "hunter2"}',
    "FARTHING_PROMETHEUS__PARAMS": '{"token": "hunter2"}',
    "FARTHING_PROMETHEUS__URL": "https://me:hunter2@metrics/prefix",
    "FARTHING_PROMETHEUS__PROXY": "http://hunter2@proxy:3128",
}


def shown(loaded: LoadedSettings) -> str:
    return "\n".join(f"{s.key} {s.value} {s.source}" for s in loaded.shown())


def test_secrets_are_shown_nowhere() -> None:
    loaded = load_settings(env=SECRETS)
    assert loaded.settings.prometheus.headers["Authorization"] == "hunter2"
    for text in [repr(loaded), str(loaded), repr(loaded.settings), str(loaded.settings), shown(loaded)]:
        assert "hunter2" not in text
        assert "**********" in text
    assert "prometheus.url https://**********@metrics/prefix FARTHING_PROMETHEUS__URL" in shown(loaded)


def test_secrets_are_not_in_errors(tmp_path: Path) -> None:
    wrong = ["password: [hunter2]", "headers: {A: [hunter2]}", "url: ['http://u:hunter2@h']", "bearer_token: {hunter2: hunter2}"]
    file = write(tmp_path, "prometheus:\n" + "".join(f"  {line}\n" for line in wrong))
    with pytest.raises(SettingsError) as caught:
        load_settings(file=file, env={})
    text = str(caught.value)
    assert "prometheus.password" in text
    assert "prometheus.bearer_token" in text
    assert "hunter2" not in text


def test_empty_secrets_are_told_from_set_ones() -> None:
    assert 'prometheus.password "" default' in shown(load_settings(env={}))


def test_reference_has_every_field_and_a_text_for_each() -> None:
    rows = settings_reference()
    assert [row.key for row in rows][:2] == ["prometheus.url", "prometheus.username"]
    assert {f"prometheus.{name}" for name in PrometheusSettings.model_fields} <= {row.key for row in rows}
    for row in rows:
        assert row.doc, f"{row.key} has no docstring"
        assert row.valid
        assert row.default


@pytest.mark.parametrize(
    ("key", "environment", "valid", "default"),
    [
        ("prometheus.retries", "FARTHING_PROMETHEUS__RETRIES", "whole number, at least 0, at most 20", "4"),
        ("prometheus.timeout_seconds", "FARTHING_PROMETHEUS__TIMEOUT_SECONDS", "number, above 0", "120"),
        ("prometheus.password", "FARTHING_PROMETHEUS__PASSWORD", "text (secret)", '""'),
        ("pricing.book", "FARTHING_PRICING__BOOK", "path", "null"),
        ("log_level", "FARTHING_LOG_LEVEL", "one of debug, info, warning, error", "warning"),
    ],
)
def test_reference_rows(key: str, environment: str, valid: str, default: str) -> None:
    row = setting_keys()[key]
    assert (row.environment, row.valid, row.default) == (environment, valid, default)
