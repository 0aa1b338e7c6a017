"""The error tree of the product; every message is safe to show an employee."""

from collections.abc import Mapping


class SandboxError(Exception):
    """Base of all errors raised on purpose; says what happened and what to do next."""


class AccessDenied(SandboxError):
    """The person may not do this, or may not know that the object exists."""


class PolicyNotAcknowledged(AccessDenied):
    """The person has to acknowledge the AI-use policy before they do this."""


class NotFound(SandboxError):
    """The object does not exist, or is not visible to this person."""


class InvalidInput(SandboxError):
    """Something typed or uploaded cannot be used as it is."""


class QuestionBlocked(InvalidInput):
    """A question holds values that a setting lets nobody send; nothing was stored or sent."""


class TooManyQuestions(InvalidInput):
    """A person asked more questions within a minute than anybody may."""


class InvalidFields(InvalidInput):
    """Fields of a form need work; `problems` has a sentence for each, by the name of the field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class Conflict(SandboxError):
    """The object exists already or was changed in the meantime."""


class NameTaken(Conflict):
    """Another account, group or token has this name, address or id."""


class TitleTaken(Conflict):
    """Another idea has this title; it is named for a link to it."""

    def __init__(self, message: str, *, idea_id: str, number: int, title: str) -> None:
        super().__init__(message)
        self.idea_id, self.number, self.title = idea_id, number, title


class MoveRefused(SandboxError):
    """An idea cannot go to this state from where it is, or something is missing for it.

    `missing` names what, as in core.domain.ideas.workflow.Need; empty where no way leads there.
    """

    def __init__(self, message: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing


class SignInFailed(SandboxError):
    """Wrong e-mail address, password or link; the message never says which."""


class ConfirmationNeeded(SandboxError):
    """What was asked for is dangerous, and the password was entered too long ago."""


class SignedOut(SandboxError):
    """The sign-in under which something was requested ended while it was being done."""


class TooManyAttempts(SandboxError):
    """Sign-in is slowed down after repeated failures."""


class UnreadableDocument(SandboxError):
    """A file cannot be read; the message names the cause for an admin."""


class ConfigurationError(SandboxError):
    """A setting is missing or wrong; the message names the setting."""


class IndexesInUse(ConfigurationError):
    """Another process, such as the app, writes the search indexes of this data directory."""


class StillRunning(SandboxError):
    """Work that was handed over goes on after the wait for it has ended."""


class PassagesMissing(SandboxError):
    """Passages that were stored for a document are missing when they are needed."""


class IndexUnavailable(SandboxError):
    """A search index cannot be opened or written."""


class IndexDamaged(IndexUnavailable):
    """The files of a search index cannot be read; the database has all that is in them."""


class IndexIncomplete(IndexUnavailable):
    """A search index lacks passages that the database says can be found in it."""


class StorageUnavailable(SandboxError):
    """Base of errors of the places where data is stored."""


class DatabaseUnavailable(StorageUnavailable):
    """The database does not answer, or does not take what is written."""


class DatabaseBusy(DatabaseUnavailable):
    """Another process keeps the database for too long."""


class DatabaseDamaged(DatabaseUnavailable):
    """The file of the database cannot be read."""


class DiskUnavailable(StorageUnavailable):
    """A folder or file of the data directory cannot be read or written."""


class QueueUnavailable(StorageUnavailable):
    """Work cannot be put into the queue, or taken from it."""


class IdentityProviderUnavailable(SandboxError):
    """The company's identity provider cannot be reached, or does not make sense."""


class MailUnavailable(SandboxError):
    """The mail server cannot be reached, is not trusted, or takes no mail."""


class AnswerNotStored(SandboxError):
    """An answer was made but cannot be stored."""


class AnswerInterrupted(SandboxError):
    """The app ends while an answer is being made."""


TELL_AN_ADMINISTRATOR = ". Tell an administrator"


class TextBlocked(SandboxError):
    """A text holds values that a setting does not let be embedded; nothing was sent."""


class ClassTooHigh(SandboxError):
    """A text of a class that the service it would go to may not receive; nothing was sent."""


class ModelError(SandboxError):
    """Base of all errors of a model provider.

    `advice` tells an administrator what to change, "" if there is nothing to change; employees do
    not read it. `may_be_charged` says that the provider had begun to work on the request.
    """

    def __init__(self, message: str, *, advice: str = "", may_be_charged: bool = False) -> None:
        super().__init__(message)
        self.advice = advice
        self.may_be_charged = may_be_charged


class ModelUnavailable(ModelError):
    """The provider cannot be reached or answers with a server error."""


class ModelTimeout(ModelError):
    """The provider took too long."""


class ModelRejectedKey(ModelError):
    """The provider refuses the configured key (401, 403)."""


class ModelRedirected(ModelError):
    """The provider redirects requests to another address, which is not followed."""


class ModelQuotaUsedUp(ModelError):
    """The account at the provider has no money or no quota left."""


class ModelRateLimited(ModelError):
    """The provider asks to slow down (429).

    `retry_after_s` is the provider's own advice in seconds, None if it gave none.
    """

    def __init__(
        self, message: str, retry_after_s: float | None = None, *, advice: str = ""
    ) -> None:
        super().__init__(message, advice=advice)
        self.retry_after_s = retry_after_s


class ModelRefusedRequest(ModelError):
    """The provider understood the request and will not answer it (400, 404, content filter)."""


class ModelContextOverflow(ModelRefusedRequest):
    """The prompt is longer than what the model reads."""


class ModelStreamBroken(ModelError):
    """The connection ended, or made no sense, in the middle of an answer."""


class CallRefused(ModelError):
    """A request was not made, because of a budget, an unknown price or a switch.

    `reason` is one of core.domain.costs.refusals.Reason.
    """

    def __init__(self, message: str, reason: str, *, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.reason = reason


class ModelTurnedOff(ModelError):
    """An administrator turned off what an answer was being written with."""


class ModelCutShort(ModelError):
    """The provider ended the answer before it was whole, or before it began."""
