"""Builds every way in: passwords, the company's identity provider, and its proxy."""
