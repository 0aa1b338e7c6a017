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
from core.storage.tables.costs import CostItemRow
from core.storage.tables.evaluation import (
    EvaluationCaseRow,
    EvaluationResultRow,
    EvaluationRunRow,
)
from core.storage.tables.gaps import (
    GapMarkRow,
    GapOutcomeRow,
    GapQuestionRow,
    GapTopicRow,
    KnowledgeGapRow,
)
from core.storage.tables.generations import IndexGenerationRow
from core.storage.tables.governance.incidents import IncidentNoteRow, IncidentRow
from core.storage.tables.governance.policy import (
    FirstStepRow,
    PolicyAnswerRow,
    PolicyDraftRow,
    PolicyVersionRow,
    QuizResultRow,
)
from core.storage.tables.ideas.assessment import (
    IdeaReviewRow,
    IdeaSettingRow,
    IdeaSignOffRow,
    IdeaTriageRow,
)
from core.storage.tables.ideas.campaigns import (
    CampaignJudgeRow,
    CampaignRow,
    TeamMemberRow,
    TeamRow,
)
from core.storage.tables.ideas.cards import (
    IdeaAttachmentRow,
    IdeaCoSubmitterRow,
    IdeaDraftRow,
    IdeaEditRow,
    IdeaMoveRow,
    IdeaRow,
    IdeaTagRow,
    IdeaVectorRow,
)
from core.storage.tables.ideas.life import (
    DigestChoiceRow,
    IdeaCommentRow,
    IdeaFollowRow,
    IdeaVoteRow,
    NotificationRow,
)
from core.storage.tables.ideas.tracking import IdeaExperimentRow, IdeaImpactRow
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
from core.storage.tables.quality import DriftReferenceRow, DriftVerdictRow
from core.storage.tables.sentences import SentenceVectorsRow
from core.storage.tables.sync import SyncFileRow, SyncFolderRow, SyncRunRow
from core.storage.tables.usage import (
    EMBEDDING_PURPOSE,
    EVALUATION_SURFACE,
    GENERATIONS_KEPT,
    IDEA_PURPOSE,
    IDEA_SURFACE,
    VOCABULARY_SURFACE,
    AnswerUsageRow,
    ModelCallRow,
    PriceRow,
    UsageChangeRow,
    UsageDayPersonRow,
    UsageDayRow,
    UsageDayTimeRow,
)
from core.storage.tables.vocabulary import (
    DismissedSynonymsRow,
    SynonymSetRow,
    VocabularyRevisionRow,
)

__all__ = [
    "EMBEDDING_PURPOSE",
    "EVALUATION_SURFACE",
    "GENERATIONS_KEPT",
    "IDEA_PURPOSE",
    "IDEA_SURFACE",
    "VOCABULARY_SURFACE",
    "AnswerSourceRow",
    "AnswerUsageRow",
    "AuditEventRow",
    "CampaignJudgeRow",
    "CampaignRow",
    "ChunkRow",
    "CitationRow",
    "CollectionGroupRow",
    "CollectionRow",
    "ConversationRow",
    "CostItemRow",
    "DigestChoiceRow",
    "DismissedSynonymsRow",
    "DocumentRow",
    "DocumentVersionRow",
    "DriftReferenceRow",
    "DriftVerdictRow",
    "EvaluationCaseRow",
    "EvaluationResultRow",
    "EvaluationRunRow",
    "FeedbackRow",
    "FirstStepRow",
    "GapMarkRow",
    "GapOutcomeRow",
    "GapQuestionRow",
    "GapTopicRow",
    "GroupRow",
    "IdeaAttachmentRow",
    "IdeaCoSubmitterRow",
    "IdeaCommentRow",
    "IdeaDraftRow",
    "IdeaEditRow",
    "IdeaExperimentRow",
    "IdeaFollowRow",
    "IdeaImpactRow",
    "IdeaMoveRow",
    "IdeaReviewRow",
    "IdeaRow",
    "IdeaSettingRow",
    "IdeaSignOffRow",
    "IdeaTagRow",
    "IdeaTriageRow",
    "IdeaVectorRow",
    "IdeaVoteRow",
    "IncidentNoteRow",
    "IncidentRow",
    "IndexGenerationRow",
    "KnowledgeGapRow",
    "LeaseRow",
    "MembershipRow",
    "MessageRow",
    "ModelCallRow",
    "NotificationRow",
    "PageRow",
    "PasswordLinkRow",
    "PolicyAnswerRow",
    "PolicyDraftRow",
    "PolicyVersionRow",
    "PriceRow",
    "QuizResultRow",
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
    "SynonymSetRow",
    "TeamMemberRow",
    "TeamRow",
    "UsageChangeRow",
    "UsageDayPersonRow",
    "UsageDayRow",
    "UsageDayTimeRow",
    "UserRow",
    "VocabularyRevisionRow",
]
