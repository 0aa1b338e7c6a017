"""Colours, company name and table proportions shared by all renderers."""

from __future__ import annotations

from tools.samples.blocks import Grid

COMPANY = "Nordhafen Logistics SE"
INK = "1F2A30"
DEEP = "0B3C49"
ACCENT = "D9822B"
PALE = "EEF3F4"
LINE = "C9D4D7"
SHORTEST = 8
LONGEST = 46
PADDING = 6


def column_shares(grid: Grid) -> list[float]:
    """Give each column a share of the width that follows its longest cell."""
    longest = [max(len(row[index]) for row in grid.rows) for index in range(len(grid.rows[0]))]
    weights = [min(max(length, SHORTEST), LONGEST) + PADDING for length in longest]
    return [weight / sum(weights) for weight in weights]
