"""What is known of a document beside its words: list, owner, age, reviews and versions."""
