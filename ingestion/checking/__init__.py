"""The comparison of database, indexes and originals, and its repairs."""
