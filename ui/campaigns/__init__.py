"""Campaigns: ideas on one theme, from the call to the result."""
