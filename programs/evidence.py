"""Photos and files put on a record to show that it is true.

A photo is decoded and written anew, upright and at most 1,600 pixels a side, so that nothing a camera notes of place,
time and owner is kept; other files are kept as they came. Files stay open after the record is frozen: they prove, they
do not count.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import Membership
from coordination.uploads import IMAGES, JPEG, SUFFIXES, CheckedFile, FileRefused, check_upload
from programs.models import Activity, AssignmentResponse, BudgetEntry, Evidence, Measurement, ModelEvent

logger = logging.getLogger(__name__)
LONGEST_SIDE, SMALL_SIDE = 1600, 320  # pixels
QUALITY = 82
MOST_PIXELS = 100_000_000  # a phone of today makes 12 to 50 million; what claims more is meant to fill the memory
MOST_FILES = 20  # on one record
_TOO_MANY_PIXELS = gettext_lazy("The picture has too many pixels. Take it in a smaller size, then send it again.")


@dataclass(frozen=True)
class Kind:
    """What may carry evidence, as named in addresses: its model and the field of Evidence."""

    model: type[Any]
    field: str
    right: str


KINDS = {
    "activities": Kind(Activity, "activity", "programs.prove_activity"),
    "models": Kind(ModelEvent, "model_event", "programs.change_modelevent"),
    "indicators": Kind(Measurement, "measurement", "programs.change_measurement"),
    "budget": Kind(BudgetEntry, "budget_entry", "programs.change_budgetentry"),
    "responses": Kind(AssignmentResponse, "response", "programs.change_assignmentresponse"),
}


def check_evidence(upload: UploadedFile) -> CheckedFile:
    """Raises FileRefused."""
    checked = check_upload(upload)
    return without_traces(checked) if checked.media_type in IMAGES else checked


def without_traces(checked: CheckedFile) -> CheckedFile:
    """The picture alone, without what the camera wrote beside it. Raises FileRefused."""
    from PIL import Image, ImageOps  # noqa: PLC0415 for uploads alone

    try:
        with Image.open(io.BytesIO(checked.content), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise FileRefused(_TOO_MANY_PIXELS)
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            bare = Image.new("RGB", upright.size, "white")
            bare.paste(upright.convert("RGB"), mask=upright.getchannel("A") if "A" in upright.getbands() else None)
    except Image.DecompressionBombError as error:  # Pillow's own limit, which it asks before ours
        raise FileRefused(_TOO_MANY_PIXELS) from error
    except (OSError, ValueError, SyntaxError) as error:  # what Pillow raises for damaged pictures
        raise FileRefused(
            _("The picture is damaged and does not open. Take or save it again, then send it.")
        ) from error
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=QUALITY, optimize=True)
    name = f"{checked.name.removesuffix(SUFFIXES[checked.media_type])}{SUFFIXES[JPEG]}"
    return replace(checked, name=name, content=written.getvalue(), media_type=JPEG)


class TooManyFiles(Exception):
    """The record has as many files as it may."""


@transaction.atomic
def add_evidence(
    kind: Kind, record: Any, files: Sequence[CheckedFile], *, caption: str, consent: bool, acting: Membership
) -> list[Evidence]:
    """A file that is there already is left out. Raises TooManyFiles, and then keeps none."""
    kind.model.objects.select_for_update().get(pk=record.pk)
    there = set(Evidence.objects.filter(**{kind.field: record}).values_list("sha256", flat=True))
    new = {file.sha256: file for file in files if file.sha256 not in there}
    if len(there) + len(new) > MOST_FILES:
        raise TooManyFiles
    added = []
    for file in new.values():
        row = Evidence(
            **{kind.field: record},
            name=file.name,
            caption=caption,
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
            consent=consent,
            added_by=acting.user,
        )
        row.file.save(file.stored_name(), file.as_file(), save=False)
        if file.media_type in IMAGES:
            row.file.storage.save(small_name(row.file.name), ContentFile(_small(file.content)))
        row.save()
        added.append(row)
    logger.info("evidence added", extra={"record": str(record.uid), "files": len(added)})
    return added


@transaction.atomic
def take_away(evidence: Evidence) -> None:
    """The row now, the file once that is certain."""
    storage, name = evidence.file.storage, evidence.file.name
    evidence.delete()
    for gone in (name, small_name(name)):
        transaction.on_commit(lambda gone=gone: storage.delete(gone))  # type: ignore[misc]


def small_name(name: str) -> str:
    """Of the picture in the size of a list, beside the whole one: a page of photos weighs little on a phone."""
    return f"{name.rpartition('.')[0]}-s.jpg"


def _small(content: bytes) -> bytes:
    from PIL import Image  # noqa: PLC0415 for uploads alone

    written = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
        picture.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def carrier_of(evidence: Evidence) -> tuple[Kind, Any]:
    """The record it is put on, and its kind."""
    kind = next(kind for kind in KINDS.values() if getattr(evidence, f"{kind.field}_id"))
    return kind, getattr(evidence, kind.field)
