"""Vocabulary: other words that questions are searched with."""
