"""Builds what requests to models pass: budgets, switches, and the prices that they are told by."""
