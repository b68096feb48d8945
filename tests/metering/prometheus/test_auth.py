from __future__ import annotations

import base64
import logging
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from farthing.core.errors import AccessDenied, FarthingError, SettingsError, Unreachable
from farthing.core.settings import PrometheusSettings
from farthing.metering.prometheus import InstantQuestion, PrometheusClient
from farthing.metering.prometheus.auth import BearerCredentials, Veil, address, credentials, headers, without_credentials
from tests.metering.prometheus.certificates import Certificates, make_certificates
from tests.metering.prometheus.server import Answer, Received, Server, error, result, serve

Connect = Callable[..., PrometheusClient]
UP = InstantQuestion("up", "up", ("pod",), 10)
FINE = Answer(result(({"pod": "a"}, [(7, "1")]), kind="vector"))
QUERY = "/api/v1/query"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://prom:9090", "http://prom:9090"),
        ("http://prom:9090/", "http://prom:9090"),
        ("https://thanos/select/0/prometheus/", "https://thanos/select/0/prometheus"),
        ("http://prom/api/v1", "http://prom"),
        ("http://user:pass@prom:1/x?key=1", "http://prom:1/x"),
        ("http://[::1]:9090", "http://[::1]:9090"),
        ("http://prom/a%20b", "http://prom/a%20b"),
    ],
)
def test_the_base_url_keeps_its_prefix_and_loses_its_credentials(url: str, base: str) -> None:
    assert address(PrometheusSettings(url=url)).base == base


@pytest.mark.parametrize("url", ["", "prom:9090", "ftp://prom", "http://", "//prom", "http://prom:port", "http://u:hunter22@prom:port"])
def test_what_is_no_url_is_told_without_its_secrets(url: str) -> None:
    with pytest.raises(SettingsError, match=r"prometheus\.url") as caught:
        PrometheusClient(PrometheusSettings(url=url))
    assert "http://host:port" in str(caught.value)
    assert "hunter22" not in str(caught.value)


def test_urls_are_shown_without_user_and_query() -> None:
    assert without_credentials("https://u:p@h/x?token=1#f") == "https://h/x"


def authorization(server: Server) -> str | None:
    return server.requests[-1].headers.get("Authorization")


def test_basic_auth_from_the_settings_or_the_url(server: Server, connect: Connect) -> None:
    server.answer(QUERY, FINE)
    wanted = "Basic " + base64.b64encode(b"ann:p@ss/w:rd").decode()
    connect(username="ann", password="p@ss/w:rd").ask([UP])
    assert authorization(server) == wanted
    connect(url=server.url.replace("://", "://ann:p%40ss%2Fw%3Ard@")).ask([UP])
    assert authorization(server) == wanted


def test_a_token_a_tenant_headers_and_params(server: Server, connect: Connect) -> None:
    server.answer("/prefix" + QUERY, FINE)
    client = connect(
        url=server.url + "/prefix?a=1", bearer_token="s3cret", tenant="team-a", headers={"X-Extra": "yes"}, params={"dedup": "true"}
    )
    client.ask([UP])
    (request,) = server.requests
    assert authorization(server) == "Bearer s3cret"
    assert request.headers["X-Scope-OrgID"] == "team-a"
    assert request.headers["X-Extra"] == "yes"
    assert request.method == "POST"
    assert request.params == {"a": ["1"], "dedup": ["true"]}


def test_a_token_file_is_read_again_when_it_changes(server: Server, connect: Connect, tmp_path: Path) -> None:
    """As Kubernetes rotates it: another file slides in under a symbolic link."""
    server.answer(QUERY, FINE)
    (tmp_path / "one").write_text("first\n")
    (tmp_path / "two").write_text("other\n")
    link = tmp_path / "token"
    link.symlink_to("one")
    client = connect(bearer_token_file=link)
    client.ask([UP])
    assert authorization(server) == "Bearer first"
    (tmp_path / "new").symlink_to("two")
    os.replace(tmp_path / "new", link)
    client.ask([UP])
    assert authorization(server) == "Bearer other"


def test_a_token_file_that_is_missing_or_empty_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        BearerCredentials(file=tmp_path / "none")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(SettingsError, match="is empty"):
        BearerCredentials(file=tmp_path / "empty")
    (tmp_path / "two-lines").write_text("hush-hush\nhush")
    with pytest.raises(SettingsError, match="cannot carry") as caught:
        BearerCredentials(file=tmp_path / "two-lines")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "both",
    [
        {"username": "u", "bearer_token": "t"},
        {"bearer_token": "t", "bearer_token_file": Path("f")},
        {"url": "http://u:p@h", "username": "u"},
        {"headers": {"authorization": "x"}, "bearer_token": "t"},
    ],
)
def test_two_kinds_of_credentials_contradict(both: dict[str, Any]) -> None:
    settings = PrometheusSettings(**{"url": "http://h", **both})
    with pytest.raises(SettingsError, match="several kinds of credentials"):
        credentials(settings, address(settings))


def test_two_tenants_contradict() -> None:
    with pytest.raises(SettingsError, match="differ"):
        headers(PrometheusSettings(url="http://h", tenant="a", headers={"x-scope-orgid": "b"}))


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, "no credentials"),
        ({"username": "u", "password": "hunter22"}, "basic auth"),
        ({"bearer_token": "hunter22"}, "a bearer token (prometheus.bearer_token)"),
        ({"headers": {"Authorization": "Custom hunter22"}}, "the Authorization header of prometheus.headers"),
        ({"tenant": "t"}, "no credentials, tenant t"),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_denied_access_says_what_was_sent(server: Server, connect: Connect, settings: dict[str, Any], kind: str, status: int) -> None:
    server.answer(QUERY, error(status, "", "no entry"))
    with pytest.raises(AccessDenied) as caught:
        connect(**settings).ask([UP])
    assert kind in str(caught.value)
    assert "no entry" in str(caught.value)
    assert "hunter22" not in str(caught.value)


def shown(error: BaseException | None) -> str:
    """Everything a traceback would print."""
    text = ""
    while error is not None:
        text += f"{error!r} {error} "
        error = error.__cause__ or error.__context__
    return text


SECRETS: dict[str, Any] = {
    "basic": {"username": "ann", "password": "hunter22"},
    "token": {"bearer_token": "hunter22"},
    "header": {"headers": {"X-Api-Key": "hunter22"}},
    "param": {"params": {"apikey": "hunter22"}},
}


@pytest.mark.parametrize("where", [*SECRETS, "url", "url query", "proxy"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_no_secret_is_shown(server: Server, connect: Connect, caplog: pytest.LogCaptureFixture, where: str, method: str) -> None:
    """Also where the server's error page quotes the whole request back, and with the HTTP library's log at its most talkative."""

    def echo(request: Received) -> Answer:
        if request.method != method:
            return Answer(b"method not allowed", 405)
        said = f"bad request: {request.target} {dict(request.headers)}"
        return Answer(said.encode(), 400, {"Content-Type": "text/plain"})

    server.answer(QUERY, echo)
    more = (
        SECRETS.get(where)
        or {
            "url": {"url": server.url.replace("://", "://ann:hunter22@")},
            "url query": {"url": server.url + "?apikey=hunter22"},
            "proxy": {"proxy": server.url.replace("://", "://ann:hunter22@"), "url": "http://prom.test"},
        }[where]
    )
    caplog.set_level(logging.DEBUG)
    client = connect(**more)
    with pytest.raises(FarthingError) as caught:
        client.ask([UP])
    everything = shown(caught.value) + repr(client) + caplog.text
    assert "bad request" in everything
    assert "hunter22" not in everything
    encoded = base64.b64encode(b"ann:hunter22").decode()
    assert encoded not in everything


def test_an_authority_of_one_s_own(certificates: Certificates) -> None:
    with serve(certificates.context()) as server:
        server.answer(QUERY, FINE)
        with (
            pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED") as caught,
            PrometheusClient(PrometheusSettings(url=server.url)) as client,
        ):
            client.ask([UP])
        assert "prometheus.ca_file" in caught.value.cure
        for trust in ({"ca_file": certificates.authority}, {"insecure_skip_verify": True}):
            with PrometheusClient(PrometheusSettings(url=server.url, **trust)) as client:
                assert client.ask([UP])[0].height == 1


def test_a_client_certificate(certificates: Certificates) -> None:
    with serve(certificates.context(client_wanted=True)) as server:
        server.answer(QUERY, FINE)
        mine = {"client_cert_file": certificates.client, "client_key_file": certificates.client_key}
        with PrometheusClient(PrometheusSettings(url=server.url, ca_file=certificates.authority, **mine)) as client:
            assert client.ask([UP])[0].height == 1
        with (
            PrometheusClient(PrometheusSettings(url=server.url, ca_file=certificates.authority, retries=0)) as client,
            pytest.raises(Unreachable) as caught,
        ):
            client.ask([UP])
        assert "prometheus.client_cert_file" in caught.value.cure


def test_http_and_https_mixed_up(server: Server) -> None:
    with PrometheusClient(PrometheusSettings(url=server.url.replace("http:", "https:"))) as client, pytest.raises(Unreachable) as caught:
        client.ask([UP])
    assert "http:// for https://" in caught.value.cure


def test_certificate_files_that_cannot_be_used_are_named(certificates: Certificates, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("not a certificate")
    protected = tmp_path / "protected.key"
    subprocess.run(
        ["openssl", "ec", "-in", str(certificates.client_key), "-out", str(protected), "-aes256", "-passout", "pass:x"],
        check=True,
        capture_output=True,
    )
    for settings, words in (
        ({"ca_file": tmp_path / "none"}, r"prometheus\.ca_file .*none cannot be read: No such file"),
        ({"ca_file": garbage}, r"garbage\.pem cannot be read"),
        ({"client_cert_file": garbage}, r"garbage\.pem .* cannot be used"),
        ({"client_cert_file": certificates.client, "client_key_file": certificates.server_key}, "cannot be used"),
        ({"client_key_file": certificates.client_key}, "client_cert_file is not"),
        ({"client_cert_file": certificates.client, "client_key_file": protected}, "protected by a password"),
    ):
        with pytest.raises(SettingsError, match=words):
            PrometheusClient(PrometheusSettings(url="https://127.0.0.1:1", **settings))


def test_a_proxy_is_asked_for_the_server(server: Server, connect: Connect) -> None:
    server.answer(QUERY, FINE)
    proxy = server.url.replace("://", "://ann:hunter22@")
    assert connect(url="http://prometheus.test:9090", proxy=proxy).ask([UP])[0].height == 1
    (request,) = server.requests
    assert request.target.startswith("http://prometheus.test:9090/api/v1/query")
    assert request.headers["Proxy-Authorization"] == "Basic " + base64.b64encode(b"ann:hunter22").decode()


def test_the_proxy_of_the_environment(server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answer(QUERY, FINE)
    monkeypatch.setenv("HTTP_PROXY", server.url)
    assert connect(url="http://prometheus.test:9090").ask([UP])[0].height == 1


def test_a_proxy_that_fails_is_named(server: Server, connect: Connect) -> None:
    server.answer("*", Answer(b"", 407))
    with pytest.raises(Unreachable, match=r"the proxy http://127\.0\.0\.1") as tunnel:
        connect(url="https://prometheus.test", proxy=server.url, retries=0).ask([UP])
    assert "prometheus.proxy" in tunnel.value.cure
    with pytest.raises(AccessDenied, match="407"):
        connect(url="http://prometheus.test", proxy=server.url, retries=0).ask([UP])
    with pytest.raises(SettingsError, match="the proxy"):
        connect(proxy="gopher://x")


def test_the_kind_is_shown_the_secret_is_not() -> None:
    assert repr(BearerCredentials("hunter22")) == "<BearerCredentials: a bearer token (prometheus.bearer_token)>"
    assert isinstance(BearerCredentials("x"), httpx.Auth)


def test_secrets_are_hidden_as_urls_write_them_too() -> None:
    settings = PrometheusSettings(url="http://h", password="p@ss w/rd", params={"short": "true", "key": "a+b c=d"})
    where = address(settings)
    veil = Veil(settings, where, credentials(settings, where))
    assert veil.hide("p@ss w/rd p%40ss%20w%2Frd p%40ss+w%2Frd key=a%2Bb+c%3Dd is true") == "*** *** *** key=*** is true"
