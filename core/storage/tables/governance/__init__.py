"""The tables of governance: the AI-use policy, incidents, legal holds and erasures."""
