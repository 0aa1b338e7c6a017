"""My account: password, second factor, sessions, and who read one's texts."""
