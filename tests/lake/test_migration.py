"""Tables of other versions: refused by name; older ones are brought up to date by a made-up migration."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable

from farthing.core.errors import LakeError, LakeTooNew, LakeTooOld
from farthing.core.settings import LakeSettings
from farthing.lake import open_lake
from farthing.lake.migration import Migration, migration
from farthing.lake.objects import Objects
from farthing.lake.place import open_place
from farthing.lake.stored import FACTS
from farthing.lake.table import LakeTable
from tests.lake.facts import CLUSTER, NOW, facts
from tests.lake.test_maintenance import FOLDER

V1 = FACTS["flow"].stored
# Version 2 has packets beside bytes; version 3 has them in thousands.
V2 = replace(V1, version=2, columns=(*V1.columns, pa.field("packets", pa.int64())))
V3 = replace(V2, version=3)


def with_packets(rows: pa.Table) -> pa.Table:
    return rows.append_column("packets", pc.divide(rows["bytes_out"], 1500))


def in_thousands(rows: pa.Table) -> pa.Table:
    return rows.set_column(rows.schema.get_field_index("packets"), "packets", pc.divide(rows["packets"], 1000))


MADE_UP = (Migration("flow", 3, in_thousands), Migration("flow", 2, with_packets))


@pytest.fixture
def settings(tmp_path: Path) -> LakeSettings:
    made = LakeSettings(url=str(tmp_path))
    cluster = open_lake(made).cluster(CLUSTER)
    for hour in (0, 5):  # on two days
        cluster.commit(facts(first=hour), now=NOW)
    return made


def flow(settings: LakeSettings, version: object = V1) -> LakeTable:
    assert isinstance(version, type(V1))
    return LakeTable(Objects(open_place(settings)), f"{FOLDER}/flow", version)


def test_a_lake_of_a_newer_farthing_is_refused_by_name(settings: LakeSettings) -> None:
    for step in migration(CLUSTER, [flow(settings, V3)], MADE_UP, now=NOW):
        step.run()
    cluster = open_lake(settings).cluster(CLUSTER)
    for attempt in (lambda: cluster.read(facts().span), lambda: cluster.commit(facts(seed=2), now=NOW)):
        with pytest.raises(LakeTooNew, match="written by a newer farthing: table flow has version 3") as caught:
            attempt()
        assert caught.value.expected == "version 1, the newest that this farthing knows"
    [told] = cluster.verify().findings
    assert "newer farthing" in told.what


def test_an_older_table_is_refused_until_it_is_migrated(settings: LakeSettings, tmp_path: Path) -> None:
    table = flow(settings, V3)
    with pytest.raises(LakeTooOld, match="table flow has version 1"):
        table.newest()
    before = flow(settings).rows(list(flow(settings).newest().files.values()))
    [step] = migration(CLUSTER, [table], MADE_UP, now=NOW)
    assert (step.what, step.files) == ("from version 1 to 3", 2)
    assert step.run() == "2 files are of version 3 now"
    assert step.run() == "nothing to do"
    assert migration(CLUSTER, [flow(settings, V3)], MADE_UP, now=NOW) == []
    at = table.newest()
    after = table.rows(list(at.files.values()))
    assert sorted(file.part for file in at.files.values()) == ["2026-03-30", "2026-03-31"]
    expected = [n // 1500 // 1000 for n in before["bytes_out"].to_pylist()]
    assert sorted(after["packets"].to_pylist()) == sorted(expected)
    assert max(expected) > 0
    delta = DeltaTable(str(tmp_path / FOLDER / "flow"))
    assert delta.metadata().configuration["farthing.schemaVersion"] == "3"
    assert "packets" in [field.name for field in delta.schema().fields]
    assert delta.to_pyarrow_table().num_rows == 12


def test_an_older_reader_hears_of_it_while_it_runs(settings: LakeSettings) -> None:
    reader = flow(settings)
    reader.newest()
    for step in migration(CLUSTER, [flow(settings, V2)], MADE_UP, now=NOW):
        step.run()
    with pytest.raises(LakeTooNew):
        reader.newest()


def test_a_commit_meanwhile_is_migrated_too(settings: LakeSettings) -> None:
    table = flow(settings, V2)
    [step] = migration(CLUSTER, [table], MADE_UP, now=NOW)
    open_lake(settings).cluster(CLUSTER).commit(facts(first=1), now=NOW + timedelta(days=1))
    assert step.run() == "3 files are of version 2 now"


def test_a_missing_step_is_told(settings: LakeSettings) -> None:
    with pytest.raises(LakeError, match="no migration leads table flow to version 2"):
        migration(CLUSTER, [flow(settings, V3)], MADE_UP[:1], now=NOW)


def test_this_farthing_s_own_tables_need_none(settings: LakeSettings) -> None:
    assert open_lake(settings).cluster(CLUSTER).migration(now=NOW) == []
