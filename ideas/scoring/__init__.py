"""Scores of an idea from its reviews: two axes, quadrants, disagreement, and orders of lists."""
