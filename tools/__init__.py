"""Programs for whoever maintains the repository; the product does not use them."""
