"""What is made of citations that a language model got wrong."""
