"""Organisations that are made up, with books that are true: what every container held, used and cost, known without measuring.

Comes in: a declaration (clusters, pools, workloads, prices) and a span. Goes out: facts, the true ledger, and the series that
exporters would have shown. Everything about any moment is found without those before it; the same seed gives the same bytes.
"""

from .books import Books, books
from .company import Query, Story, company, stories
from .facts import facts
from .plan import Organisation
from .prices import price_book_yaml
from .scale import organisation_of

__all__ = ["Books", "Organisation", "Query", "Story", "books", "company", "facts", "organisation_of", "price_book_yaml", "stories"]
