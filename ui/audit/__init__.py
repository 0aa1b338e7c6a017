"""Audit: who did what, when, and whether the record is as it was written."""
