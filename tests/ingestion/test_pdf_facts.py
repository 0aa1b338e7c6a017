"""What a PDF says of itself: what its author forbids, and how it is protected."""

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.constants import UserAccessPermissions

from core.domain.knowledge import ParsedDocument, Restriction
from core.errors import UnreadableDocument
from ingestion.parsers.pdf import document as pdf
from ingestion.reading.wire import decode_document, encode_document
from tests.ingestion.conftest import Harness
from tools.trial import files

PAGES = 4
EVERYTHING = UserAccessPermissions.all()


def writer(pages: int = PAGES) -> PdfWriter:
    content = files.pdf(*([(f"Words of sheet {n}", 11)] for n in range(1, pages + 1)))
    return PdfWriter(clone_from=PdfReader(io.BytesIO(content)))


def stored(changed: PdfWriter) -> bytes:
    target = io.BytesIO()
    changed.write(target)
    return target.getvalue()


def restricted(allowed: UserAccessPermissions) -> bytes:
    changed = writer()
    changed.encrypt("", owner_password="owner", permissions_flag=allowed, algorithm="AES-256")
    return stored(changed)


def read(content: bytes) -> ParsedDocument:
    return pdf.parse(content, "handbook.pdf")


def test_what_the_author_forbids_is_said_at_the_document(harness: Harness) -> None:
    content = restricted(EVERYTHING ^ (UserAccessPermissions.EXTRACT | UserAccessPermissions.PRINT))

    version = harness.version(harness.upload("handbook.pdf", content))

    assert read(content).restrictions == (Restriction.COPYING, Restriction.PRINTING)
    assert version.reason.startswith("Its author does not allow copying and printing.")


def test_other_restrictions_and_none_are_not_worth_a_word() -> None:
    only_changes = restricted(EVERYTHING ^ UserAccessPermissions.MODIFY)

    assert read(only_changes).restrictions == read(stored(writer())).restrictions == ()
    assert read(only_changes).pages[0].text == "Words of sheet 1"


def test_restrictions_come_back_from_the_parser_child() -> None:
    document = read(restricted(EVERYTHING ^ UserAccessPermissions.EXTRACT))

    assert decode_document(encode_document(document)) == document


@pytest.mark.parametrize(
    "handler", [b"/Adobe.PubSec", b"/MicrosoftIRMServices", b"/FOPN_fLock", b"/EBX_HANDLER"]
)
def test_a_certificate_or_rights_management_is_not_called_damage(handler: bytes) -> None:
    content = restricted(EVERYTHING).replace(b"/Filter /Standard", b"/Filter " + handler)

    with pytest.raises(UnreadableDocument, match="certificate or by rights management"):
        read(content)


def test_a_password_is_asked_for_and_damage_is_called_damage() -> None:
    with pytest.raises(UnreadableDocument, match="needs a password"):
        read(files.encrypted_pdf("secret"))
    with pytest.raises(UnreadableDocument, match="damaged or incomplete"):
        read(b"%PDF-1.7\nnothing")
