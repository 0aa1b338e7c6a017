"""Policy: the AI-use policy, read and acknowledged by everyone, written by administrators."""
