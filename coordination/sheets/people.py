"""In which of a person's hats a sheet is exchanged; commands know the person only by address."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from coordination.access import hats_of
from coordination.models import User
from coordination.sheets.declared import SHEETS, NotAllowed, Sheet


def person(email: str) -> User:
    """Raises NotAllowed when nobody has this address, or the account is locked."""
    found = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise NotAllowed(_("Nobody with an open account has the address %(email)s.") % {"email": email})
    return found


def sheet_for(code: str, user: Any, *, writing: bool, hat: Any = None) -> Sheet:
    """For the hat worn, else the first that may. Raises NotAllowed."""
    kind = SHEETS[code]
    may = kind.allows if writing else kind.shows
    for worn in [hat] if hat else [*hats_of(user), None]:
        if may(user, worn):
            return kind(user, worn)
    if writing:
        message = _("%(person)s may not import the sheet “%(sheet)s”: only those who enter these records may.")
    else:
        message = _("%(person)s may not export the sheet “%(sheet)s”.")
    raise NotAllowed(message % {"person": user, "sheet": kind.label})
