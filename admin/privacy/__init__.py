"""Privacy: how long what is kept, legal holds, own data, and erasures with certificates."""
