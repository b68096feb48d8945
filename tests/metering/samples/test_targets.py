"""The file of targets."""

from __future__ import annotations

from pathlib import Path

import pytest

from farthing.core.errors import SettingsError
from farthing.metering.samples import ScrapeTarget, read_targets

FILE = """
targets:
  - url: https://10.0.0.4:10250/metrics/cadvisor
    job: kubelet
    cluster: prod
    interval_seconds: 30
    bearer_token_file: /var/run/token
    ca_file: /var/run/ca.crt
    labels: {node: n1}
  - {url: "http://ksm.monitoring/metrics", job: kube-state-metrics}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "targets.yaml"
    path.write_text(text)
    return path


def test_a_list_of_targets(tmp_path: Path) -> None:
    kubelet, state = read_targets(written(tmp_path, FILE))
    assert kubelet.own_labels() == {"instance": "10.0.0.4:10250", "job": "kubelet", "node": "n1", "cluster": "prod"}
    assert (kubelet.interval_seconds, state.interval_seconds) == (30, 60)
    assert kubelet.ca_file == Path("/var/run/ca.crt")
    assert state.own_labels() == {"instance": "ksm.monitoring:80", "job": "kube-state-metrics"}


def test_instances_have_a_port() -> None:
    assert ScrapeTarget(url="https://[::1]/metrics", job="j").instance == "[::1]:443"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no list of targets"),
        ("targets: {url: x}", "no list of targets"),
        ("targets: []\nother: 1", "no list of targets"),
        ("targets: [", "not YAML"),
        ("targets: [http://x]", "target 1 is no target"),
        ("targets: [{job: j}]", "target 1: url is not valid"),
        ("targets: [{url: 'ftp://x/', job: j}]", "target 1: url is not valid"),
        ("targets: [{url: 'http://x/', job: ''}]", "target 1: job is not valid"),
        ("targets: [{url: 'http://x/', job: j, intervall: 5}]", "intervall is no key"),
        ("targets: [{url: 'http://x/', job: j, interval_seconds: 0}]", "interval_seconds is not valid"),
        ("targets: [{url: 'http://x/', job: j}, {url: 'http://x/', job: j}]", "listed twice"),
    ],
)
def test_a_file_that_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as raised:
        read_targets(written(tmp_path, text))
    assert raised.value.expected


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_targets(tmp_path / "none.yaml")
