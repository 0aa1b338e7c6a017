"""Screens questions before they go anywhere."""

from dataclasses import dataclass

from core.domain.screening import ScreeningKind
from core.guardrails.detection import CLASSIFIER, InjectionDetector
from core.guardrails.detectors import Kind, detect
from core.guardrails.text import CleanText, clean


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit of a check.

    `rule` names what matched (such as "override" or "email"); `start` and `end` are character
    offsets into the checked text, both 0 where a hit has no place in it.
    """

    kind: ScreeningKind
    rule: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class ScreenedQuestion:
    """A question after its checks, with their findings and the reason if it is blocked."""

    text: str
    findings: tuple[Finding, ...] = ()
    blocked_reason: str | None = None

    @property
    def is_blocked(self) -> bool:
        return self.blocked_reason is not None

    def found(self, kind: ScreeningKind) -> tuple[Finding, ...]:
        """Return the findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind is kind)


def screen_question(
    text: str, max_chars: int = 4000, detector: InjectionDetector | None = None
) -> ScreenedQuestion:
    """Clean a question and report its findings; block only empty and overlong ones.

    Without a `detector`, the rules alone tell orders to a model.
    """
    cleaned = clean(text)
    question = cleaned.text.strip()
    if not question:
        return ScreenedQuestion("", blocked_reason="Type a question.")
    if len(question) > max_chars:
        reason = (
            f"The question has {len(question):,} characters; at most {max_chars:,} are allowed. "
            "Shorten it, or ask an administrator to add the text as a document."
        )
        return ScreenedQuestion(question[:max_chars], blocked_reason=reason)
    attacks = _attacks(question, detector or InjectionDetector())
    return ScreenedQuestion(question, (*_hidden(cleaned), *_private(question), *attacks))


def _hidden(cleaned: CleanText) -> list[Finding]:
    return [Finding(ScreeningKind.INVISIBLE, kind.name.lower()) for kind, _ in cleaned.counts]


def _private(text: str) -> list[Finding]:
    return [
        Finding(
            ScreeningKind.SECRET if hit.kind is Kind.SECRET else ScreeningKind.PERSONAL_DATA,
            hit.kind.name.lower(),
            hit.start,
            hit.end,
        )
        for hit in detect(text)
    ]


def _attacks(text: str, detector: InjectionDetector) -> list[Finding]:
    [verdict] = detector.judge([text])
    if verdict.is_flagged and not verdict.hits:
        return [Finding(ScreeningKind.INJECTION, CLASSIFIER)]
    return [Finding(ScreeningKind.INJECTION, hit.rule, hit.start, hit.end) for hit in verdict.hits]
