"""Compares database, indexes and originals, and mends what can be mended."""
