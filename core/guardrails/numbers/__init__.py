"""Tells the numbers of people and machines from the other numbers of a text."""
