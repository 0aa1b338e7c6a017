"""The only door to models: chat providers, embeddings, prices and metering."""
