"""Finds secrets, streets and names of people by the words they are told in."""
