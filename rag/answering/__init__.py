"""A question becomes an answer, step by step, and is recorded."""
