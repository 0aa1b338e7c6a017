"""Query functions: they take a session first, return domain values and never commit."""
