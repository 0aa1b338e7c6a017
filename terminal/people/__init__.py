"""People, groups, their conversations and what was done."""
