"""Builds all sample documents: `python -m tools.samples.build`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tools.samples import (
    render_docx,
    render_eml,
    render_html,
    render_pdf,
    render_pptx,
    render_xlsx,
)
from tools.samples.blocks import Source, read_source

CONTENT = Path(__file__).parent / "content"
TARGET = Path(__file__).parents[2] / "data" / "samples"
RENDERERS: dict[str, Callable[[Source, Path], None]] = {
    "pdf": render_pdf.render,
    "docx": render_docx.render,
    "pptx": render_pptx.render,
    "xlsx": render_xlsx.render,
    "html": render_html.render,
    "eml": render_eml.render,
}
FORMATS = {
    "employee-handbook": "pdf",
    "travel-and-expenses-policy": "pdf",
    "parental-leave-policy": "pdf",
    "it-security-policy": "pdf",
    "vehicle-fleet-policy": "pdf",
    "customs-procedures-manual": "pdf",
    "warehouse-incident-report": "pdf",
    "dock-health-and-safety": "pdf",
    "data-protection-guideline": "docx",
    "ai-use-policy": "docx",
    "onboarding-guide": "docx",
    "works-council-minutes": "docx",
    "first-week-deck": "pptx",
    "price-list-2026": "xlsx",
    "supplier-code-of-conduct": "html",
    "mileage-rate-announcement": "eml",
    "canteen-announcement": "eml",
}
COPIED = ("it-service-desk-faq.md", "shift-swap-rules.txt", "site-directory.csv")


def build(target: Path = TARGET) -> None:
    """Write every sample document into the target folder."""
    target.mkdir(parents=True, exist_ok=True)
    for name, suffix in FORMATS.items():
        RENDERERS[suffix](read_source(CONTENT / f"{name}.md"), target / f"{name}.{suffix}")
    for name in COPIED:
        shutil.copyfile(CONTENT / name, target / name)


if __name__ == "__main__":
    build()
