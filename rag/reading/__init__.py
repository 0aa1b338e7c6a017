"""Reads the passages found: which of their sentences answer."""
