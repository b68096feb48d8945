"""Quantities: what was held, used and offered, hour by hour; never money.

Comes in: series of a Prometheus-compatible server or of the sample store. Goes out: frames of the ledger's fact tables.
"""
