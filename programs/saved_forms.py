"""Forms of activities that save themselves, with the photos and files chosen in them; and their sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from coordination.models import Membership, SavedFile, SavedForm
from coordination.saved_forms import as_checked, forget_form, keep_form, kept_forms
from programs.actions import ActivityParts, log_activity
from programs.evidence import KINDS, add_evidence
from programs.models import Activity

NEW, CHANGE = "activity", "activity_change"
SHOWN = 5


@dataclass(frozen=True)
class InProgress:
    """A form kept for its author. `url`: where it goes on."""

    saved: SavedForm
    url: str

    @property
    def is_change(self) -> bool:
        return self.saved.form == CHANGE


def in_progress(acting: Membership) -> list[InProgress]:
    """The latest of the person's for the agency of the hat."""
    return shown_in_progress(list(forms_in_progress(acting)[:SHOWN])) if acting.writes else []


def forms_in_progress(acting: Membership) -> QuerySet[SavedForm]:
    kept = kept_forms(acting, NEW, CHANGE)
    return kept if acting.writes else kept.none()


def shown_in_progress(forms: Sequence[SavedForm]) -> list[InProgress]:
    return [InProgress(saved, _url_of(saved)) for saved in forms[:SHOWN]]


def _url_of(saved: SavedForm) -> str:
    if saved.form == CHANGE:
        return reverse("programs:activity_edit", args=[saved.form_token]) + "?kept=1"
    return reverse("programs:activity_create") + f"?kept={saved.form_token}"


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def key_of(activity: Activity, data: Mapping[str, Any]) -> tuple[str, UUID | None]:
    """Which form it is: of a new record by the token of the form, of a stored one by the record."""
    return (CHANGE, activity.uid) if activity.pk else (NEW, uuid_of(data.get("form_token")))


def kept_of(acting: Membership, activity: Activity, data: Mapping[str, Any]) -> SavedForm | None:
    form, token = key_of(activity, data)
    return kept_forms(acting, form).filter(form_token=token).first() if token else None


def keep_activity(acting: Membership, activity: Activity, data: Mapping[str, Any]) -> SavedForm | None:
    """None without a token, and for a form that was sent meanwhile."""
    form, token = key_of(activity, data)
    if token is None or (form == NEW and Activity.objects.filter(form_token=token).exists()):
        return None
    return keep_form(acting, form, token, data, title=data.get("title", ""))


def files_of(saved: SavedForm | None) -> list[SavedFile]:
    return list(saved.files.all()) if saved else []


@transaction.atomic
def send_new(activity: Activity, parts: ActivityParts, *, acting: Membership, saved: SavedForm | None) -> Activity:
    """The record with the files kept for it, whose consent the form has asked for; the kept form is gone with it."""
    log_activity(activity, parts, by=acting.user)
    if saved is not None:
        files = [as_checked(file) for file in saved.files.all()]
        if files:
            add_evidence(KINDS["activities"], activity, files, caption="", consent=True, acting=acting)
        forget_form(saved)
    return activity
