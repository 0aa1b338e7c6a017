"""Campaigns: a theme between two dates, teams, a panel with its own criteria, and results."""
