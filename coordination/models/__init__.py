from coordination.models.agency import Agency, AgencyName, AgencySuccession
from coordination.models.document import (
    Document,
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
from coordination.models.people import Membership, User
from coordination.models.unit import AdministrativeUnit, UnitSuccession

__all__ = [
    "AdministrativeUnit",
    "Agency",
    "AgencyName",
    "AgencySuccession",
    "Document",
    "DocumentFile",
    "DocumentKind",
    "DocumentLink",
    "DocumentMove",
    "DocumentVersion",
    "Job",
    "Membership",
    "Party",
    "Recipient",
    "Section",
    "UnitSuccession",
    "User",
]
