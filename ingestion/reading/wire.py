"""How documents travel from the parser child to the app: as JSON, the text of passages left out."""

from dataclasses import asdict
from typing import Any

import orjson

from core.domain.knowledge import (
    HiddenText,
    LeftOut,
    Page,
    ParsedDocument,
    Passage,
    Restriction,
)
from core.domain.screening import finding_from
from ingestion.reading.preparation import Prepared

Values = dict[str, Any]  # Any: JSON


def encode_document(document: ParsedDocument) -> bytes:
    """Bytes that `decode_document` turns back."""
    return orjson.dumps(document)


def decode_document(body: bytes) -> ParsedDocument:
    """The document that was encoded."""
    return _document(orjson.loads(body))


def encode_prepared(prepared: Prepared) -> bytes:
    """Bytes that `decode_prepared` turns back."""
    return orjson.dumps(
        {
            "document": prepared.document,
            "passages": [
                (p.start, p.end, p.page_from, p.page_to, p.headings) for p in prepared.passages
            ],
            "sentences": prepared.sentences,
            "findings": [asdict(finding) for finding in prepared.findings],
        }
    )


def decode_prepared(body: bytes) -> Prepared:
    """The prepared document that was encoded; passages are cut from its text again."""
    values: Values = orjson.loads(body)
    document = _document(values["document"])
    text = document.text
    return Prepared(
        document,
        tuple(
            Passage(text[start:end], start, end, page_from, page_to, tuple(headings))
            for start, end, page_from, page_to, headings in values["passages"]
        ),
        tuple([(start, end) for start, end in spans] for spans in values["sentences"]),
        tuple(finding_from(finding) for finding in values["findings"]),
    )


def _document(values: Values) -> ParsedDocument:
    return ParsedDocument(
        values["title"],
        tuple(Page(**page) for page in values["pages"]),
        tuple(HiddenText(**hidden) for hidden in values["hidden"]),
        tuple(LeftOut(**left_out) for left_out in values["left_out"]),
        tuple(Restriction(kind) for kind in values["restrictions"]),
    )
