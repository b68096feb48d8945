"""A lake: clusters, each with tables of its own, and the books they are priced by."""

from __future__ import annotations

import threading

from farthing.core.settings import LakeSettings

from .books import Books
from .cluster import ClusterLake
from .cluster_tables import cluster_tables
from .objects import Objects
from .place import cluster_of, open_place


class Lake:
    """Everything under one URL. May be used by several threads: each has its own view of a cluster."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.books = Books(objects)
        self._local = threading.local()

    @property
    def url(self) -> str:
        """Where it lies."""
        return self._objects.place.url

    def clusters(self) -> tuple[str, ...]:
        """Ids of the clusters that have anything in the lake, sorted."""
        found = (cluster_of(folder) for folder in self._objects.folders())
        return tuple(sorted(cluster for cluster in found if cluster is not None))

    def cluster(self, cluster_id: str) -> ClusterLake:
        """The tables of a cluster, whether there are any yet or not; the same object for the same thread.

        Raises SettingsError for an id that no folder can be named for.
        """
        known: dict[str, ClusterLake] = self._local.__dict__.setdefault("clusters", {})
        if cluster_id not in known:
            known[cluster_id] = ClusterLake(cluster_tables(self._objects, cluster_id))
        return known[cluster_id]


def open_lake(settings: LakeSettings, *, must_exist: bool = False) -> Lake:
    """The lake that `settings` name; a local folder is made where it is missing, an object store is not asked yet.

    Raises SettingsError for a URL or settings that no lake can have; NoData for a local folder that is missing where it `must_exist`.
    """
    return Lake(Objects(open_place(settings, must_exist=must_exist)))
