"""Knowledge gaps: questions without a good answer, grouped by meaning, settled and told."""
