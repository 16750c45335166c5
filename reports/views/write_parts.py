"""A section given to another agency to write."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.models import Agency
from reports.views.writing import fixed, frame_of, page_to_write
from reports.views.wrong_text import tells_wrong_text
from reports.write_forms import GiveForm
from reports.writing import give_part


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def write_give(request, uid, key):
    report, page = page_to_write(request, uid, key)
    if page is None:
        return fixed(request, report)
    if not (page.desk.is_whole and page.desk.may_write):
        raise PermissionDenied
    today, part = timezone.localdate(), page.parts.get(key)
    initial = {"agency": part.agency_id, "due_on": part.due_on, "request": part.request} if part else {}
    agencies = offered(report, today)
    form = GiveForm(
        request.POST if request.method == "POST" else None, initial=initial, agencies=agencies, today=today
    )
    if request.method == "POST" and form.is_valid():
        give_part(report, key, acting=request.acting, **form.cleaned_data)
        given = form.cleaned_data["agency"]
        words = _("Given to %(agency)s, which is told.") if given else _("The section is written by your agency.")
        messages.success(request, words % {"agency": given.short_name if given else ""})
        return redirect("reports:write_section", uid=report.uid, key=key)
    context = frame_of(page) | {"row": page.sections.rows[key], "form": form}
    return render(request, "reports/write_give.html", context, status=422 if form.errors else 200)


def offered(report, today):
    """Open agencies of the same province, and whoever has the section now."""
    agencies = Agency.objects.open_on(today).exclude(pk__in=Agency.objects.lineage_of({report.agency_id}))
    near = Q(unit__in={report.agency.unit_id, report.unit_id}) | Q(unit__province=report.unit_id)
    return list(agencies.filter(near).in_protocol_order().named_on(today))
