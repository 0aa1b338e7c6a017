"""E-mails: their own words, the messages they answer, their files and invitations."""
