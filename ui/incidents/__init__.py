"""Incidents: reporting a problem, and settling what was reported."""
