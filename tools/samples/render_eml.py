"""Renders a sample source as an e-mail with a plain and an HTML part."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from tools.samples import blocks as b
from tools.samples.render_html import body_html


def render(source: b.Source, target: Path) -> None:
    """Write one e-mail file."""
    meta = source.meta
    message = EmailMessage(policy=SMTP)
    message["Subject"] = meta["title"]
    message["From"] = meta["from"]
    message["To"] = meta["to"]
    message["Date"] = meta["date"]
    message["Message-ID"] = f"<{meta['id']}>"
    message.set_content(source.body)
    page = f"<html><body>\n{body_html(source)}\n</body></html>\n"
    message.add_alternative(page, subtype="html")
    message.set_boundary(f"part-{target.stem}")
    target.write_bytes(message.as_bytes())
