"""My usage: what a person asked, what it cost, and their export."""
