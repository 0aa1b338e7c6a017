"""The seals of the audit log: a keyed chain over its entries, and its head outside the database."""
