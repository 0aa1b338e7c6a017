"""Finds ideas that say the same in other words."""
