"""Idea review: what reviewers triage, score and sign."""
