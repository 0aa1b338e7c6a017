"""Quality of answers and retrieval, measured on cases with known evidence."""
