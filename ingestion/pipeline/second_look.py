"""What is checked of a document after it was read, with what the parser child does not have.

The child knows neither other documents nor a model: near copies of earlier poison and the verdict
of a classifier, where one is set, are added to its findings here.
"""

from collections.abc import Iterator
from dataclasses import replace

from core.domain.screening import EXCERPT_CHARS, ScreeningFinding, ScreeningKind
from core.guardrails.detection import CLASSIFIER, InjectionDetector
from core.guardrails.redaction import Redactor
from ingestion.indexing.drafts import VersionDraft
from ingestion.screening.copies import NearCopies


class SecondLook:
    """The checks after reading; without a `detector` no model is asked."""

    def __init__(self, copies: NearCopies, detector: InjectionDetector | None = None) -> None:
        self._copies = copies
        self._detector = detector

    def at(self, draft: VersionDraft) -> VersionDraft:
        """Return the version with all findings, blocking ones first; raise as the classifier."""
        copies = self._copies.findings(draft.source.version_id, draft.document)
        found = [*draft.prepared.findings, *copies, *self._judged(draft)]
        ordered = tuple(sorted(found, key=lambda one: (not one.is_blocking, one.page)))
        return replace(draft, prepared=replace(draft.prepared, findings=ordered))

    def keep(self, draft: VersionDraft) -> None:
        """Keep fingerprints of what a version was held back for."""
        source = draft.source
        self._copies.keep_held(
            source.document_id, source.version_id, draft.document, draft.prepared.findings
        )

    def _judged(self, draft: VersionDraft) -> Iterator[ScreeningFinding]:
        """Yield passages that the classifier flags; they are shown, and hold nothing back."""
        if self._detector is None:
            return
        verdicts = self._detector.judge([passage.text for passage in draft.passages])
        for passage, verdict in zip(draft.passages, verdicts, strict=True):
            if verdict.is_flagged and not verdict.hits:
                redactor = Redactor()
                hits = redactor.learn(passage.text)
                excerpt = redactor.excerpt(
                    passage.text, 0, len(passage.text), hits, length=EXCERPT_CHARS
                )
                yield ScreeningFinding(
                    passage.page_from, ScreeningKind.INJECTION, CLASSIFIER, 1, excerpt.text
                )
