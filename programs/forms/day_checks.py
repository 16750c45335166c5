"""What is entered as done, held or read has happened: no figure counts a day before it comes."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ENTER_LATER = _("This day lies ahead. Enter it once the day has come.")


def refuse_ahead(day: date | None, words: Promise | str = ENTER_LATER) -> None:
    if day and day > timezone.localdate():
        raise ValidationError(words, "ahead")
