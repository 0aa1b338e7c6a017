"""What every command needs: the services and the people they name."""

from bootstrap.process import terminal_services as services
from core.domain.identity import SYSTEM, User
from core.errors import NotFound

__all__ = ["collection_named", "services", "user_named"]


def user_named(email: str) -> User:
    """Raises NotFound if nobody has this e-mail address."""
    wanted = email.strip().lower()
    for user in services().people.list_all(SYSTEM):
        if user.email == wanted:
            return user
    raise NotFound(f"There is no account “{email}”. Create it: sandbox_cli.py users add {email}")


def collection_named(name: str) -> str:
    """The id of a collection; raises NotFound if there is none of this name."""
    for collection in services().collections.list_all(SYSTEM):
        if collection.name == name:
            return collection.id
    raise NotFound(
        f"There is no collection “{name}”. Create it with: sandbox_cli.py collections add {name}"
    )
