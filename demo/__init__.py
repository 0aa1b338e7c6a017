"""A made-up year of people, questions and ideas, so that every page can be looked at."""
