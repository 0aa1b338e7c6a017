"""Values of governance: the AI-use policy and who follows it, and problems that people report."""
