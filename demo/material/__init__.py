"""The texts of the made-up year."""
