"""The name of the session cookie, which the web edge sets and the pages read."""


def session_cookie_name(*, is_secure: bool) -> str:
    """Browsers accept the `__Host-` prefix only on Secure cookies of exactly this host."""
    return "__Host-sid" if is_secure else "sid"
