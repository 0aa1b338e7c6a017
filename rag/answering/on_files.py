"""What is asked of whole files of a conversation: which files are meant, and who writes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.knowledge import Chunk, Collection
from core.domain.ports import ModelUsage
from core.storage.queries.versions import NamedDocument
from rag.compiling.compiler import Compiler
from rag.kinds.file_tasks import FileQuestion, FileTask, file_question
from rag.kinds.recognition import Kind, QuestionKind
from rag.kinds.reply import Reply
from rag.writing.summary import Summaries, requests_for

LEAST_COMPARED = 2
CHARACTERS_PER_TOKEN = 4
PROMPT_TOKENS, NOTE_TOKENS, SUMMARY_TOKENS = 500, 700, 600
"""Of each request, of the notes on a part, and of what is written in the end."""
NO_FILES = "No file is attached to this chat yet. Attach one beside the question, then ask again."
NONE_READY = (
    "No file of this chat can be searched yet: they are still being read, or could not be read. "
    "The list above the question says which."
)
ONE_FILE = (
    "Only one file of this chat can be searched, so there is nothing to compare it with. Attach "
    "the other one, then ask again."
)
NOTHING_SHOWN = "The files hold no sentences that could be shown as an outline. Ask about a detail."


@dataclass(frozen=True, slots=True)
class FileWork:
    """Files to be summarised or compared, the oldest first, and all their passages in order."""

    task: FileTask
    documents: tuple[NamedDocument, ...]
    passages: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes a language model to read whole files, before any of it is done.

    The cost is an estimate, None where the price of the model is not known.
    """

    titles: tuple[str, ...]
    requests: int
    characters: int
    cost_micros: int | None = None
    currency: str = ""

    @property
    def usage(self) -> ModelUsage:
        """The tokens that it will take, estimated at four characters a token."""
        written = NOTE_TOKENS * (self.requests - 1) + SUMMARY_TOKENS
        read = self.characters // CHARACTERS_PER_TOKEN + PROMPT_TOKENS * self.requests
        return ModelUsage(
            input_tokens=read + NOTE_TOKENS * (self.requests - 1), output_tokens=written
        )


class FileAnswers:
    """The files of a conversation that a question is about as a whole."""

    def __init__(
        self, compiler: Compiler, summaries: Summaries | None, comparisons: Summaries | None
    ) -> None:
        """Take what has a language model write of whole files, None without one."""
        self._compiler = compiler
        self._writers = {FileTask.SUMMARISE: summaries, FileTask.COMPARE: comparisons}

    def writer(self, task: FileTask) -> Summaries | None:
        """Return what has a language model do the task, None without one."""
        return self._writers[task]

    def reading(self, work: FileWork) -> Reading | None:
        """Return what a task takes that needs several requests to a model, None for any other."""
        if self.writer(work.task) is None:
            return None
        requests, characters = requests_for(work.passages)
        titles = tuple(document.title for document in work.documents)
        return Reading(titles, requests, characters) if requests > 1 else None

    def work(
        self, question: str, kind: QuestionKind | None, collections: Sequence[Collection]
    ) -> FileWork | Reply | None:
        """Return what is to be done with whole files; None for a question about what they say.

        A reply says that there is no file for it.
        """
        if not collections:
            return Reply(NO_FILES)
        files = self._compiler.files(collections)
        if not files:
            return Reply(NONE_READY)
        asked = file_question(question)
        if asked is not None:
            return self._pointed_at(asked, files, collections)
        if kind is not None and kind.kind is Kind.COMPARE:
            return self._named(kind, collections)
        return None

    def _pointed_at(
        self,
        asked: FileQuestion,
        files: Sequence[NamedDocument],
        collections: Sequence[Collection],
    ) -> FileWork | Reply:
        """Return all files, or the one that was attached last."""
        if asked.task is FileTask.COMPARE and len(files) < LEAST_COMPARED:
            return Reply(ONE_FILE)
        return self._of(asked.task, files if asked.is_of_all else files[-1:], collections)

    def _named(self, kind: QuestionKind, collections: Sequence[Collection]) -> FileWork | None:
        """Return the two files that are called like the two things that are compared."""
        first = self._compiler.document(kind.subject, collections)
        second = self._compiler.document(kind.other, collections)
        if first is None or second is None or first == second:
            return None
        return self._of(FileTask.COMPARE, (first, second), collections)

    def _of(
        self,
        task: FileTask,
        documents: Sequence[NamedDocument],
        collections: Sequence[Collection],
    ) -> FileWork:
        passages = (p for each in documents for p in self._compiler.passages(each, collections))
        return FileWork(task, tuple(documents), tuple(passages))
