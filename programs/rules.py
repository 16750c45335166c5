"""Who may write facts: an officer or reviewer of the owner agency, in the hat worn now.

The predicates look at a hat (a Membership), not at a person: who is an officer here and a leader there writes only
while acting as the officer. `allowed` and `require` are how views ask.
"""

import rules
from django.core.exceptions import PermissionDenied

from coordination.models import Agency
from programs.enums import FactState


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


def allowed(request, permission, fact=None) -> bool:
    return rules.has_perm(permission, request.acting, fact)


def require(request, permission, fact=None):
    """403 for what a person may see and not do; what may not be seen is a 404 before this is asked."""
    if not allowed(request, permission, fact):
        raise PermissionDenied
