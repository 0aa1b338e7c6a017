"""Reads figures, amounts, dates and units in any spelling, and tells whether two say the same."""
