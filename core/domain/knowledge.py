"""Documents, their pages and passages, and the collections they live in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

PAGE_SEPARATOR = "\f"
"""Stands between two pages in a document's text; offsets of chunks count it."""


NUMBERED_LABELS = frozenset({"page", "slide", "section"})
"""Labels of pages that name only the thing that is counted."""

EARLIER_MESSAGES = "earlier messages"
"""The end of the label of a page with the earlier messages that an e-mail quotes."""


class DocumentState(StrEnum):
    """The state of a document version on its way into the index."""

    QUEUED = "queued"
    PARSING = "parsing"
    INDEXING = "indexing"
    READY = "ready"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    """Held back by the upload checks until an administrator releases or rejects it."""
    REJECTED = "rejected"
    PAUSED = "paused"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether no work is left to be done or resumed."""
        return self not in (
            DocumentState.QUEUED,
            DocumentState.PARSING,
            DocumentState.INDEXING,
            DocumentState.PAUSED,
        )


class Sensitivity(StrEnum):
    """The classes of how far a collection's content may travel."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"

    def is_above(self, other: "Sensitivity") -> bool:
        """Return whether content of this class may travel less far than that of the other."""
        order = list(Sensitivity)
        return order.index(self) > order.index(other)


@dataclass(frozen=True, slots=True)
class Collection:
    """The unit of access: one vector index and one keyword index of its own.

    `document_count` is filled where it is shown. `generation` is the number of the vector index
    that answers, `embedding_model` the model it was made with. With a `conversation_id` it holds
    the files of that conversation, and is never read as a collection of the company.
    """

    id: str
    name: str
    description: str
    is_open: bool
    group_ids: frozenset[str]
    sensitivity: Sensitivity
    embedding_model: str
    embedding_dimension: int
    owner_name: str = ""
    document_count: int = 0
    owner_id: str = ""
    generation: int = 1
    conversation_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, slide, sheet or section of a document, in reading order.

    `number` counts from 1; `label` says what the number means ("page", "slide", "sheet Rates").
    `quality` in [0, 1] tells how well the text was read, None for an empty page;
    `ocr_confidence` in [0, 1] is set where the words were recognised on an image.
    """

    number: int
    text: str
    label: str = "page"
    quality: float | None = None
    ocr_confidence: float | None = None


Area = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of a page's width and height."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page: a PNG of this width and height in pixels, and what stands where on it.

    `marks` are the marked lines, `words` is the area of all words, None without any.
    """

    png: bytes
    size: tuple[int, int]
    marks: tuple[Area, ...] = ()
    words: Area | None = None


@dataclass(frozen=True, slots=True)
class HiddenText:
    """Words in a file that people do not see on its page; not part of the page's text.

    `kind` says why they are not seen ("white", "tiny", "off the page", "invisible").
    """

    page: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Parts of a file that were not read: what they are, in words, and how many."""

    what: str
    count: int


class Restriction(StrEnum):
    """An action that the author of a file does not allow its readers."""

    COPYING = "copying"
    PRINTING = "printing"


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """The content that a parser read from a file."""

    title: str
    pages: tuple[Page, ...]
    hidden: tuple[HiddenText, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    restrictions: tuple[Restriction, ...] = ()

    @property
    def text(self) -> str:
        return PAGE_SEPARATOR.join(page.text for page in self.pages)

    @property
    def character_count(self) -> int:
        return sum(len(page.text) for page in self.pages)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document as the splitter cut it.

    `start` and `end` are character offsets: `document.text[start:end] == text`.
    """

    text: str
    start: int
    end: int
    page_from: int
    page_to: int
    headings: tuple[str, ...] = ()


def page_name(label: str, number: int) -> str:
    """Return the name of a place in a document: `page 3`, `slide 2`, `sheet Rates A2:F120`."""
    return f"{label} {number}" if label in NUMBERED_LABELS else label


def searchable_text(
    title: str, headings: tuple[str, ...], text: str, *, external_id: str | None = None
) -> str:
    """Return what is embedded of a passage: its place in the document, then its words.

    A title that is no more than the id of a record would only take room from the words.
    """
    place = headings if title == external_id else (title, *headings)
    return "\n".join((*place, text))


@dataclass(frozen=True, slots=True)
class Chunk:
    """An indexed passage with everything an answer needs to cite it."""

    id: int
    collection_id: str
    document_id: str
    version_id: str
    document_title: str
    file_name: str
    external_id: str | None
    ordinal: int
    text: str
    start: int
    page_from: int
    page_to: int
    headings: tuple[str, ...] = ()
    page_label: str = "page"

    @property
    def is_earlier_message(self) -> bool:
        """Whether a newer e-mail only quotes these words; its own words rank before them."""
        return self.page_label.endswith(EARLIER_MESSAGES)

    @property
    def searchable_text(self) -> str:
        return searchable_text(
            self.document_title, self.headings, self.text, external_id=self.external_id
        )


@dataclass(frozen=True, slots=True)
class DocumentOverview:
    """One line in the list of documents."""

    id: str
    version_id: str
    collection_id: str
    collection_name: str
    title: str
    file_name: str
    external_id: str | None
    media_type: str
    size_bytes: int
    version: int
    state: DocumentState
    reason: str
    page_count: int
    chunk_count: int
    progress: float
    uploaded_by: str
    uploaded_at: datetime
    owner_name: str = ""
    classification: Sensitivity = Sensitivity.INTERNAL
    review_by: date | None = None
    seconds: float = 0.0
    """Its own time: reading, and its share of embedding and writing."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives, before anything about it is believed.

    `source_key` names it within its collection where its name alone does not, such as its path in a
    folder.
    """

    file_name: str
    content: bytes
    external_id: str | None = None
    title: str | None = None
    source_key: str | None = None
