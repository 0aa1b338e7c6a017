"""Quality: how good answers are, and whether something drifts."""
