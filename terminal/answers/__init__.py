"""Questions, evaluations, gaps and usage."""
