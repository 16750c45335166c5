"""Excel in and out: templates, files on their way in, what was imported, what is stored."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.enums import ImportState
from coordination.htmx import redirect_page, render_page
from coordination.import_forms import ImportForm
from coordination.models import ImportRun
from coordination.pagination import CappedPaginator
from coordination.sheets.declared import SHEETS, Found
from coordination.sheets.list_export import as_download
from coordination.sheets.printing import export_of, template_of
from coordination.sheets.runs import ask_to_write, start

TABS = {
    Found.WRONG: "rows_wrong",
    Found.DOUBTFUL: "rows_doubtful",
    Found.NEW: "rows_new",
    Found.CHANGED: "rows_changed",
    Found.SAME: "rows_same",
}


def open_sheet(request, code, *, writing=True):
    """In the hat worn now; 404 for no sheet of ours, 403 for one the person may not exchange."""
    kind = SHEETS.get(code)
    if kind is None:
        raise Http404(code)
    if not (kind.allows if writing else kind.shows)(request.user, request.acting):
        raise PermissionDenied
    return kind(request.user, request.acting or None)


@require_safe
def import_list(request):
    """Sheets the person may exchange, and the files of the agency so far."""
    hat = request.acting or None
    sheets = [
        {"sheet": kind, "imports": kind.allows(request.user, hat), "exports": kind.shows(request.user, hat)}
        for kind in SHEETS.values()
    ]
    page = CappedPaginator(visible_runs(request)).get_page(request.GET.get("page"))
    for run in page:
        run.label = SHEETS[run.sheet].label
    context = {"sheets": [one for one in sheets if one["imports"] or one["exports"]], "page": page}
    return render_page(request, "coordination/import_list.html", "coordination/_import_table.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_create(request, code):
    sheet = open_sheet(request, code)
    if request.method != "POST":
        form = ImportForm(sheet=sheet, initial={"form_token": uuid.uuid4()})
        return render(request, "coordination/import_form.html", {"sheet": sheet, "form": form})
    form = ImportForm(request.POST, request.FILES, sheet=sheet)
    if not form.is_valid():
        return render(request, "coordination/import_form.html", {"sheet": sheet, "form": form}, status=422)
    run = start(sheet, form.table, form.checked, form_token=form.cleaned_data["form_token"])
    return redirect_page(request, reverse("coordination:import_detail", args=[run.uid]))


@require_safe
def import_template(request, code):
    sheet = open_sheet(request, code)
    return as_download(template_of(sheet.prepare()), f"mau-{code}.xlsx")


@require_safe
def sheet_export(request, code):
    """What is stored, to be changed and sent back."""
    sheet = open_sheet(request, code, writing=False).prepare()
    return as_download(export_of(sheet, sheet.records(), by=request.user)[0], f"{code}.xlsx")


def visible_runs(request):
    """Of sheets the person may exchange: a file of people is for who keeps them, not for the whole agency."""
    codes = [code for code, kind in SHEETS.items() if kind.shows(request.user, request.acting or None)]
    return ImportRun.objects.visible_to(request.user).filter(sheet__in=codes).for_list()


def visible_run(request, uid):
    return get_object_or_404(visible_runs(request), uid=uid)


@require_safe
def import_detail(request, uid):
    run = visible_run(request, uid)
    tabs = [name for name in TABS if getattr(run, TABS[name])]
    chosen = request.GET.get("rows")
    chosen = chosen if chosen in tabs else next(iter(tabs), "")
    kind = SHEETS[run.sheet]
    keys = shown_keys(run, kind, chosen)
    context = {
        "run": run,
        "sheet": kind,
        "tabs": [{"name": name, "rows": getattr(run, TABS[name]), "current": name == chosen} for name in tabs],
        "chosen": chosen,
        "of_kind": getattr(run, TABS[chosen]) if chosen else 0,
        "columns": [kind.fields[key].label for key in keys],
        "rows": shown_rows(run, chosen, keys),
        "may_write": run.state == ImportState.CHECKED and kind.allows(request.user, request.acting or None),
    }
    return render_page(request, "coordination/import_detail.html", "coordination/_import_state.html", context)


def shown_keys(run, kind, chosen):
    """What has to be filled in, and what is wrong in one of the rows shown; the file itself has the rest."""
    numbers = {number for number, _cells in run.preview.get("rows", {}).get(chosen, [])}
    bad = {problem[4] for problem in run.told if problem[0] in numbers}
    keys = [key for key in run.preview.get("keys", ()) if key in kind.fields]
    return [key for key in keys if kind.fields[key].required or key in bad]


def shown_rows(run, chosen, keys):
    """Of the rows of a kind the first fifty; each with what is wrong or doubtful in its cells."""
    problems = {}
    for problem in run.told:
        problems.setdefault(problem[0], []).append(problem)
    rows = []
    for number, cells in run.preview.get("rows", {}).get(chosen, []):
        of_row, texts = problems.get(number, []), dict(zip(run.preview["keys"], cells, strict=True))
        bad = {problem[4] for problem in of_row}
        rows.append(
            {
                "number": number,
                "cells": [{"text": texts[key], "bad": key in bad} for key in keys],
                "problems": [{"label": problem[3], "text": problem[2]} for problem in of_row],
            }
        )
    return rows


@require_POST
def import_write(request, uid):
    """`skip`: the wrong rows are left out, which the button says; without it a wrong row stops everything."""
    run = visible_run(request, uid)
    sheet = open_sheet(request, run.sheet)
    if run.agency_id != (sheet.hat.agency_id if sheet.hat else None):
        raise PermissionDenied
    ask_to_write(run, sheet, skip_wrong=request.POST.get("skip") == "1")
    return redirect_page(request, reverse("coordination:import_detail", args=[run.uid]))


@require_safe
def import_annotated(request, uid):
    """The person's own file with a remark beside each bad cell."""
    run = visible_run(request, uid)
    if not run.annotated:
        raise Http404
    with run.annotated.open("rb") as file:
        return as_download(file.read(), f"{run.name.removesuffix('.xlsx')}-loi.xlsx")
