"""OpenID Connect: how the company's identity provider is asked, and its answers are checked."""
