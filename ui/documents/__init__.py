"""Documents: what answers are built from."""
