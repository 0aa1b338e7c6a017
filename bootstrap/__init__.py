"""Composition root: the only code that reads settings and picks implementations."""
