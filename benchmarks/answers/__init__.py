"""How long a whole answer in passage mode takes, and where the time goes."""
