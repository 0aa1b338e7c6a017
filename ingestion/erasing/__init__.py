"""Documents go: deleted, erased, and taken out of what was made of them."""
