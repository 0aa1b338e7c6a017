"""The AI-use policy that comes with the product."""

from importlib.resources import files

from sqlmodel import Session, select

from core.domain.governance.policy import text_sha256
from core.storage.tables import PolicyVersionRow

FILE = "policy.md"


def shipped_text() -> str:
    """Return the text of the policy that comes with the product, in Markdown."""
    return files("admin.policy").joinpath(FILE).read_text(encoding="utf-8").strip()


def publish_shipped(session: Session) -> None:
    """Publish the shipped text as version 1 where no version was ever published."""
    if session.exec(select(PolicyVersionRow.id).limit(1)).first() is not None:
        return
    text = shipped_text()
    row = PolicyVersionRow(
        number=1, text=text, sha256=text_sha256(text), is_material=True, is_shipped=True
    )
    session.add(row)
