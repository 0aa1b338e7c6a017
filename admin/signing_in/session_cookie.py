"""The name of the session cookie, which the web edge sets and the pages read."""


def session_cookie_name(*, is_secure: bool) -> str:
    """Return the name; browsers accept `__Host-` only on Secure cookies of this host."""
    return "__Host-sid" if is_secure else "sid"
