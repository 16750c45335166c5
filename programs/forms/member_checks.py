"""How the members of a community model must fit together, when an event is entered and when it is corrected."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programs.models import ModelKind

PARTS = {
    "women": _("%(part)s women are more than %(whole)s members. Check both numbers."),
    "minority": _("%(part)s minority people are more than %(whole)s members. Check both numbers."),
}


def misfits(kind: ModelKind | None, stated: dict[str, int | None]) -> Iterator[tuple[str, ValidationError]]:
    """The field to mend, and what to do. `stated`: members, women and minority people; None is not stated."""
    if kind and not kind.has_members:
        for name in (name for name, number in stated.items() if number is not None):
            message = _("The members of this kind are not counted: leave it empty.")
            yield name, ValidationError(message, "not_counted")
    elif stated["members"] is None and (stated["women"] is not None or stated["minority"] is not None):
        yield "members", ValidationError(_("Write the members as well: a part of them is stated."), "no_total")
    else:
        for name, message in PARTS.items():
            values = {"part": stated[name], "whole": stated["members"]}
            if None not in values.values() and values["part"] > values["whole"]:
                yield name, ValidationError(message, "over", values)
