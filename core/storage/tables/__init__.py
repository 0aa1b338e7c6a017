"""All tables; importing this package registers every one of them with SQLModel.metadata."""

from core.storage.tables.audit import AuditEventRow
from core.storage.tables.chat import (
    CitationRow,
    ConversationRow,
    FeedbackRow,
    MessageRow,
    RetrievalRow,
)
from core.storage.tables.ideas import IdeaRow
from core.storage.tables.knowledge import (
    ChunkRow,
    CollectionGroupRow,
    CollectionRow,
    DocumentRow,
    DocumentVersionRow,
    PageRow,
)
from core.storage.tables.people import (
    GroupRow,
    MembershipRow,
    SessionRow,
    SetupTokenRow,
    SignInFailureRow,
    UserRow,
)
from core.storage.tables.usage import AnswerUsageRow, ModelCallRow, PriceRow

__all__ = [
    "AnswerUsageRow",
    "AuditEventRow",
    "ChunkRow",
    "CitationRow",
    "CollectionGroupRow",
    "CollectionRow",
    "ConversationRow",
    "DocumentRow",
    "DocumentVersionRow",
    "FeedbackRow",
    "GroupRow",
    "IdeaRow",
    "MembershipRow",
    "MessageRow",
    "ModelCallRow",
    "PageRow",
    "PriceRow",
    "RetrievalRow",
    "SessionRow",
    "SetupTokenRow",
    "SignInFailureRow",
    "UserRow",
]
