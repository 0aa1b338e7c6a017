"""Answers, their citations, and the support of each sentence."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.knowledge import Chunk, page_name

PASSAGES = "passages"
"""The engine of answers that no language model wrote: quotes, word for word."""


SANDBOX = "sandbox"
"""The engine of answers that need no reading: small talk, and lists of documents."""


class Way(StrEnum):
    """What an answer is made from: DOCUMENTS, or FREE for what the language model knows itself."""

    DOCUMENTS = "documents"
    FREE = "free"


NOT_CHECKED = "Not checked against documents"
"""Stands with every answer that was made without them, wherever it is shown."""
NEEDS_A_MODEL = (
    "Without documents, only a language model can answer, and none is set up. An administrator "
    "turns one on with SANDBOX_LLM__BASE_URL and SANDBOX_LLM__MODEL."
)


class AnswerLevel(StrEnum):
    """What an answer is.

    ANSWER says it with the documents, POSSIBLY shows the nearest passages where no document says it
    directly, NONE is not in the documents, TALK needs none, and FREE was asked for without them.
    """

    ANSWER = "answer"
    POSSIBLY = "possibly"
    NONE = "none"
    TALK = "talk"
    FREE = "free"


class Support(StrEnum):
    """How well the cited passages carry one sentence of an answer.

    NOT_CHECKED means that nobody could tell: nothing contradicts the sentence, and its passages are
    in another language.
    """

    SUPPORTED = "supported"
    WEAK = "weak"
    UNSUPPORTED = "unsupported"
    NOT_CHECKED = "not_checked"


class AnswerStatus(StrEnum):
    """The ways an answer can end."""

    PENDING = "pending"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


class UsageSource(StrEnum):
    """The origin of a token count."""

    PROVIDER = "provider"
    ESTIMATED = "estimated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RetrievedChunk:
    """A passage found for a query.

    `similarity` is the cosine similarity in [-1, 1], None if the vector index did not return it;
    `keyword_score` the BM25 score >= 0, None likewise; `sentence_similarity` that of its best
    sentence, None if there is none; `score` the fused score, higher is better.
    """

    chunk: Chunk
    score: float
    similarity: float | None = None
    keyword_score: float | None = None
    sentence_similarity: float | None = None


WITHHELD = "The answer comes from documents that you cannot access."
"""Replaces a text made from documents that its reader may not read now."""

NOT_SAID_DIRECTLY = "No document says this directly."


def only_nearest(passages: int) -> str:
    """Return the line that begins an answer which only shows so many passages that come near."""
    nearest = "The nearest passage:" if passages == 1 else "The nearest passages:"
    return f"{NOT_SAID_DIRECTLY} {nearest}"


class GuardEffect(StrEnum):
    """What the guard did.

    MASKED a value of the question, MASKED_ELSEWHERE one that only passages or earlier messages
    hold, SENT one because a setting says so, WITHHELD passages from the language model, so
    that they are quoted instead, or LEFT_OUT passages that could not be read without sending them.
    """

    MASKED = "masked"
    MASKED_ELSEWHERE = "masked_elsewhere"
    SENT = "sent"
    WITHHELD = "withheld"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class GuardNote:
    """What was done to values of a kind, or to passages of a class, before requests left."""

    effect: GuardEffect
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Source:
    """A document that stands behind a text, and the collection it was in when it was read."""

    document_id: str
    collection_id: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered reference: these exact words stand on this page of this document version."""

    number: int
    document_id: str
    version_id: str
    document_title: str
    file_name: str
    external_id: str | None
    page: int
    quote: str
    chunk_id: int | None = None
    page_label: str = "page"

    @property
    def place(self) -> str:
        """Where the words stand, such as `page 3`, `slide 2` or `sheet Rates A2:F120`."""
        return page_name(self.page_label, self.page)


@dataclass(frozen=True, slots=True)
class CardTable:
    """The part of a table that a card shows, cell by cell.

    `header` names the columns, empty if nothing does. `highlighted` are indexes into `rows`.
    `rows_before` and `rows_after` count the rows of the passage that are left out.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    highlighted: tuple[int, ...] = ()
    rows_before: int = 0
    rows_after: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A passage that is shown to be read as a whole.

    `number` is that of the citation that opens its source. `text` holds exact words of the document
    and `highlights` the pairs of start and end in it that answer. Where the passage is a table,
    `table` has its cells; `text` is then its rows in lines.
    """

    number: int
    headings: tuple[str, ...]
    text: str
    highlights: tuple[tuple[int, int], ...] = ()
    table: CardTable | None = None
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A part of an answer that has several, such as the answer to one of two questions.

    `title` heads it, "" if nothing does. `note` is what the sandbox says about it by itself,
    paragraphs and items of a list as in a text of its own. `numbers` are those of its cards.
    `is_beside` says that it is read beside the other part.
    """

    title: str
    level: AnswerLevel = AnswerLevel.ANSWER
    lead: str = ""
    note: str = ""
    numbers: tuple[int, ...] = ()
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer with the numbers of the citations that carry it.

    `reason` says in a few words why it is not supported, "" if it is. `is_repaired` says that it
    cited other passages, which do not say it, and now cites the one that does.
    """

    text: str
    support: Support
    citations: tuple[int, ...] = ()
    reason: str = ""
    is_repaired: bool = False


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens and money of one answer; money in millionths of the currency unit."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    currency: str = "EUR"
    source: UsageSource = UsageSource.NONE


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall times of one answer in milliseconds; `first_token_ms` is None if no word came."""

    retrieval_ms: int = 0
    first_token_ms: int | None = None
    total_ms: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished (or stopped, or failed) answer.

    `text` is Markdown whose sentences end with markers like `[1]`; every marker has a Citation.
    `engine` is "passages", "sandbox" or the model's name. `nearest` holds the closest passages of
    an answer that abstained, and `is_tentative` marks one that only shows what comes near. `lead`
    is the one value or sentence that answers, "" if there is none; `cards` are the passages of an
    answer that no language model wrote, the answering one first; `parts` says which of them belong
    together, empty where all do.
    `is_withheld` says that `text` is WITHHELD and everything else that was made from documents is
    left out. `guard_notes` say what was masked or withheld from a provider. `fallback` says why the
    model that should have answered did not, as one of core.domain.costs.refusals.Reason; "" where
    it did.
    """

    text: str
    status: AnswerStatus
    abstained: bool
    engine: str
    citations: tuple[Citation, ...] = ()
    sentences: tuple[AnswerSentence, ...] = ()
    nearest: tuple[Citation, ...] = ()
    standalone_query: str = ""
    usage: TokenUsage = field(default_factory=TokenUsage)
    timing: Timing = field(default_factory=Timing)
    error: str = ""
    is_withheld: bool = False
    lead: str = ""
    cards: tuple[Card, ...] = ()
    is_tentative: bool = False
    parts: tuple[AnswerPart, ...] = ()
    guard_notes: tuple[GuardNote, ...] = ()
    fallback: str = ""
    way: Way = Way.DOCUMENTS

    @property
    def level(self) -> AnswerLevel:
        if self.way is Way.FREE:
            return AnswerLevel.FREE
        if self.abstained:
            return AnswerLevel.NONE
        if self.engine == SANDBOX:
            return AnswerLevel.TALK
        return AnswerLevel.POSSIBLY if self.is_tentative else AnswerLevel.ANSWER


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation, as far as a follow-up needs it.

    `sources` are the documents that stand behind an earlier answer.
    """

    role: str
    text: str
    sources: frozenset[Source] = frozenset()
