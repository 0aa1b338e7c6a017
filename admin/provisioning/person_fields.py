"""What is kept of a person that an identity provider sends."""

from typing import Any

from scim2_models import InvalidValueException

from admin.accounts import MAX_NAME
from admin.provisioning.models import MOST_EMAILS, ScimPerson
from core.guardrails.text import clean_line


def kept_fields(person: ScimPerson) -> dict[str, Any]:  # Any: texts and lists, by column
    """Return the values of the columns; raise InvalidValueException for too many addresses."""
    name = person.name
    emails = person.emails or []
    if len(emails) > MOST_EMAILS:
        raise InvalidValueException(detail=f"A person has at most {MOST_EMAILS} e-mail addresses.")
    return {
        "external_id": person.external_id or None,
        "display_name": person.display_name or "",
        "formatted_name": (name and name.formatted) or "",
        "given_name": (name and name.given_name) or "",
        "family_name": (name and name.family_name) or "",
        "emails": [
            email.model_dump(scim_ctx=None, exclude_none=True)
            for email in emails
            if email.value or email.type
        ],
    }


def shown_name(person: ScimPerson, email: str) -> str:
    """Return the name that the app shows: one line, the first that there is."""
    name = person.name
    parts = (name.given_name, name.family_name) if name else ()
    choices = (
        person.display_name,
        name.formatted if name else None,
        " ".join(part for part in parts if part),
        email.partition("@")[0],
        email,
    )
    cleaned = (clean_line(choice or "") for choice in choices)
    return next(filter(None, cleaned))[:MAX_NAME].strip()
