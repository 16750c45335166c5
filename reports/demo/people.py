"""Sample people, called by their role, and their hats."""

from datetime import date

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from coordination.enums import MemberRole
from coordination.loaders import Loaded
from coordination.models import Membership, User
from reports.demo.stage import Stage, demo_rows

IN_OFFICE_FROM = date(2021, 1, 1)


def add_people(stage: Stage, password: str, loaded: Loaded) -> None:
    """One password for all: hashed once, and set anew only where another one is in force."""
    rows, encoded = demo_rows("people"), make_password(password)
    there = User.objects.in_bulk([row["email"] for row in rows], field_name="email")
    new = [
        User(
            email=row["email"],
            full_name=row["full_name"],
            password=encoded,
            is_system_administrator=not row["agency"],
        )
        for row in rows
        if row["email"] not in there
    ]
    bulk_create_with_history(new, User, default_change_reason=_("sample data"))
    _renew_password(list(there.values()), password, encoded)
    loaded.note(_("people"), made=len(new), kept=len(there))
    _add_memberships(stage, rows, there | {user.email: user for user in new}, loaded)


def _renew_password(users: list[User], password: str, encoded: str) -> None:
    in_force = {old for old in {user.password for user in users} if check_password(password, old)}
    others = [user for user in users if user.password not in in_force]
    for user in others:
        user.password = encoded
    if others:
        bulk_update_with_history(others, User, ["password"], default_change_reason=_("sample data"))


def _add_memberships(stage: Stage, rows: list[dict], users: dict[str, User], loaded: Loaded) -> None:
    there = set(Membership.objects.values_list("user", "agency", "role"))
    wanted = [
        Membership(
            user=users[row["email"]],
            agency=(agency := stage.agencies[row["agency"]]),
            role=row["role"],
            position_title=row["position_title"],
            valid_from=agency.opened_on or IN_OFFICE_FROM,
        )
        for row in rows
        if row["agency"]
    ]
    new = [hat for hat in wanted if (hat.user_id, hat.agency_id, hat.role) not in there]
    bulk_create_with_history(new, Membership, default_change_reason=_("sample data"))
    loaded.note(_("memberships"), made=len(new), kept=len(wanted) - len(new))


def sign_ins(password: str) -> list[str]:
    """A table for the terminal: address, person, office."""
    people = Membership.objects.filter(user__email__in=[row["email"] for row in demo_rows("people")])
    hats = {hat.user_id: hat for hat in people.select_related("user", "agency")}
    rows = [(_("Sign-in"), _("Role"), _("Person"), _("Agency"))]
    for row in demo_rows("people"):
        user = User.objects.get(email=row["email"])
        hat = hats.get(user.pk)
        role = MemberRole(hat.role).label if hat else _("system administrator")
        agency = hat.agency.name_on(date(2026, 6, 14)).name if hat else "–"
        place = f" ({hat.agency.unit.label})" if hat else ""
        rows.append((user.email, str(role), row["full_name"], agency + place))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [*lines, "", _("Password of all: %(password)s") % {"password": password}]
