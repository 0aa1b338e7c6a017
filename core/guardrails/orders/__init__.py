"""Orders to a language model: known in any disguise, recognised again, kept apart."""
