"""What a PDF says of itself beside its pages."""

from typing import Any

import pypdfium2.raw as pdfium_c

from core.domain.knowledge import Restriction

# Bits of /P in ISO 32000-2, table 22.
NEEDED = {Restriction.COPYING: 1 << 4, Restriction.PRINTING: 1 << 2}


def restrictions(document: Any) -> tuple[Restriction, ...]:  # Any: pypdfium2 has no types
    """What people who open the file without a password may not do with it."""
    allowed = pdfium_c.FPDF_GetDocUserPermissions(document)
    return tuple(kind for kind, bit in NEEDED.items() if not allowed & bit)
