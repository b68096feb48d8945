"""Page: paths, parameters and answers of the HTTP API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from farthing.api import (
    COMPATIBLE_ROUTES,
    ERRORS,
    NATIVE_PREFIX,
    NATIVE_ROUTES,
    NOT_OFFERED_PATHS,
    VIEW_COLUMNS,
    Parameter,
    view_fields,
)

from .markdown import code, table

INTRODUCTION = f"""# HTTP API

Two APIs over the same questions: the native one under `{NATIVE_PREFIX}`, which the screen uses, and the one that OpenCost's and
Kubecost's clients speak, with and without `/model` before its paths. `/openapi.json` describes both for programs.

Names of parameters are taken in any case, an empty value counts as absent, and an unknown parameter, or a value that cannot be answered
as asked, is refused with what would be right. Numbers are whole doubles, never rounded.

## Who may ask

Without a token (`serve.token` or `serve.token_file`) the server listens on this machine alone and only reads. With one every request but
those of health needs it, as `Authorization: Bearer TOKEN` or `X-API-KEY: TOKEN`; what writes needs one always. A request for a host name
that is neither this machine's nor in `serve.hosts` is refused, so that no web page can make its own name point here. No other site may read
answers in a browser.

## What every answer has

- `X-Request-Id`: the one sent, or a new one; it stands in errors and in the log.
- `ETag`, where the source tells the version of its data: send it as `If-None-Match` and get `304` while the answer is the same.
- Compression by `br`, `zstd` or `gzip`, as the client takes it.

An error is `{{"code", "status": "error", "data": null, "message", "error": {{"kind", "problem", "expected", "cure", "position",
"requestId"}}}}` with the HTTP status as `code`; `position` is where a filter is wrong.
"""
NATIVE = """
## Native API

What is not known, or has no price, is `null` and never 0; `unpriced`, `guesses` and `notes` say why and what to do about it.
"""
VIEW = """
### The answer to a view

Rows are lists of cells in the order of `columns`. A page goes on with `cursor`; its window and the part of it that has gone by stay
what they were on the first page, and if the data changed since, the answer is 409.
"""
COLUMNS = """
Columns of allocations, after `name`, `special` and one per group (those of assets are told by `/meta`):
"""
COMPATIBLE = """
## OpenCost's and Kubecost's API

Answers have the shape that the clients read: `{"code": 200, "status": "success", "data": …}`, with the window that was meant in `meta`
and a `warning` where something has no price (its cost is 0 here) or rests on a guess.

`data` of `/allocation` is a list of sets, each a map from a name to an allocation. Without `aggregate` there is a row per container named
`cluster/node/namespace/pod/container`, and idle per node as `cluster/node/__idle__`; with it a name joins the fields by `/` (among several
fields the slashes of a value are underscores), and idle is one row `__idle__`. Quantities are what was held (`max(request, usage)`), also
where idle cost is shared out.

`data` of `/assets` is one map from `provider/account/project/category/cluster/type/service/providerID/name` to an asset, blanks written as
`__undefined__`; asked with `accumulate`, `step` or `aggregate` it is a list of such maps, asked with `includeIdle` always one map of single
assets.
"""
ABSENT = """
Paths of other products that are not answered give 501: {paths}.
"""
WRITE = """
## Writing

`POST /api/v1/write` takes samples by Prometheus' remote write where the server keeps samples. 204: they are kept; 4xx: the sender
should drop them; 5xx: it should send them again.
"""
HEALTH = """
## Health

`GET /healthz` answers 200 while the server runs, `GET /readyz` once questions can be answered (else 503), `GET /metrics` with the
server's own metrics for Prometheus.
"""


def page() -> str:
    """Paths, parameters and answers."""
    return "\n".join([INTRODUCTION, _errors(), *_native(), *_compatible(), WRITE, HEALTH])


def _errors() -> str:
    return table(["status", "means"], ([code(str(status)), doc] for status, doc in ERRORS.items()))


def _native() -> Iterable[str]:
    yield NATIVE
    for route in NATIVE_ROUTES:
        yield f"### `GET {NATIVE_PREFIX}{route.path}`\n\n{route.doc}.\n"
        if route.parameters:
            yield _parameters(route.parameters)
    yield VIEW
    yield table(["field", "holds"], ([code(name), doc] for name, doc in view_fields()))
    yield COLUMNS
    yield table(["column", "unit", "means"], ([code(one.name), one.unit, one.doc] for one in VIEW_COLUMNS))


def _compatible() -> Iterable[str]:
    yield COMPATIBLE
    told: dict[tuple[str, ...], list[str]] = {}
    # Paths of one set of parameters stand together.
    for route in COMPATIBLE_ROUTES:
        told.setdefault(tuple(route.parameters), []).append(route.path)
    tables = {tuple(route.parameters): route.parameters for route in COMPATIBLE_ROUTES}
    docs = {route.path: route.doc for route in COMPATIBLE_ROUTES}
    for names, paths in told.items():
        yield "### " + ", ".join(f"`GET {path}`" for path in paths) + "\n"
        yield "\n".join(f"- {code(path)}: {docs[path][0].lower() + docs[path][1:]}" for path in paths) + "\n"
        if names:
            yield _parameters(tables[names])
    yield ABSENT.format(paths=", ".join(code(path) for path in NOT_OFFERED_PATHS))


def _parameters(parameters: Mapping[str, Parameter]) -> str:
    rows = ([code(name), one.doc, _values(one), code(one.default)] for name, one in parameters.items())
    return table(["parameter", "means", "values", "default"], rows)


def _values(parameter: Parameter) -> str:
    refused = [value for value in parameter.values if parameter.later is not None and value not in parameter.later]
    heard = ", ".join(code(value) for value in parameter.values if value not in refused)
    return f"{heard}; refused: {', '.join(map(code, refused))}" if refused else heard
