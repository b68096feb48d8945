"""Questions made up from the OpenAPI document: no fault of ours, and every answer as the document says."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from farthing.api import NATIVE_PREFIX, create_app
from farthing.core.settings import Settings
from farthing.views import OnDemand

from ..views.frames import HOUR, example
from .conftest import Example

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SETTINGS = Settings.model_validate({"serve": {"hosts": "testserver"}})
app = create_app(OnDemand(Example([example(HOUR + h * 3600) for h in range(3)])), SETTINGS, receive=lambda _body, _headers: None)
schema = schemathesis.openapi.from_asgi("/openapi.json", app)
schema.config.phases.coverage.enabled = False  # hundreds of cases a path
# Each of the compatible paths once, and not those that answer the same whatever is asked.
told = schema.exclude(path_regex="^/(model/|savings|c.*Cost|.*carbon|allocation/compute|assets/(diff|totals|breakdown)|api/v1/write)")


@pytest.mark.slow
@told.parametrize()
@settings(max_examples=4, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), derandomize=True)
def test_answers_are_as_told(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(checks=CHECKS)


def test_what_the_document_holds() -> None:
    document = app.openapi()
    native = [path for path in document["paths"] if path.startswith(NATIVE_PREFIX)]
    assert len(native) >= 7
    for path in native:
        for operation in document["paths"][path].values():
            assert operation["summary"]
            assert all(parameter["description"] and parameter["schema"] for parameter in operation.get("parameters", ()))
    view = document["components"]["schemas"]["View"]
    assert all("description" in field or "$ref" in str(field) or "type" in field for field in view["properties"].values())
