"""The deletion and erasure of documents, and the redaction of what was made of them."""
