"""Tells kinds of questions that searching cannot answer, and answers those that need no reading."""
