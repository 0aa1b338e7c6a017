"""Who is signed in: passwords, sessions, one-time links and limits on failed attempts."""
