"""Sign-ins by the company's systems: the way to the identity provider and back, and the proxy."""
