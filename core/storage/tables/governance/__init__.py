"""The tables of governance: the AI-use policy, incidents, legal holds, erasures, files of chats."""
