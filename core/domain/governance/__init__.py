"""Values of governance: the AI-use policy, problems that people report, privacy, files of chats."""
