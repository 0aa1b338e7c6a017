"""CSV, JSON and records."""
