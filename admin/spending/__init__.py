"""Budgets and switches: what requests to models may cost, and what is turned off."""
