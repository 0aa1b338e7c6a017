"""Finds the passages a person may read for a query."""
