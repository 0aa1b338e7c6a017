"""Compares figures, amounts, dates and units of a sentence with those of its sources."""
