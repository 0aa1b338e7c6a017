"""Rewrites Office files so that every build gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
ZIP_EPOCH = (2026, 1, 1, 0, 0, 0)


def document_date(text: str) -> datetime:
    """Read a date such as 1 January 2026."""
    return datetime.strptime(text, "%d %B %Y").replace(hour=8, tzinfo=UTC)


def freeze(path: Path, moment: datetime) -> None:
    """Fix all times inside an Office file."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as original, zipfile.ZipFile(buffer, "w") as rewritten:
        for name in original.namelist():
            data = STAMP.sub(rb"\g<1>" + stamp + rb"\g<2>", original.read(name))
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            rewritten.writestr(entry, data, zipfile.ZIP_DEFLATED)
    path.write_bytes(buffer.getvalue())
