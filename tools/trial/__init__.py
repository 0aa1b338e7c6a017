"""What tests and benchmarks try the product with: a provider, a served app, files, damage."""
