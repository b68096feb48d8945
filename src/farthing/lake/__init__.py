"""The lake: where facts are kept, and the only thing that clusters share.

In: whole hours of a cluster's facts, committed all or not at all; price books as they were.
Out: the hours again, now or as of a time, and which of them are new. It lies in a folder or an object store, one prefix a cluster.
"""

from .books import BookVersion
from .claim import Claim
from .cluster import Changes, ClusterLake
from .commit import Commit
from .extent import Extent
from .head import Head
from .lake import Lake, open_lake
from .plan import Step
from .verify import Finding, Gravity, Verdict

__all__ = [
    "BookVersion",
    "Changes",
    "Claim",
    "ClusterLake",
    "Commit",
    "Extent",
    "Finding",
    "Gravity",
    "Head",
    "Lake",
    "Step",
    "Verdict",
    "open_lake",
]
