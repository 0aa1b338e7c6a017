"""The form in which documents travel from the parser child: JSON, without passage texts."""

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
    """Encode a document for `decode_document`."""
    return orjson.dumps(document)


def decode_document(body: bytes) -> ParsedDocument:
    """Decode a document that `encode_document` encoded."""
    return _document(orjson.loads(body))


def encode_prepared(prepared: Prepared) -> bytes:
    """Encode a prepared document for `decode_prepared`."""
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
    """Decode a prepared document, whose passages are cut from its text again."""
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
