"""Chat: questions, answers and their sources."""
