"""What files arrive: checked, named, taken apart and registered."""
