"""The search indexes of a collection: written, compared with the database, repaired and rebuilt."""
