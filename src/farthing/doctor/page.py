"""The reference page, from the table of checks."""

from __future__ import annotations

from .checks import CHECKS

INTRODUCTION = """\
# Doctor

`farthing doctor --prometheus URL` asks a Prometheus-compatible server what would make the numbers wrong, before the first report.
Each finding comes with its evidence (series, label values, times), the numbers it concerns, and its cure.
An **error** means that numbers are wrong or missing, a **warning** that they rest on something assumed; an **info** is harmless here.

Questions are aggregated counts and look-ups in the server's index, over at most the last seven days of the window. One closed hour is
measured and costed, so that guesses can be told with their money. What a server does not tell (its targets, its retention) makes
a check *not possible*, with the reason; it is never taken as passed.
"""


def page() -> str:
    """The list of checks with what they look at, how grave a finding is and its cure, as Markdown."""
    parts = [INTRODUCTION]
    for check in CHECKS:
        name = check.name[0].upper() + check.name[1:]
        parts.append(f"## {name}\n\n{check.doc}\n\nMostly: {check.severity.value}. To do: {check.cure}.\n")
    return "\n".join(parts)
