"""People: accounts, groups, collections and who may read them, and what was done."""
