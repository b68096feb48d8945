"""API: what things cost over HTTP, natively and as OpenCost and Kubecost answer it.

Comes in: requests, and tables from a `CostSource`. Goes out: JSON, CSV, Parquet and Arrow. Knows no SQL and no PromQL.
"""

from .access import is_local
from .app import HEALTH_PATHS, METRICS_PATH, REQUEST_HEAD_BYTES, create_app
from .compat import ALLOCATION_PARAMETERS, ASSET_PARAMETERS
from .compat import ROUTES as COMPATIBLE_ROUTES
from .native import PREFIX as NATIVE_PREFIX
from .native import ROUTES as NATIVE_ROUTES
from .parameters import Parameter
from .writes import Receiver

ALLOCATION_PATHS = ("/allocation", "/allocation/compute")
ASSET_PATHS = ("/assets",)

__all__ = [
    "ALLOCATION_PARAMETERS",
    "ALLOCATION_PATHS",
    "ASSET_PARAMETERS",
    "ASSET_PATHS",
    "COMPATIBLE_ROUTES",
    "HEALTH_PATHS",
    "METRICS_PATH",
    "NATIVE_PREFIX",
    "NATIVE_ROUTES",
    "REQUEST_HEAD_BYTES",
    "Parameter",
    "Receiver",
    "create_app",
    "is_local",
]
