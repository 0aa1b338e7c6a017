"""The life around an idea: votes, comments, notifications, and what waits for people."""
