"""Changes of an issued plan: kept as printed before and after, told to whom they concern, printed in an annex.

What was agreed stays as it was signed. Each change adds a version of the document: the agreed text with the annex of
all changes so far behind it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from coordination.compose import roman
from coordination.enums import NoticeKind
from coordination.manuscript import Manuscript
from coordination.models import Agency, DocumentVersion, Membership
from coordination.notices import people_of, tell
from coordination.review import SPEAKING, lineage_of
from programs.compose import annex_of_changes
from programs.models import PlanChange, PlanItem
from programs.plan_notices import concerned


def keep_change(
    item: PlanItem,
    nature: str,
    before: dict[str, str],
    after: dict[str, str],
    *,
    reason: str,
    acting: Membership,
    today: date,
) -> PlanChange:
    """In the caller's transaction, with the document locked. `before`, `after`: label -> words as printed."""
    change = PlanChange.objects.create(
        plan=item.plan,
        item=item,
        nature=nature,
        before=before,
        after=after,
        reason=reason.strip(),
        changed_by=acting.user,
        acting_for=acting.agency,
    )
    _add_version(item, reason=reason.strip(), acting=acting, today=today)
    for agency in Agency.objects.filter(pk__in=concerned(item)).exclude(pk__in=lineage_of(acting)):
        tell(
            people_of(agency, SPEAKING),
            NoticeKind.PLAN_CHANGED,
            about=item.plan.document,
            agency=acting.agency,
            key=f"change-{change.pk}",
        )
    return change


def _add_version(item: PlanItem, *, reason: str, acting: Membership, today: date) -> None:
    document = item.plan.document
    last = document.versions.latest()
    agreed = Manuscript.from_json(last.manuscript)
    annex = annex_of_changes(item.plan, today)
    annexes = [*(one for one in agreed.annexes if one.key != annex.key), annex]
    if len(annexes) > 1:
        annexes = [replace(one, number=roman(number)) for number, one in enumerate(annexes, 1)]
    manuscript = replace(agreed, annexes=tuple(annexes))
    DocumentVersion.objects.create(
        document=document,
        number=last.number + 1,
        manuscript=manuscript.to_json(),
        sha256=manuscript.sha256(),
        created_by=acting.user,
        reason=reason,
    )
