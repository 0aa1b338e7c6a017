"""Costs of all kinds: items beside the metered models, and what everything costs together."""
