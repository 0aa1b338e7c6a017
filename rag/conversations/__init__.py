"""What was asked and answered before."""
