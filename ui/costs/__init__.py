"""Costs and value: what everything costs together, and what ideas bring for it."""
