"""Queries on ideas that several features need: rows to change, counts, filters, files, notices."""
