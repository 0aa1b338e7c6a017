"""Documents and collections, from `ingest` to `erase`."""
