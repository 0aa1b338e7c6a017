"""File names that say more about a document than a heading found by its letter size."""

import re

from ingestion.parsers.building import headings, stem

WORD = re.compile(r"[^\W\d_]{3,}")
PART = re.compile(r"[^\W_]+")
# What programs, scanners and habits put into file names.
GENERIC = frozenset(
    (
        *("attachment", "copy", "document", "draft", "entwurf", "export", "file", "final", "image"),
        *("img", "kopie", "new", "page", "pdf", "print", "report", "scan", "scanned"),
        *("screenshot", "untitled", "version"),
    )
)


def telling_name(file_name: str, first_page: str) -> str | None:
    """Returns `2022 Q3 AMZN` or `EFT Enrollment Form`; None for `scan0012` or `report_final_v2`.

    Two parts at least, one of them a word; a number alone, or what any file is called, is none. Nor
    is one that the headings of the first page say in full: they are better spelled.
    """
    name = stem(file_name)
    parts = [part for part in PART.findall(name.casefold()) if part not in GENERIC]
    heading_words = " ".join(headings(first_page)).casefold()
    is_new = not all(part in heading_words for part in parts)
    return name if is_new and len(parts) > 1 and any(map(WORD.search, parts)) else None
