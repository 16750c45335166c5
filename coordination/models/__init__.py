from coordination.models.agency import Agency, AgencyName, AgencySuccession
from coordination.models.agreement import (
    Agreement,
    ChangeCitation,
    Clause,
    ClauseChange,
    ClauseCitation,
    Milestone,
)
from coordination.models.document import (
    Document,
    DocumentArrival,
    DocumentFile,
    DocumentKind,
    DocumentLink,
    DocumentMove,
    DocumentVersion,
    Party,
    Recipient,
    Section,
)
from coordination.models.job import Job
from coordination.models.notice import Notice
from coordination.models.people import HandOver, Invitation, Membership, User
from coordination.models.review import Comment, Opinion, ReviewRound, ReviewSeat, ReviewText, spoken_about_by
from coordination.models.unit import AdministrativeUnit, UnitSuccession
from coordination.models.work import DocumentReader, ImportRun, SavedFile, SavedForm, ViewGrant

__all__ = [
    "AdministrativeUnit",
    "Agency",
    "AgencyName",
    "AgencySuccession",
    "Agreement",
    "ChangeCitation",
    "Clause",
    "ClauseChange",
    "ClauseCitation",
    "Comment",
    "Document",
    "DocumentArrival",
    "DocumentFile",
    "DocumentKind",
    "DocumentLink",
    "DocumentMove",
    "DocumentReader",
    "DocumentVersion",
    "HandOver",
    "ImportRun",
    "Invitation",
    "Job",
    "Membership",
    "Milestone",
    "Notice",
    "Opinion",
    "Party",
    "Recipient",
    "ReviewRound",
    "ReviewSeat",
    "ReviewText",
    "SavedFile",
    "SavedForm",
    "Section",
    "UnitSuccession",
    "User",
    "ViewGrant",
    "spoken_about_by",
]
