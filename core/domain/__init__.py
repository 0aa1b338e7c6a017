"""Frozen values and protocols of the product; standard library only."""
