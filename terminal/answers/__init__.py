"""Questions, evaluations, gaps, usage and costs."""
