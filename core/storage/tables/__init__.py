"""All tables; importing this package registers every one of them with SQLModel.metadata."""

from core.storage.tables.audit import AuditEventRow
from core.storage.tables.chat import (
    AnswerSourceRow,
    CitationRow,
    ConversationRow,
    FeedbackRow,
    MessageRow,
    RetrievalRow,
    SearchedCollectionRow,
)
from core.storage.tables.evaluation import (
    EvaluationCaseRow,
    EvaluationResultRow,
    EvaluationRunRow,
)
from core.storage.tables.gaps import KnowledgeGapRow
from core.storage.tables.generations import IndexGenerationRow
from core.storage.tables.ideas import IdeaRow
from core.storage.tables.knowledge import (
    ChunkRow,
    CollectionGroupRow,
    CollectionRow,
    DocumentRow,
    DocumentVersionRow,
    PageRow,
    ScreeningFindingRow,
)
from core.storage.tables.lease import LeaseRow
from core.storage.tables.people import (
    GroupRow,
    MembershipRow,
    PasswordLinkRow,
    SessionRow,
    SetupTokenRow,
    SignInFailureRow,
    UserRow,
)
from core.storage.tables.sentences import SentenceVectorsRow
from core.storage.tables.sync import SyncFileRow, SyncFolderRow, SyncRunRow
from core.storage.tables.usage import EVALUATION_SURFACE, AnswerUsageRow, ModelCallRow, PriceRow

__all__ = [
    "EVALUATION_SURFACE",
    "AnswerSourceRow",
    "AnswerUsageRow",
    "AuditEventRow",
    "ChunkRow",
    "CitationRow",
    "CollectionGroupRow",
    "CollectionRow",
    "ConversationRow",
    "DocumentRow",
    "DocumentVersionRow",
    "EvaluationCaseRow",
    "EvaluationResultRow",
    "EvaluationRunRow",
    "FeedbackRow",
    "GroupRow",
    "IdeaRow",
    "IndexGenerationRow",
    "KnowledgeGapRow",
    "LeaseRow",
    "MembershipRow",
    "MessageRow",
    "ModelCallRow",
    "PageRow",
    "PasswordLinkRow",
    "PriceRow",
    "RetrievalRow",
    "ScreeningFindingRow",
    "SearchedCollectionRow",
    "SentenceVectorsRow",
    "SessionRow",
    "SetupTokenRow",
    "SignInFailureRow",
    "SyncFileRow",
    "SyncFolderRow",
    "SyncRunRow",
    "UserRow",
]
