"""People: accounts, groups, collections and who may read them, usage, and what was done."""
