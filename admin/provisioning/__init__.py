"""Provisioning by an identity provider (SCIM 2.0): its tokens, people and groups."""
