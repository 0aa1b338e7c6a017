"""The rules of access, free of storage and UI."""

from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Collection
from core.errors import AccessDenied, ConfirmationNeeded, PolicyNotAcknowledged


def may_read(user: User, collection: Collection) -> bool:
    """Return whether an active person may read a collection: it is open, or opened to their groups.

    Everything else is denied. Administrators manage every collection but get no exception here:
    what answers are built from follows the groups, so that an answer never widens with the role.
    Whoever operates the terminal owns the database and reads everything in it, except the files
    that people attach to their conversations: those are opened only to their person, inside it
    (core.storage.queries.privacy.attachments).
    """
    if collection.conversation_id:
        return False
    if user is SYSTEM:
        return True
    if not user.is_active:
        return False
    return collection.is_open or bool(user.group_ids & collection.group_ids)


def require_account(user: User) -> None:
    """Raise AccessDenied for a deactivated account.

    It is all that people need for what is their own, such as an export, or a look at the policy.
    """
    if not user.is_active:
        raise AccessDenied("This account is deactivated. Ask an administrator for help.")


def require_policy(user: User) -> None:
    """Raise PolicyNotAcknowledged for who has to acknowledge the AI-use policy first."""
    if user.awaits_policy:
        raise PolicyNotAcknowledged(
            "You have not acknowledged the AI-use policy yet, so nothing was done. Open the "
            "sandbox in a browser, read the policy, confirm it and try again."
        )


def require_confirmed(user: User) -> None:
    """Raise ConfirmationNeeded unless the password was entered in the last ten minutes."""
    if user.needs_confirmation:
        raise ConfirmationNeeded(
            "Nothing was changed. Enter your password again on the page My account, then repeat "
            "this. It is valid for 10 minutes."
        )


def require_active(user: User) -> None:
    """Raise AccessDenied for a deactivated account, PolicyNotAcknowledged before the policy."""
    require_account(user)
    require_policy(user)


def require_admin(user: User) -> None:
    """Raise AccessDenied unless the person is an active admin, and as `require_active`."""
    if not (user.is_active and user.is_admin):
        raise AccessDenied("Only administrators can do this. Ask an administrator for help.")
    require_policy(user)


def require_reviewer(user: User) -> None:
    """Raise AccessDenied unless the person is an active reviewer or admin, as `require_active`."""
    if not (user.is_active and user.is_reviewer):
        raise AccessDenied("Only reviewers can do this. Ask an administrator for help.")
    require_policy(user)
