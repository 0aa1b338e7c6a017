"""Files of a conversation: attached with a question, shown above it, read whole when agreed."""
