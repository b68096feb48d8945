"""API: the allocation and asset API of OpenCost and Kubecost over HTTP.

Comes in: requests, and ledgers from a `LedgerSource`. Goes out: the field's JSON. Knows no SQL and no PromQL.
"""

from .app import create_app
from .parameters import ALLOCATION_PARAMETERS, ASSET_PARAMETERS, Parameter
from .source import LedgerSource

__all__ = ["ALLOCATION_PARAMETERS", "ASSET_PARAMETERS", "LedgerSource", "Parameter", "create_app"]
