"""Reviews of ideas: who reviews until when, blind scores, and what they come to."""
