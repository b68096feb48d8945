"""API: what things cost over HTTP, natively and as OpenCost and Kubecost answer it.

Comes in: requests, and tables from a `CostSource`. Goes out: JSON, CSV, Parquet and Arrow. Knows no SQL and no PromQL.
"""

from .access import is_local
from .app import HEALTH_PATHS, METRICS_PATH, REQUEST_HEAD_BYTES, create_app
from .behind import Behind, Machine
from .compat import ALLOCATION_PARAMETERS, ASSET_PARAMETERS, NOT_OFFERED_ROUTES
from .compat import ROUTES as COMPATIBLE_ROUTES
from .documented import ERRORS
from .examiner import Examiner
from .native import PREFIX as NATIVE_PREFIX
from .native import ROUTES as NATIVE_ROUTES
from .native import VIEW_COLUMNS, native_answer, view_fields
from .parameters import Parameter
from .writes import Receiver

ALLOCATION_PATHS = ("/allocation", "/allocation/compute")
ASSET_PATHS = ("/assets",)
NOT_OFFERED_PATHS = tuple(route.path for route in NOT_OFFERED_ROUTES)

__all__ = [
    "ALLOCATION_PARAMETERS",
    "ALLOCATION_PATHS",
    "ASSET_PARAMETERS",
    "ASSET_PATHS",
    "COMPATIBLE_ROUTES",
    "ERRORS",
    "HEALTH_PATHS",
    "METRICS_PATH",
    "NATIVE_PREFIX",
    "NATIVE_ROUTES",
    "NOT_OFFERED_PATHS",
    "REQUEST_HEAD_BYTES",
    "VIEW_COLUMNS",
    "Behind",
    "Examiner",
    "Machine",
    "Parameter",
    "Receiver",
    "create_app",
    "is_local",
    "native_answer",
    "view_fields",
]
