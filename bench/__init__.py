"""Measurements of what Farthing costs to run, beside what OpenCost's queries cost, on data of a realistic size.

In: a description of an organisation. Out: Prometheus blocks under build/bench, a table on the terminal and in results.md.
"""
