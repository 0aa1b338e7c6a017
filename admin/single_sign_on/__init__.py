"""Sign-ins that the company's own systems vouch for: its identity provider, or a proxy."""
