"""Usage of a period: days on the reader's calendar, sums, currencies, unusual days."""
