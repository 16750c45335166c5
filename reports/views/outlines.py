"""The pages on which outlines of reports are read, written, looked at with made-up numbers and put into use."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.htmx import render_page
from coordination.locking import StaleVersion
from programs.forms.differences import differences
from reports import outline_actions as actions
from reports.compose import WrongText
from reports.compose.sample import sample_manuscript
from reports.enums import OutlineState
from reports.models import OutlineSection, ReportOutline
from reports.outline_actions import OutlineRefused
from reports.outline_forms import OutlineForm, SectionForm, StartForm, VersionForm
from reports.outline_page import (
    keeps,
    sample_draft,
    section_rows,
    start_rights,
    versions_of_outline,
)
from reports.outline_words import part_choices, tokens_of, words_to_use
from reports.page import sheet_of

PER_PAGE = 30
STEPS = {"up": -1, "down": 1}


def visible_outline(request, uid):
    return get_object_or_404(ReportOutline.objects.visible_to(request.user).for_list(), uid=uid)


def kept_draft(request, uid):
    """404 for what may not be seen, 403 for what another keeps."""
    outline = visible_outline(request, uid)
    if not keeps(request, outline):
        raise PermissionDenied
    return outline


def page_of(outline):
    return redirect("reports:outline_detail", uid=outline.uid)


@require_safe
def outline_list(request):
    """In use and drafts first; what was superseded is reached from the version that took its place, or by the box."""
    every = bool(request.GET.get("every"))
    rows = ReportOutline.objects.visible_to(request.user).for_list().order_by("kind", "period_kind", "name", "-number")
    shown = rows if every else rows.exclude(state=OutlineState.SUPERSEDED)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "every": every, "may_begin": any(start_rights(request).values())}
    return render_page(request, "reports/outline_list.html", "reports/_outline_table.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def outline_create(request):
    rights = start_rights(request)
    if not any(rights.values()):
        raise PermissionDenied
    sources = ReportOutline.objects.visible_to(request.user).filter(state=OutlineState.IN_USE).order_by("name", "pk")
    form = StartForm(request.POST if request.method == "POST" else None, sources=sources, **rights)
    if request.method == "POST" and form.is_valid():
        agency = request.acting.agency if request.acting else None
        try:
            outline = actions.begin_outline(**form.chosen(agency))
        except OutlineRefused as refusal:
            form.add_error("kind", str(refusal))
        else:
            messages.success(request, _("The draft is there. Look at its sections, then put it into use."))
            return page_of(outline)
    return render(request, "reports/outline_create.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def outline_detail(request, uid):
    outline = visible_outline(request, uid)
    is_keeper = keeps(request, outline)
    context = {
        "outline": outline,
        "rows": section_rows(outline),
        "versions": versions_of_outline(outline),
        "is_keeper": is_keeper,
        "edits": is_keeper and outline.state == OutlineState.DRAFT,
        "draft": actions.draft_of(outline) if outline.state != OutlineState.DRAFT else None,
        "wrong": actions.mistakes(outline) if outline.state == OutlineState.DRAFT else [],
    }
    return render(request, "reports/outline_detail.html", context)


@require_safe
def outline_help(request, uid):
    """Everything that may stand between braces and below a text."""
    outline = visible_outline(request, uid)
    context = {"outline": outline, "groups": words_to_use(outline.kind), "parts": part_choices(outline.kind)}
    return render(request, "reports/outline_words.html", context)


@require_safe
def outline_preview(request, uid):
    outline = visible_outline(request, uid)
    draft = sample_draft(request, outline)
    if draft is None:
        messages.info(request, _("There is no period or agency yet to show a preview for."))
        return page_of(outline)
    try:
        manuscript = sample_manuscript(draft)
    except WrongText as wrong:
        messages.error(request, str(wrong))
        return page_of(outline)
    context = {"outline": outline, "head": manuscript.head, "sheet": sheet_of(manuscript, False, lambda ref: "")}
    return render(request, "reports/outline_preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def outline_edit(request, uid):
    outline = kept_draft(request, uid)
    stored = {name: getattr(outline, name) for name in (*actions.TEXTS, "unusual_percent", "version")}
    form = OutlineForm(request.POST or None, initial=stored, outline=outline)
    show = partial(edit_page, request, outline, form)
    if outline.state != OutlineState.DRAFT:
        return page_of(outline)  # which says how it is changed
    if request.method != "POST":
        return show()
    if not form.is_valid():
        return show(status=422)
    try:
        actions.save_texts(outline, form.cleaned_data, seen=form.cleaned_data["version"])
    except StaleVersion:
        return show(status=409, theirs=renewed(form, stored, (*actions.TEXTS, "unusual_percent")))
    messages.success(request, _("Saved."))
    return page_of(outline)


def edit_page(request, outline, form, *, section=None, status=200, theirs=None):
    context = {"outline": outline, "form": form, "section": section, "theirs": theirs}
    return render(request, "reports/outline_edit.html", context, status=status)


def renewed(form, stored, names):
    """What differs from the version stored meanwhile; sent again the form replaces it knowingly."""
    theirs = differences(form, stored, names)
    form.data = form.data.copy()
    form.data["version"] = stored["version"]
    return theirs


@require_http_methods(["GET", "HEAD", "POST"])
def section_create(request, uid):
    outline = kept_draft(request, uid)
    return write_section(request, outline, OutlineSection(outline=outline, numbering="roman"))


@require_http_methods(["GET", "HEAD", "POST"])
def section_edit(request, uid, key):
    outline = kept_draft(request, uid)
    return write_section(request, outline, get_object_or_404(outline.sections.select_related("parent"), key=key))


def write_section(request, outline, section):
    stored = {name: getattr(section, name) for name in actions.SECTION_FIELDS if name not in ("parent", "parts")}
    stored |= {"parent": section.parent.key if section.parent else "", "parts": tokens_of(section.parts)}
    stored["version"] = outline.version
    form = SectionForm(request.POST or None, initial=stored, outline=outline, section=section)
    show = partial(edit_page, request, outline, form, section=section)
    if outline.state != OutlineState.DRAFT:
        return page_of(outline)
    if request.method != "POST":
        return show()
    if not form.is_valid():
        return show(status=422)
    try:
        actions.save_section(outline, section, form.cleaned_data, seen=form.cleaned_data["version"])
    except StaleVersion:
        return show(status=409, theirs=renewed(form, stored, ("heading", "text", "guidance", "key")))
    messages.success(request, _("Saved."))
    return page_of(outline)


@require_POST
def section_move(request, uid, key, way):
    outline = kept_draft(request, uid)
    section = get_object_or_404(outline.sections, key=key)
    return acted(request, outline, lambda seen: actions.move_section(outline, section, STEPS[way], seen=seen))


@require_http_methods(["GET", "HEAD", "POST"])
def section_remove(request, uid, key):
    outline = kept_draft(request, uid)
    section = get_object_or_404(outline.sections, key=key)
    if request.method == "POST":
        return acted(request, outline, lambda seen: actions.remove_section(outline, section, seen=seen))
    title = _("Remove the section “%(section)s”?") % {"section": section.heading or section.key}
    text = _("Its text, parts and guidance go with it. Reports that were begun keep theirs.")
    return confirm(request, outline, title, text, _("Remove the section"), danger=True)


@require_POST
def outline_next(request, uid):
    """A draft of the next version, or the one somebody began."""
    outline = kept_draft(request, uid)
    if outline.state == OutlineState.DRAFT:
        return page_of(outline)
    messages.success(request, _("This is the draft of the next version. The one in use stays until you use this one."))
    return page_of(actions.next_version(outline))


@require_http_methods(["GET", "HEAD", "POST"])
def outline_use(request, uid):
    outline = kept_draft(request, uid)
    if request.method == "POST":
        done = _("The outline is in use: new reports are begun by it.")
        return acted(request, outline, lambda seen: actions.put_into_use(outline, seen=seen), done)
    text = _("New reports are begun by it; those already begun keep theirs. It can no more be changed then.")
    return confirm(request, outline, _("Put “%(name)s” into use?") % {"name": outline.name}, text, _("Put into use"))


@require_http_methods(["GET", "HEAD", "POST"])
def outline_discard(request, uid):
    outline = kept_draft(request, uid)
    if request.method != "POST":
        title = _("Throw the draft “%(name)s” away?") % {"name": outline.name}
        return confirm(request, outline, title, "", _("Throw away"), danger=True)
    answer = acted(request, outline, lambda seen: actions.discard_outline(outline, seen=seen))
    return answer if ReportOutline.objects.filter(uid=uid).exists() else redirect("reports:outline_list")


def confirm(request, outline, title, text, word, *, danger=False):
    back = reverse("reports:outline_detail", args=[outline.uid])
    if outline.state != OutlineState.DRAFT:
        return redirect(back)
    context = {"outline": outline, "title": title, "text": text, "word": word, "danger": danger, "back": back}
    context["fields"] = [VersionForm(initial={"version": outline.version})["version"]]
    return render(request, "reports/outline_confirm.html", context)


def acted(request, outline, act, done=""):
    """An act on what the person looked at; when it changed meanwhile, nothing is done and the page shows it anew."""
    form = VersionForm(request.POST)
    try:
        act(form.cleaned_data["version"] if form.is_valid() else 0)
    except StaleVersion:
        messages.error(request, _("Somebody changed this outline meanwhile. Look at it as it is now, then try again."))
    except OutlineRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done or _("Done."))
    return page_of(outline)
