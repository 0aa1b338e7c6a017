"""What every request to a provider has in common: address, connection, dialect, errors, retries."""
