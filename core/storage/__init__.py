"""The relational database, the search indexes and the original files."""
