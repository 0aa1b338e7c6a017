"""E-mail: what it says now, what it answers, its files and invitations."""
