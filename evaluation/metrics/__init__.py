"""What is measured of a search and of an answer, without a language model as judge."""
