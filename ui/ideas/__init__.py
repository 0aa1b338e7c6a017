"""Ideas: what people want to do with AI."""
