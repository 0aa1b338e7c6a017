"""Words of the page My account."""

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
UNKNOWN = "An unknown browser"
READINGS = {
    "usage.read_questions": "read unanswered questions of yours, without your name",
    "gap.read": "saw questions of yours among the knowledge gaps",
    "gap.read_questions": "read questions of yours on a topic, without your name",
    "conversations.exported": "exported your conversations",
    "conversations.deleted": "deleted your conversations for good",
    "ideas.exported": "exported what you did with ideas",
    "ideas.erased": "took you out of all ideas",
    "password.reset": "set a new password for you",
    "identity.added": "connected a company account with yours",
    "identity.removed": "disconnected a company account from yours",
    "password_link.created": "made a link that sets your password",
    "second_factor.removed": "removed your second factor",
}
"""What somebody did, to follow their name."""

CODES = (
    "Keep these ten codes where you find them without your phone. Each signs you in once. They are "
    "not shown again."
)


def browser(agent: str) -> str:
    """Return `Firefox on Windows` for what a browser says of itself."""
    name = next((name for mark, name in BROWSERS if mark in agent), "")
    if not name and "Safari/" in agent:
        name = "Safari"
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{name} on {system}" if name and system else name or UNKNOWN


def reading(action: str) -> str:
    """Return what somebody did, to follow their name."""
    return READINGS.get(action, "did something with your texts")
