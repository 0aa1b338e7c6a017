"""The composer below a conversation: what is asked, of what, and what stands in the way."""
