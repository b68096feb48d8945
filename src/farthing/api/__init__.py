"""API: the allocation and asset API of OpenCost and Kubecost over HTTP.

Comes in: requests, and tables from a `CostSource`. Goes out: the field's JSON. Knows no SQL and no PromQL.
"""

from .app import ALLOCATION_PATHS, ASSET_PATHS, HEALTH_PATHS, REQUEST_HEAD_BYTES, create_app
from .parameters import ALLOCATION_PARAMETERS, ASSET_PARAMETERS, Parameter

__all__ = [
    "ALLOCATION_PARAMETERS",
    "ALLOCATION_PATHS",
    "ASSET_PARAMETERS",
    "ASSET_PATHS",
    "HEALTH_PATHS",
    "REQUEST_HEAD_BYTES",
    "Parameter",
    "create_app",
]
