"""Background work: its queue, its threads, and the ownership of the indexes."""
