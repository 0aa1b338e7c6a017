"""The rules as data: keys, words and national numbers, each with the check that it has."""
