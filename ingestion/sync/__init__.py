"""Keeps a collection like a folder."""
