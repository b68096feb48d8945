"""Views: group, filter and share out the ledger.

Comes in: pieces of the ledger and a question. Goes out: a table of costs and quantities per group and step, and how far to trust it.
"""

from .allotment import GIVES, received
from .answering import answer, summarise
from .assets import ASSET_LABELS, AssetSums, AssetTable, sum_assets
from .closing import check_closes
from .confidence import Guess, Unpriced
from .dimensions import OWNERSHIP_LABELS, filter_dimension, with_dimensions
from .filters import ALLOCATION_FIELDS, ASSET_FIELDS, OPERATOR_MEANING, And, Comparison, FieldKind, Filter, Match, Or, parse_filter
from .groups import Group, parse_by, valid_groups
from .matching import clusters_asked, condition, sanitised
from .measures import IDLE_COSTS
from .parts import Parts
from .question import NEEDS, OF_ASSET, OF_KIND, PROPERTIES, IdleRows, Question
from .shared_costs import is_shared, shared_dimensions
from .sharing import Idle, IdleBy, SharedOut, Sharing, Split, parse_idle, parse_idle_by, parse_sharing, sharing_of
from .source import HOURS_KNOWN, CostSource, Extent, LedgerSource, OnDemand, meet_on_hours
from .sums import Sums
from .table import SummaryTable

__all__ = [
    "ALLOCATION_FIELDS", "ASSET_FIELDS", "ASSET_LABELS", "GIVES", "HOURS_KNOWN", "IDLE_COSTS", "NEEDS", "OF_ASSET", "OF_KIND",
    "OPERATOR_MEANING", "OWNERSHIP_LABELS", "PROPERTIES",
    "And", "AssetSums", "AssetTable", "Comparison", "CostSource", "Extent", "FieldKind", "Filter", "Group", "Guess", "Idle", "IdleBy",
    "IdleRows", "LedgerSource", "Match", "OnDemand", "Or", "Parts", "Question", "SharedOut", "Sharing", "Split", "SummaryTable", "Sums",
    "Unpriced",
    "answer", "check_closes", "clusters_asked", "condition", "filter_dimension", "is_shared", "meet_on_hours", "parse_by", "parse_filter",
    "parse_idle",
    "parse_idle_by", "parse_sharing", "received", "sanitised", "shared_dimensions", "sharing_of", "sum_assets", "summarise",
    "valid_groups", "with_dimensions",
]  # fmt: skip
