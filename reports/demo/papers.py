"""Sample papers of the register: what the committees, boards and unions issued."""

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from coordination.enums import DocumentState
from coordination.loaders import Loaded
from coordination.models import Document, DocumentKind, Recipient
from reports.demo.stage import Stage, day, demo_rows


def add_papers(stage: Stage, loaded: Loaded) -> None:
    kinds = DocumentKind.objects.in_bulk(field_name="code")
    there = set(Document.objects.values_list("register_agency", "register_year", "kind__code", "number"))
    new, recipients = [], []
    rows = demo_rows("papers")
    for row in rows:
        agency, issued_on = stage.agencies[row["agency"]], day(row["issued_on"])
        if (agency.pk, issued_on.year, row["kind"], row["number"]) in there:
            continue
        document = Document(
            kind=kinds[row["kind"]],
            register_agency=agency,
            register_year=issued_on.year,
            number=row["number"],
            symbol=row["symbol"],
            subject=row["subject"],
            place=agency.unit.name,
            issued_on=issued_on,
            state=DocumentState.ISSUED,
            is_sample=True,
        )
        new.append(document)
        recipients.extend(_recipients(stage, document, row["recipients"].split(";")))
    bulk_create_with_history(new, Document, default_change_reason=_("sample data"))
    Recipient.objects.bulk_create(recipients)
    loaded.note(_("documents"), made=len(new), kept=len(rows) - len(new))


def _recipients(stage: Stage, document: Document, keys: list[str]) -> list[Recipient]:
    agencies = [stage.agencies[key] for key in keys if key]
    lines = [
        Recipient(
            document=document, position=number, text=f"{agency.name_on(document.issued_on).name};", agency=agency
        )
        for number, agency in enumerate(agencies, start=1)
    ]
    return [*lines, Recipient(document=document, position=len(lines) + 1, text="Lưu: VT.", is_archive=True)]
