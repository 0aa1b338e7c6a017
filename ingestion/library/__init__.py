"""What is known of a document beyond its text: list, owner, age, reviews and versions."""
