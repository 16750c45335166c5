"""Who may write facts: an officer or reviewer of the owner agency, in the hat worn now.

The predicates look at a hat (a Membership), not at a person: who is an officer here and a leader there writes only
while acting as the officer. `allowed` and `require` are how views ask.
"""

import rules
from django.core.exceptions import PermissionDenied

from coordination.enums import MemberRole
from coordination.models import Agency
from coordination.review import SPEAKING
from coordination.rules import drafts, keeps_documents, keeps_the_register, leads, of_its_parties
from programs.enums import FactState
from programs.models import Activity, AssignmentResponse
from programs.models.assignment import given_by
from programs.reading_marks import wrote


@rules.predicate
def writes(hat):
    """Bool of the hat, not `is None`: the hat of a request is a lazy object."""
    return bool(hat) and hat.writes


@rules.predicate
def owns(hat, fact):
    """The agency of the hat, or one of those it succeeded, owns the record; without a record: it will."""
    if fact is None or fact.owner_id == hat.agency_id:
        return True
    return fact.owner_id in Agency.objects.lineage_of({hat.agency_id})


@rules.predicate
def has_a_place(hat, _fact):
    """Money is entered for the place of the agency itself; one of the centre has none."""
    return hat.agency.unit_id is not None


@rules.predicate
def is_draft(_hat, fact):
    return fact.state == FactState.DRAFT


for _model in ("activity", "communitymodel", "modelevent", "measurement", "budgetentry"):
    rules.add_perm(f"programs.add_{_model}", writes & owns)
    rules.add_perm(f"programs.change_{_model}", writes & owns)
rules.set_perm("programs.add_budgetentry", writes & has_a_place)


@rules.predicate
def takes_part(hat, activity):
    """A named partner may show what it did, too."""
    return (
        activity is not None and activity.partners.filter(pk__in=Agency.objects.lineage_of({hat.agency_id})).exists()
    )


rules.add_perm("programs.prove_activity", writes & (owns | takes_part))
rules.add_perm("programs.delete_activity", writes & owns & is_draft)


# ---- what is said about activities; an open form of it never decides ----


@rules.predicate
def speaks(hat):
    return bool(hat) and hat.role in SPEAKING


@rules.predicate
def is_said_of(_hat, activity):
    """Nothing is said of drafts, and corrections stand by their reason."""
    return activity.state == FactState.RECORDED and not activity.reason


@rules.predicate
def never_wrote(hat, activity):
    """Whoever wrote any of a record does not verify it."""
    return not Activity.history.filter(id=activity.pk, history_user=hat.user_id).exists()


@rules.predicate
def is_locked(_hat, fact):
    return fact.is_locked and not fact.reason


rules.add_perm("programs.verify_activity", speaks & owns & is_said_of & never_wrote)
rules.add_perm("programs.confirm_activity", speaks & takes_part & is_said_of)
rules.add_perm("programs.ask_correction", speaks & is_locked & ~(writes & owns))
rules.add_perm("programs.answer_request", writes & owns)


# ---- plans: officers and reviewers write, leaders fix and return, clerks issue ----


@rules.predicate
def of_one_agency(_hat, plan):
    """No other agency signs it: nobody else has to agree."""
    return plan.document.parties.count() < 2


@rules.predicate
def speaks_for_the_part(hat, part):
    return bool(hat) and hat.role in SPEAKING and part.agency_id in Agency.objects.lineage_of({hat.agency_id})


@rules.predicate
def works_on_the_item(hat, item):
    """Its lead, one of its partners, or an agency whose plan it is."""
    own = Agency.objects.lineage_of({hat.agency_id})
    return item.lead_id in own or item.parts.filter(agency__in=own).exists() or of_its_parties(hat, item.plan)


@rules.predicate
def noted_it_or_keeps_the_plan(hat, difficulty):
    """What another agency wrote of an item is not a mere partner's to rewrite."""
    noted = difficulty.agency_id in Agency.objects.lineage_of({hat.agency_id})
    return noted or of_its_parties(hat, difficulty.item.plan)


rules.add_perm("programs.create_plan", drafts)
rules.add_perm("programs.edit_plan", writes & of_its_parties)
rules.add_perm("programs.return_plan", (writes | leads) & of_its_parties)
rules.add_perm("programs.fix_plan", leads & of_its_parties)
rules.add_perm("programs.fix_own_plan", leads & of_its_parties & of_one_agency)
rules.add_perm("programs.issue_plan", (keeps_the_register | leads) & of_its_parties)
rules.add_perm("programs.answer_part", speaks_for_the_part)
rules.add_perm("programs.note_difficulty", writes & works_on_the_item)
rules.add_perm("programs.change_difficulty", writes & noted_it_or_keeps_the_plan)


@rules.predicate
def gives(hat, document):
    """Its agency keeps the document in its series, signed it or entered it: it gives the tasks and follows them."""
    return given_by(Agency.objects.lineage_of({hat.agency_id})).filter(pk=document.pk).exists()


@rules.predicate
def gave(hat, response):
    return gives(hat, response.assignment.document)


@rules.predicate
def is_addressed(hat, response):
    return response.agency_id in Agency.objects.lineage_of({hat.agency_id})


@rules.predicate
def judges(hat, _response):
    return bool(hat) and (hat.writes or hat.role == MemberRole.LEADER)


@rules.predicate
def never_answered(hat, response):
    """Whoever wrote any of an answer does not verify it, even where a colleague wrote on."""
    return not AssignmentResponse.history.filter(id=response.pk, answered_by=hat.user_id).exists()


@rules.predicate
def compiles_a_province(hat, _target):
    """Keeps the targets of its province; national ones are kept by system administrators."""
    return bool(hat) and hat.agency.consolidates and hat.agency.unit_id is not None


@rules.predicate
def wrote_none_of_it(hat, reading):
    return reading.state == FactState.RECORDED and not reading.reason and not wrote(hat.user_id, reading)


rules.add_perm("programs.add_target", writes & compiles_a_province)
rules.add_perm("programs.verify_measurement", judges & owns & wrote_none_of_it)
rules.add_perm("programs.give_assignment", keeps_documents & gives)
rules.add_perm("programs.change_assignmentresponse", writes & is_addressed)
rules.add_perm("programs.verify_assignmentresponse", judges & gave & never_answered)


def allowed(request, permission, fact=None) -> bool:
    return rules.has_perm(permission, request.acting, fact)


def require(request, permission, fact=None):
    """403 for what a person may see and not do; what may not be seen is a 404 before this is asked."""
    if not allowed(request, permission, fact):
        raise PermissionDenied
