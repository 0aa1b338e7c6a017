"""The tables of governance: the AI-use policy with its acknowledgements, and incidents."""
