"""A file becomes searchable passages; kept free of imports so that the parser child starts fast."""
