"""Models on this machine that read whole texts and score them."""
