"""The report straight from the records, without a row of its own."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _

from coordination.enums import UnitLevel
from coordination.manuscript import Manuscript, Stamp
from coordination.models import AdministrativeUnit, Agency, AgencyName
from coordination.search import search_text
from reports.actions import CannotDraft, agreements_of, outline_for, usual_scope
from reports.compose import Draft, WrongText, compose
from reports.enums import ReportKind, ReportScope
from reports.models import Report
from reports.periods import UnknownPeriod, find_period
from reports.provinces import same_province
from reports.stamps import stamp_of_report
from reports.typeset.docx import render_docx
from reports.typeset.files import report_pdf
from reports.typeset.profile import PrintRefused
from reports.typeset.xlsx import render_xlsx

FORMATS = {"docx": render_docx, "pdf": report_pdf, "xlsx": render_xlsx}


class Command(BaseCommand):
    help = "Write a report from the records as a file. A frozen report of the same kind is printed as it was approved."

    def add_arguments(self, parser):
        parser.add_argument("--agency", required=True, help="symbol of the agency on the last day of the period")
        parser.add_argument("--province", required=True, help="code of the province on the last day of the period")
        parser.add_argument("--period", required=True, help="2026-M06, 2026-Q2, 2026-H1, 2026-9M, 2026-Y or SK-2023")
        parser.add_argument("--kind", required=True, choices=ReportKind.values)
        parser.add_argument("--format", default="pdf", choices=sorted(FORMATS))
        parser.add_argument("--output", required=True, help="file to write")
        parser.add_argument(
            "--agreement", help="number and symbol, or uid, of the agreement a coordination programme reports on"
        )
        parser.add_argument("--scope", choices=ReportScope.values, help="own records, or the whole province")

    def handle(self, *args, agency, province, period, kind, scope, output, **options):
        found = find_draft(agency, province, period, kind, scope, options["agreement"] or "")
        try:
            manuscript, stamp = printed(found)
            content = FORMATS[options["format"]](manuscript, stamp)
        except (PrintRefused, WrongText) as refusal:
            raise CommandError(str(refusal)) from refusal
        write(Path(output), content)
        self.stdout.write(_("Wrote %(path)s (%(size)d kB).") % {"path": output, "size": len(content) // 1024})


def find_draft(symbol, code, period_code, kind, scope, number="") -> Draft:
    """Raises CommandError with what can be written instead."""
    try:
        period = find_period(kind, period_code)
    except UnknownPeriod as unknown:
        raise CommandError(unknown.for_people()) from unknown
    province = find_province(code, period.data_to)
    agency = find_agency(symbol, province, period.data_to)
    try:
        outline = outline_for(kind, period, province, agency)
    except CannotDraft as refusal:
        raise CommandError(str(refusal)) from refusal
    agreement = find_agreement(kind, number, agency)
    scope = usual_scope(agency, kind) if agreement else scope or usual_scope(agency)
    return Draft(agency, province, kind, scope, period, outline, agreement=agreement)


def find_agreement(kind, text, agency):
    """One of those the agency is party to; None for kinds that speak of none."""
    if kind not in ReportKind.under_agreements():
        return None
    offered = {str(row.uid): row for row in agreements_of(agency)}
    named = [row for uid, row in offered.items() if text in (uid, row.document.code)] if text else []
    if len(named) != 1:
        known = ", ".join(row.document.code or uid for uid, row in offered.items())
        raise CommandError(
            _("Say with --agreement which agreement, by number and symbol or by uid. There are: %(known)s.")
            % {"known": known or "–"}
        )
    return named[0]


def find_province(code, day):
    provinces = AdministrativeUnit.objects.of_level(UnitLevel.PROVINCE).valid_on(day)
    province = provinces.filter(code=code).first()
    if province is None:
        raise CommandError(
            _("No province has the code “%(code)s” on %(day)s.") % {"code": code, "day": f"{day:%d/%m/%Y}"}
        )
    return province


def find_agency(symbol, province, day):
    """By its symbol of the day, else by its name."""
    names = AgencyName.objects.filter(AgencyName.in_force(day), agency__unit__in=same_province(province))
    named = names.filter(Q(symbol__iexact=symbol) | Q(search_text__startswith=search_text(symbol)))
    exact = [name for name in named if name.symbol.casefold() == symbol.casefold()]
    open_ones = Agency.objects.open_on(day).filter(pk__in=[name.agency_id for name in exact or named])
    agencies = list(open_ones.select_related("parent", "unit"))
    if len(agencies) != 1:
        known = ", ".join(
            sorted(names.filter(agency__in=Agency.objects.open_on(day)).values_list("symbol", flat=True))
        )
        raise CommandError(
            _("There is no agency “%(symbol)s” in %(province)s on %(day)s; there are: %(known)s.")
            % {"symbol": symbol, "province": province, "day": f"{day:%d/%m/%Y}", "known": known or "–"}
        )
    return agencies[0]


def printed(draft: Draft) -> tuple[Manuscript, Stamp]:
    """The approved version where there is one, with its number once issued; else a draft from the records."""
    reports = Report.objects.filter(
        agency=draft.agency, period=draft.period, kind=draft.kind, scope=draft.scope, agreement=draft.agreement
    ).select_related("document")
    frozen = [report for report in reports.order_by("-pk") if report.document.is_frozen]
    if not frozen:
        return compose(draft), Stamp()
    document = frozen[0].document
    return Manuscript.from_json(document.versions.latest().manuscript), stamp_of_report(document)


def write(path: Path, content: bytes) -> None:
    """Beside the target first, then into its place: a file is there whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
    except OSError as error:
        raise CommandError(
            _("The file %(path)s cannot be written: %(error)s") % {"path": path, "error": error.strerror}
        ) from error
