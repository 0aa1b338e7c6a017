"""Draws the findings of the upload checks, and the decision about a quarantined version."""

from collections.abc import Sequence

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import Sensitivity
from core.domain.screening import ScreeningFinding, Severity, suggested_classification
from ui import state, words
from ui.components.problems import shown_problems
from ui.documents import words as document_words
from ui.resources import services

COLOURS = {Severity.BLOCKING: "red", Severity.NOTICE: "orange", Severity.ROUTINE: "gray"}
SHOWN = 10
CLASSES = list(Sensitivity)


def draw_review(user: User, version_id: str, held_because: str, place: str = "list") -> None:
    """Draw the findings, then the form that releases or rejects the version with a reason.

    `place` tells two forms for one version on a page apart.
    """
    findings = services().lifecycle.quarantine.findings(user, version_id)
    if findings:
        draw_findings(findings)
    elif held_because:
        st.warning(words.plain(held_because))
    key = f"{place}-{version_id}"
    reason = st.text_area(
        "Reason for your decision",
        placeholder="Kept with the document and in the audit log.",
        max_chars=500,
        height=80,
        key=f"decision-reason-{key}",
    )
    with st.container(horizontal=True):
        if st.button(
            "Release",
            icon=":material/check:",
            help="Indexes the document despite the findings. Answers can then quote it.",
            key=f"release-{key}",
        ):
            _decide(user, version_id, reason, is_released=True)
        if st.button(
            "Reject",
            icon=":material/block:",
            help="Keeps the document out of all answers. The original and the findings are kept.",
            key=f"reject-{key}",
        ):
            _decide(user, version_id, reason, is_released=False)


def draw_checks(user: User, version_id: str, classification: Sensitivity) -> None:
    """Draw the findings of a version that needs no decision, and the class they suggest."""
    findings = services().lifecycle.quarantine.findings(user, version_id)
    draw_findings(findings)
    suggested = suggested_classification(findings)
    if CLASSES.index(suggested) > CLASSES.index(classification):
        st.info(
            f"The findings suggest the classification {document_words.CLASSES[suggested]}; it is "
            f"{document_words.CLASSES[classification]} now. You can change it under Details."
        )


def draw_findings(findings: Sequence[ScreeningFinding]) -> None:
    """Draw the findings, blocking ones first, each with its page and excerpt."""
    if not findings:
        st.caption("The upload checks found nothing in this version.")
        return
    for finding in findings[:SHOWN]:
        _draw_finding(finding)
    if len(findings) > SHOWN:
        with st.expander(f"{words.count(len(findings) - SHOWN, 'more finding')}"):
            for finding in findings[SHOWN:]:
                _draw_finding(finding)


def _draw_finding(finding: ScreeningFinding) -> None:
    said = document_words.SEVERITIES[finding.severity]
    about = document_words.copied_from(finding) or finding.rule.replace("_", " ")
    what = f"{document_words.FINDINGS[finding.kind]} · {about}"
    times = f" · {finding.count:,} times" if finding.count > 1 else ""
    st.markdown(
        f":{COLOURS[finding.severity]}-badge[{said}] **Page {finding.page}** · "
        f"{words.plain(what)}{times}  \n{_marked(finding)}"
    )


def _marked(finding: ScreeningFinding) -> str:
    """Return the excerpt on one line, with the match on a coloured background."""
    text, start, end = finding.excerpt, finding.start, finding.end
    before, found, after = (_plain(part) for part in (text[:start], text[start:end], text[end:]))
    ground = f":orange-background[{found}]" if found else ""
    return " ".join(part for part in (before, ground, after) if part)


def _plain(text: str) -> str:
    return words.plain(" ".join(text.split()))


def _decide(user: User, version_id: str, reason: str, *, is_released: bool) -> None:
    quarantine = services().lifecycle.quarantine
    with shown_problems():
        if is_released:
            quarantine.release(user, version_id, reason)
            state.notify("Released. Answers can quote the document as soon as it is indexed.")
        else:
            quarantine.reject(user, version_id, reason)
            state.notify("Rejected. Answers will not quote the document.")
        st.rerun()
