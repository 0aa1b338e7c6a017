"""What arrives: each upload is checked, named, taken apart and registered."""
