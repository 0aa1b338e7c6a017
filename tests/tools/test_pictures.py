"""The program that takes pictures of answers: what it asks, and the scan that it makes."""

import io

from pypdf import PdfReader

from tools.pictures import PICTURES, SCAN, scan


def test_every_picture_has_a_name_of_its_own() -> None:
    names = [picture.name for picture in PICTURES]

    assert len(names) >= 20
    assert len(set(names)) == len(names)


def test_the_scan_is_an_image_without_text() -> None:
    [page] = PdfReader(io.BytesIO(scan(SCAN))).pages

    assert page.extract_text() == ""
    assert len(page.images) == 1
