"""One idea: where it stands, what it says, and what everyone may do with it."""
