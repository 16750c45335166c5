"""Who may do what in coordination, in the hat worn now (a Membership), not as a person."""

from __future__ import annotations

from typing import Any

import rules

from coordination.enums import MemberRole
from coordination.models import Agency


@rules.predicate
def keeps_documents(hat: Any) -> bool:
    """Clerks keep the register; officers enter what they hold. Bool of the hat: that of a request is a lazy object."""
    return bool(hat) and (hat.role == MemberRole.CLERK or hat.writes)


@rules.predicate
def of_its_document(hat: Any, document: Any) -> bool:
    """The agency of the hat, or one it succeeded, issued the document, signs it, or has it among its arrivals."""
    agencies = Agency.objects.lineage_of({hat.agency_id})
    return (
        document.register_agency_id in agencies
        or document.parties.filter(agency__in=agencies).exists()
        or document.arrivals.filter(agency__in=agencies).exists()
    )


rules.add_perm("coordination.enter_document", keeps_documents)
rules.add_perm("coordination.upload_file", keeps_documents & of_its_document)


@rules.predicate
def writes(hat: Any, _agreement: Any) -> bool:
    return bool(hat) and hat.writes


@rules.predicate
def leads(hat: Any, _agreement: Any) -> bool:
    return bool(hat) and hat.role == MemberRole.LEADER


@rules.predicate
def keeps_the_register(hat: Any, _agreement: Any) -> bool:
    return bool(hat) and hat.role == MemberRole.CLERK


@rules.predicate
def of_its_parties(hat: Any, agreement: Any) -> bool:
    """Parties are of equal rank: any of them may edit the draft, fix what all agreed to, and issue it."""
    agencies = Agency.objects.lineage_of({hat.agency_id})
    document = agreement.document
    return document.register_agency_id in agencies or document.parties.filter(agency__in=agencies).exists()


# Leaders read, and approve or return; the text is written by those who write.
rules.add_perm("coordination.edit_agreement", writes & of_its_parties)
rules.add_perm("coordination.return_agreement", (writes | leads) & of_its_parties)
rules.add_perm("coordination.fix_agreement", leads & of_its_parties)
rules.add_perm("coordination.issue_agreement", (keeps_the_register | leads) & of_its_parties)


@rules.predicate
def drafts(hat: Any) -> bool:
    return bool(hat) and hat.writes


rules.add_perm("coordination.create_agreement", drafts)


@rules.predicate
def administers(hat: Any, agency: Any) -> bool:
    """The administrator of an agency keeps its people and those of the agencies it came of."""
    if not hat or hat.role != MemberRole.ADMINISTRATOR:
        return False
    return agency.pk == hat.agency_id or agency.pk in Agency.objects.lineage_of({hat.agency_id})


rules.add_perm("coordination.keep_members", administers)


@rules.predicate
def administers_just_it(hat: Any, agency: Any) -> bool:
    return bool(hat) and hat.role == MemberRole.ADMINISTRATOR and agency.pk == hat.agency_id


rules.add_perm("coordination.keep_letterhead", administers_just_it)
