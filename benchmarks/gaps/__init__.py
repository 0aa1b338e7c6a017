"""Whether questions that mean the same come together, and others stay apart."""
