"""The sheet of people: roles corrected, new people invited; codes are printed from the list of invitations."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.agency_forms import agency_label
from coordination.enums import MemberRole
from coordination.invitation_forms import Delivery, InviteForm, Taken
from coordination.invitations import LIFETIME, hash_of, new_code
from coordination.models import Agency, Invitation, Membership, User
from coordination.people_forms import MemberForm
from coordination.search import clean_text
from coordination.sheets.bulk import REASON, Act, update_all
from coordination.sheets.checking import form_problems
from coordination.sheets.declared import (
    Cell,
    ChoiceCell,
    Column,
    DayCell,
    Found,
    Row,
    Sheet,
    Span,
    Verdict,
    register,
)

Key = tuple[str, str, str]  # agency, address, role


@dataclass
class Roles:
    """What there is: by agency, address and role; the names of known addresses; roles somebody acts in for another.

    `colleagues`: addresses of people of these agencies. The names of others are not told.
    """

    members: dict[Key, Membership]
    invited: frozenset[Key]
    names: dict[str, str]
    colleagues: frozenset[str]
    lent: frozenset[int]


@register
class UserSheet(Sheet):
    code, label = "users", gettext_lazy("Users and roles")
    about = gettext_lazy("One row a role of a person. Who is new is invited: print the codes from the invitations.")

    agency = Column(gettext_lazy("Agency"), ChoiceCell(), width=44, hint=gettext_lazy("Empty: your own."))
    full_name = Column(gettext_lazy("Full name"), width=26, required=True, sample="Cán bộ Ví Dụ")
    email = Column(gettext_lazy("E-mail address"), width=34, required=True, sample="vi.du@example.vn")
    role = Column(gettext_lazy("Role"), ChoiceCell(MemberRole), width=16, required=True)
    position_title = Column(gettext_lazy("Position"), width=24, sample="Chuyên viên")
    valid_from = Column(gettext_lazy("First day"), DayCell(), width=12, required=True, sample=date(2026, 7, 1))
    valid_to = Column(gettext_lazy("Last day"), DayCell(), width=12)

    @classmethod
    def allows(cls, user: Any, hat: Any) -> bool:
        """The system's administrator for all, that of an agency for its own."""
        return bool(user and user.is_system_administrator) or bool(hat and hat.role == MemberRole.ADMINISTRATOR)

    # ---- lists ----

    def prepare(self) -> UserSheet:
        self.today = timezone.localdate()
        self.act, self.token = Act.now(self.user, self.hat), uuid.uuid4()
        self.for_all = bool(self.user and self.user.is_system_administrator)
        agencies = Agency.objects.open_on(self.today).named_on(self.today).select_related("unit")
        if not self.for_all:
            agencies = agencies.filter(pk=self.hat.agency_id if self.hat else None)
        self.agencies = {str(agency.pk): agency for agency in agencies.in_protocol_order()}
        self.columns["agency"].widget.offer((key, agency_label(agency)) for key, agency in self.agencies.items())
        return self

    @cached_property
    def roles(self) -> Roles:
        hats = Membership.objects.filter(agency__in=self.agencies, ended_at__isnull=True, deputises__isnull=True)
        hats = hats.exclude(valid_to__lt=self.today).select_related("user").order_by("agency", "user__sort_key", "pk")
        waiting = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
        ever = Membership.objects.filter(agency__in=self.agencies).order_by()
        lent = Membership.objects.filter(deputises__isnull=False, ended_at__isnull=True)
        return Roles(
            members={(str(hat.agency_id), hat.user.email, hat.role): hat for hat in hats},
            invited=frozenset(
                (str(agency), email, role) for agency, email, role in waiting.values_list("agency", "email", "role")
            ),
            names=dict(User.objects.values_list("email", "full_name")),
            colleagues=frozenset(ever.values_list(F("user__email"), flat=True)),
            lent=frozenset(lent.exclude(valid_to__lt=self.today).values_list(F("deputises"), flat=True)),
        )

    @cached_property
    def seen(self) -> dict[Key, int]:
        return {}

    # ---- cells ----

    def records(self, span: Span | None = None) -> Iterator[Any]:
        return iter(self.roles.members.values())

    def cell_of(self, name: str, column: Column, record: Any) -> Cell:
        if name == "agency":
            return column.widget.labels.get(str(record.agency_id))
        if name in ("full_name", "email"):
            return getattr(record.user, name)
        return super().cell_of(name, column, record)

    # ---- rows ----

    def examine(self, rows: Sequence[Row], *, writing: bool = False) -> list[Verdict]:
        if writing:
            list(Membership.objects.select_for_update().filter(agency__in=self.agencies).values_list("pk", flat=True))
        return [self.look_at(row) for row in rows]

    def look_at(self, row: Row) -> Verdict:
        data = row.data
        data["email"] = clean_text(data["email"]).lower()
        data["agency"] = data["agency"] or (str(self.hat.agency_id) if self.hat else "")
        key = (data["agency"], data["email"], data["role"])
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            return Verdict(row, Found.WRONG, [("email", _("This role stands in row %(row)s too.") % {"row": first})])
        hat, name = self.roles.members.get(key), self.roles.names.get(data["email"], data["full_name"])
        self.keep_left_out(row, hat)
        if data["agency"] not in self.agencies:
            return Verdict(row, Found.WRONG, [("agency", _("Choose one from the list."))])
        if clean_text(name) != data["full_name"]:
            return Verdict(row, Found.WRONG, [self.taken_by(name, data["email"])])
        if key in self.roles.invited or (hat and self.read_record(hat) == data):
            return Verdict(row, Found.SAME)
        problems, item = self.corrected(hat, data) if hat else self.invited(data)
        return Verdict(row, Found.WRONG if problems else Found.CHANGED if hat else Found.NEW, problems, item)

    def taken_by(self, name: str, email: str) -> tuple[str, str]:
        """Who administers one agency does not learn who has an address at another."""
        if self.for_all or email in self.roles.colleagues:
            return "full_name", _("This address belongs to %(name)s. Check the name and the address.") % {"name": name}
        words = _("Somebody of another agency signs in with this address, under another name. Check name and address.")
        return "email", words

    def corrected(self, hat: Membership, data: dict[str, Any]) -> tuple[list[tuple[str, str]], Any]:
        if hat.pk in self.roles.lent:
            return [("", _("Somebody acts in this role for its holder. Change it in the list of people."))], None
        sent = data | {"act": MemberForm.CORRECT, "reason": REASON, "version": hat.version}
        form = MemberForm(sent, hat=hat)
        if not form.is_valid():
            return form_problems(form, self.columns), None
        for column, value in vars(form.post).items():
            setattr(hat, column, value)
        return [], hat

    def invited(self, data: dict[str, Any]) -> tuple[list[tuple[str, str]], Any]:
        form = InviteForm(
            data | {"by": Delivery.PAPER, "form_token": str(self.token)}, taken=Taken(frozenset(), frozenset())
        )
        if not form.is_valid():
            return form_problems(form, self.columns), None
        return [], Invitation(
            agency=self.agencies[data["agency"]], invited_by=self.user, on_paper=True, form_token=self.token,
            secret_sha256=hash_of(new_code()), expires_at=timezone.now() + LIFETIME,
            **vars(form.invitee(form.cleaned_data)),
        )  # fmt: skip

    def write(self, verdicts: Sequence[Verdict]) -> None:
        update_all([verdict.item for verdict in verdicts if verdict.found == Found.CHANGED], self.act)
        Invitation.objects.bulk_create(verdict.item for verdict in verdicts if verdict.found == Found.NEW)
