"""URLs of lakes, and folders of clusters."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from farthing.core.errors import NoData, SettingsError
from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from farthing.lake.place import LONGEST_FOLDER, cluster_of, folder_of, open_place
from tests.lake.facts import NOW, facts

STRANGE = (
    "prod",
    "a/b",
    "..",
    ".",
    "/",
    "é",
    "日本",
    "a b",
    "%2F",
    "_head",
    "_books",
    "arn:aws:eks:eu-1:1:cluster/x",
    "\n",
    "a_5f",
    "C:\\x",
    "\udcff",
)


@given(st.text(min_size=1, max_size=40))
def test_a_folder_tells_its_cluster(cluster: str) -> None:
    folder = folder_of(cluster)
    assert cluster_of(folder) == cluster
    assert folder.isascii()
    assert not set(folder) & set('/\\:*?"<>|% \0')
    assert folder[0] != "."


@given(st.text(max_size=40))
def test_only_folders_of_clusters_are_taken_for_one(folder: str) -> None:
    cluster = cluster_of(folder)
    assert cluster is None or folder_of(cluster) == folder


@pytest.mark.parametrize("folder", ["_books", "_billing", "_combined", "_head", "_zz", "_", "_5", ".x", "_c3", "a b", "_41"])
def test_folders_of_other_things(folder: str) -> None:
    assert cluster_of(folder) is None


def test_any_name_can_be_committed_and_found(tmp_path: Path) -> None:
    lake = open_lake(LakeSettings(url=str(tmp_path)))
    readable = [name for name in STRANGE if name.isprintable() or name == "\n"]
    for name in readable[:6]:
        lake.cluster(name).commit(facts(cluster=name, pods=1), now=NOW)
    assert lake.clusters() == tuple(sorted(readable[:6]))
    for name in readable[:6]:
        assert lake.cluster(name).read(facts().span).usage["cluster"].unique().to_list() == [name]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names(name: str) -> None:
    assert cluster_of(folder_of(name)) == name


@pytest.mark.parametrize("name", ["", "é" * 41, "x" * (LONGEST_FOLDER + 1)])
def test_names_that_no_folder_can_have(name: str) -> None:
    with pytest.raises(SettingsError, match="as the name of a folder"):
        folder_of(name)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("gs://bucket", "of a kind that no lake can have: gs"),
        ("http://x/y", "of a kind"),
        ("file://host/x", "names the machine host"),
        ("s3://", "no bucket and prefix"),
        ("s3://bucket/x?y=1", "no bucket and prefix"),
        ("", "is empty"),
    ],
)
def test_urls_that_no_lake_can_have(url: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        open_lake(LakeSettings(url=url))


def test_a_folder_by_path_or_by_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spaced = tmp_path / "a b"
    assert open_place(LakeSettings(url=str(spaced))).folder == open_place(LakeSettings(url=spaced.as_uri())).folder == spaced
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_place(LakeSettings()).folder == tmp_path / ".farthing/lake"
    open_lake(LakeSettings(url=str(spaced))).cluster("x").commit(facts(cluster="x"), now=NOW)
    assert open_lake(LakeSettings(url=spaced.as_uri())).cluster("x").hours().height == 1


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="cannot be made"):
        open_lake(LakeSettings(url=str(tmp_path / "file/lake")))
    with pytest.raises(NoData, match="there is no lake at"):
        open_lake(LakeSettings(url=str(tmp_path / "other")), must_exist=True)


def test_secrets_are_not_shown() -> None:
    settings = LakeSettings(
        url="s3://b/p", access_key_id="key", secret_access_key=SecretStr("hidden-1"), session_token=SecretStr("hidden-2")
    )
    assert "hidden" not in repr(open_place(settings))
