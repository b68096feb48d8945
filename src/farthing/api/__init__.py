"""API: the allocation and asset API of OpenCost and Kubecost over HTTP.

Comes in: requests, and ledgers from a `LedgerSource`. Goes out: the field's JSON. Knows no SQL and no PromQL.
"""

from .app import ALLOCATION_PATHS, ASSET_PATHS, HEALTH_PATHS, REQUEST_HEAD_BYTES, create_app
from .parameters import ALLOCATION_PARAMETERS, ASSET_PARAMETERS, Parameter
from .source import LedgerSource

__all__ = [
    "ALLOCATION_PARAMETERS",
    "ALLOCATION_PATHS",
    "ASSET_PARAMETERS",
    "ASSET_PATHS",
    "HEALTH_PATHS",
    "REQUEST_HEAD_BYTES",
    "LedgerSource",
    "Parameter",
    "create_app",
]
