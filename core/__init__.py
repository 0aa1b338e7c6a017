"""Shared kernel: domain values, storage, models and guardrails; knows no feature and no UI."""
