"""Work that goes on while people use the app: its queue, its threads, and who owns the indexes."""
