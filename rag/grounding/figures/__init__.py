"""Figures, amounts, dates and units of a sentence against those of its sources."""
