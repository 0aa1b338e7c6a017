"""Streams one answer, and has it recorded however it ends."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from core.domain.identity import User
from core.domain.on_behalf import each_on_behalf_of
from core.errors import SignedOut
from rag.answering.choosing import Answering
from rag.answering.recording import Surface
from rag.answering.running import RunningAnswers
from rag.answering.turns import AnswerTurns
from rag.answering.watch import AccessWatch, SignInCheck, never_signs_in
from rag.writing.draft import AnswerDraft
from rag.writing.events import AnswerEvents, AnswerFinished


@dataclass(frozen=True, slots=True)
class AnswerStreams:
    """What an answer passes: the turn of its person, the pipeline, the watch over access."""

    pipeline: Answering
    running: RunningAnswers
    turns: AnswerTurns
    watch: AccessWatch

    def stream(
        self,
        user: User,
        draft: AnswerDraft,
        surface: Surface,
        collection_ids: Sequence[str] | None,
        is_signed_in: SignInCheck = never_signs_in,
    ) -> AnswerEvents:
        """Yield the events of an answer; it is recorded at the end, also if it is closed early.

        Raises SignedOut once `is_signed_in` returns False.
        """
        running = self.running.begin(user, draft, surface)
        try:
            made = self.pipeline.run(user, draft, collection_ids)
            made = each_on_behalf_of(user, surface.name, made)
            steps = self.watch.watched(user, draft, made, is_signed_in)
            with closing(self.turns.take(user, steps)) as events:
                for event in events:
                    running.go_on()
                    yield event
        except SignedOut:
            running.stop()
            raise
        except Exception as error:  # whatever it is, the answer must not stay pending
            running.fail(error)
            raise
        except BaseException:  # stopped by its reader, or with the page or command that shows it
            running.stop()
            raise
        yield AnswerFinished(surface.message_id, running.end(), draft.sources)
