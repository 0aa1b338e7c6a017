"""Questions, evaluations, gaps, usage and ideas."""
