"""Queries on budgets, on what is spent and reserved of them, and on what is turned off."""
