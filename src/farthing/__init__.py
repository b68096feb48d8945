"""Farthing: what every Kubernetes workload costs, proved against the bill."""

__version__ = "0.1.0"
