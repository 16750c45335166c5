"""Forms that save themselves: what was typed and the files chosen, until the form is sent or thrown away.

Kept with the person and the token of the form, not with the session: whoever is signed out, or goes on with another
device, finds it again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from coordination.models import Membership, SavedFile, SavedForm
from coordination.uploads import CheckedFile

logger = logging.getLogger(__name__)
NOT_TYPED = {
    "csrfmiddlewaretoken",
    "record",
    "draft",
    "open",
    "sure",
    "join",
    "drop_file",
}  # the token and the buttons
LONGEST_TITLE = 300


def kept_forms(acting: Membership, *forms: str) -> QuerySet[SavedForm]:
    """Those of the person for the agency of the hat, the latest first."""
    return SavedForm.objects.filter(user=acting.user_id, agency=acting.agency_id, form__in=forms)


@transaction.atomic
def keep_form(acting: Membership, form: str, token: UUID, data: Mapping[str, Any], *, title: str = "") -> SavedForm:
    """`data` is what the browser sent; the latest is kept."""
    saved, made = SavedForm.objects.select_for_update().get_or_create(
        user_id=acting.user_id,
        form=form,
        form_token=token,
        defaults={"agency": acting.agency, "data": as_stored(data), "title": title[:LONGEST_TITLE]},
    )
    if not made:
        saved.data, saved.title, saved.saved_at = as_stored(data), title[:LONGEST_TITLE], timezone.now()
        saved.agency = acting.agency
        saved.save(update_fields=["data", "title", "saved_at", "agency"])
    return saved


@transaction.atomic
def keep_files(saved: SavedForm, files: Iterable[CheckedFile], *, most: int) -> bool:
    """Beside those kept before; False, and none of the new ones, where they would be more than `most`."""
    there = set(SavedForm.objects.select_for_update().get(pk=saved.pk).files.values_list("sha256", flat=True))
    new = {file.sha256: file for file in files if file.sha256 not in there}
    if len(there) + len(new) > most:
        return False
    for file in new.values():
        row = SavedFile(form=saved, name=file.name, media_type=file.media_type, sha256=file.sha256, size=file.size)
        row.file.save(file.stored_name(), file.as_file(), save=False)
        row.save()
    return True


def as_checked(saved: SavedFile) -> CheckedFile:
    """As it was when it was kept."""
    with saved.file.open("rb") as file:
        return CheckedFile(saved.name, file.read(), saved.media_type)


@transaction.atomic
def forget_file(saved: SavedFile) -> None:
    storage, name = saved.file.storage, saved.file.name
    saved.delete()
    transaction.on_commit(partial(storage.delete, name))


@transaction.atomic
def forget_form(saved: SavedForm) -> None:
    """Sent, or thrown away: the row now, its files once that is certain."""
    for file in saved.files.all():
        forget_file(file)
    logger.info("saved form forgotten", extra={"form": saved.form, "saved_form": saved.pk})
    saved.delete()


def as_stored(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name -> values. No database stores NUL in JSON, and PostgreSQL refuses it."""
    lists = data.lists() if isinstance(data, QueryDict) else ((name, [value]) for name, value in data.items())
    return {
        name: [str(value).replace("\0", "") for value in values] for name, values in lists if name not in NOT_TYPED
    }


def as_sent(saved: SavedForm) -> QueryDict:
    """As the browser sent it."""
    data = QueryDict(mutable=True)
    for name, values in saved.data.items():
        data.setlist(name, values)
    return data
