"""Incidents: problems that people report, and how administrators settle them."""
