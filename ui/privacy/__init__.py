"""Privacy: how long what is kept, legal holds, and certificates of erasures."""
