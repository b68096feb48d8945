"""Answers about what works behind the numbers, as models. Answers are written as bytes, not through these."""

from __future__ import annotations

from typing import Literal

from ..documented import Model
from .models import NoteModel, Span


class LoopModel(Model):
    """Work that is done again and again."""

    name: str
    """collect, scrape, samples, take in, tidy, prices, …"""
    ok: bool
    """False: it failed the last time, see `problem`; it is tried again."""
    rounds: int
    """Rounds that went well since the start."""
    failures: int
    """Failures since it last went well."""
    succeededAt: str | None  # noqa: N815
    """When it last went well; null before the first time."""
    did: str
    """What it did when it last did anything worth telling."""
    problem: str
    """What is wrong now; empty: nothing."""


class JobModel(Model):
    """Long work, how far it is."""

    job: Literal["collecting", "taking in", "costing again"]
    done: int
    """Hours of clusters that are done."""
    total: int | None
    """Hours of clusters there are; null where nobody knows."""
    reached: str | None
    """The hour it is at."""


class HistoryModel(Model):
    """How far the past is: hours of clusters that can be asked for, since the start."""

    done: int
    total: int | None
    """null while nobody knows how much there is."""


class Status(Model):
    """What the machine behind the server does now."""

    now: str
    dataUntil: str | None  # noqa: N815
    """Until when data are known; null where nothing is known yet, or where the source cannot tell without being asked for costs."""
    ready: bool
    """False: there is nothing to be asked for yet."""
    building: bool
    """True: history is still collected or taken in, so that what is older may be missing."""
    history: HistoryModel
    loops: list[LoopModel]
    """Every loop; empty where nothing works but the questions themselves (`farthing serve`)."""
    jobs: list[JobModel]
    """The latest progress of every long job since the start."""


class ThresholdsModel(Model):
    """More seconds than these since a cluster's last known hour ended make it behind, or silent."""

    behindSeconds: float  # noqa: N815
    silentSeconds: float  # noqa: N815


class ClusterState(Model):
    """How far and how whole the data of a cluster are; null where the source cannot tell."""

    name: str
    provider: str | None
    """Of its nodes in the last known hour, where all agree."""
    region: str | None
    first: str | None
    """Where its data begin."""
    last: str | None
    """Where they end."""
    recordedAt: str | None  # noqa: N815
    """When the latest of its hours was measured."""
    behindSeconds: float | None  # noqa: N815
    """Since its last known hour ended."""
    state: Literal["fresh", "behind", "silent"] | None
    hoursExpected: int | None  # noqa: N815
    """Hours of the window from where its data begin to where those of any cluster end."""
    hoursKnown: int | None  # noqa: N815
    """How many of them are known."""
    gaps: list[Span]
    """Runs of the others, in order."""
    nodes: int | None
    """Nodes in its last known hour."""


class Clusters(Model):
    """Every cluster that anything is known of, by name."""

    window: Span
    zone: str
    now: str
    dataUntil: str | None  # noqa: N815
    """Where the data of any cluster end; null where the source cannot tell."""
    thresholds: ThresholdsModel
    clusters: list[ClusterState]
    version: str


class SettingModel(Model):
    """A setting. Values are written as in YAML, secrets masked."""

    key: str
    """Its dotted name, as `farthing settings` and the reference have it."""
    name: str
    value: str
    default: str
    source: Literal["default", "file", "environment", "flag", "command"]
    """Where the value came from; command: set by what was started, as `farthing demo` does."""
    origin: str
    """The same in full: farthing.yaml:7, FARTHING_SERVE__PORT, flag --port; empty: default or command."""
    environment: str
    """The variable that sets it."""
    valid: str
    """What it takes."""
    doc: str


class SettingsSection(Model):
    """Settings that belong together."""

    section: str
    """Its name; empty for those that belong to none."""
    doc: str
    settings: list[SettingModel]


class BookPriceModel(Model):
    """A price of a rule."""

    priced: str
    """cpu, ram, gpu, …, or the whole node."""
    lifecycle: str | None
    """on_demand or spot; null: either."""
    value: float
    unit: str
    """$/core-hour, …, the $ standing for the book's currency."""
    written: str
    """As the book has it."""


class BookRuleModel(Model):
    """A rule of the price book, or a default rate."""

    name: str
    kind: Literal["rule", "rate", "default rate"]
    """rule: for what matches; rate: of what no rule prices; default rate: a rate of the book that comes with Farthing."""
    match: str
    """What an asset must have; empty for rates."""
    prices: list[BookPriceModel]


class PriceBookModel(Model):
    """What everything is costed by now."""

    name: str
    origin: str
    """The file; empty: the book that comes with Farthing."""
    currency: str
    isDefault: bool  # noqa: N815
    """True: nothing in it is your own."""
    rules: list[BookRuleModel]
    """In the order in which they are looked at."""
    notes: list[NoteModel]


class SourceModel(Model):
    """Where facts come from, or lie."""

    name: str
    kind: Literal["prometheus", "samples", "lake"]
    url: str
    """Or folder; credentials masked."""
    dataUntil: str | None  # noqa: N815
    """Until when hours are known of it; null: not told."""


class SettingsInForce(Model):
    """What holds now."""

    sections: list[SettingsSection]
    priceBook: PriceBookModel | None  # noqa: N815
    sources: list[SourceModel]


class FindingModel(Model):
    """Something that makes numbers wrong, or could."""

    layer: Literal["own", "source"]
    """own: seen by this server in what it keeps; source: by the examination of the server that it asks for data."""
    check: str
    severity: Literal["error", "warning", "info"]
    """error: numbers are wrong or missing; warning: they rest on something assumed; info: worth to know."""
    title: str
    evidence: list[str]
    concerns: str
    """Which numbers are wrong, by how much as far as known."""
    cure: str
    cluster: str
    """Empty where it is not one cluster's."""
    money: float | None
    """$ that rest on it or are missing; null: not told."""
    moneyOf: str  # noqa: N815
    """Of which time: the last 7 days, or one hour; of gaps and late clusters what their missing hours would have cost."""
    share: float | None
    """Of all money of that time."""


class VerdictModel(Model):
    """The outcome of a check."""

    layer: Literal["own", "source"]
    check: str
    findings: int
    notPossible: str  # noqa: N815
    """Why it could not be made; empty: it was."""


class ExaminedServerModel(Model):
    """What the examined server tells of itself; null where it does not."""

    version: str | None
    retention: str | None
    clusterLabel: str | None  # noqa: N815


class Doctor(Model):
    """What makes the numbers wrong, gravest first."""

    now: str
    dataUntil: str | None  # noqa: N815
    source: str | None
    """The server that is asked for data, credentials masked; null where there is none to be examined."""
    running: bool
    """True: it is being examined; findings are those of the time before. Ask again."""
    examinedAt: str | None  # noqa: N815
    """When the examination began that findings are of; null before the first."""
    lookedAt: str  # noqa: N815
    """The hours it looked at, in words."""
    problem: str
    """Why the last examination failed; empty: it did not."""
    cure: str
    server: ExaminedServerModel | None
    findings: list[FindingModel]
    verdicts: list[VerdictModel]
    notes: list[str]
