"""A report to take away as Word, Excel or PDF."""

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coordination.manuscript import Stamp
from coordination.papers import MEDIA_TYPES
from coordination.views.papers import paper_page
from reports.file_names import file_name
from reports.jobs import files_of
from reports.models import Report
from reports.views.wrong_text import tells_wrong_text


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def report_paper(request, uid, file_format):
    """A draft as today's records give it; of an approved report the file that was made with its version."""
    reports = Report.objects.visible_to(request.user).select_related("document__kind", "agency", "period")
    report = get_object_or_404(reports, uid=uid)
    if report.document.is_frozen:
        made = next((file for file in files_of(report.document) if file.media_type == MEDIA_TYPES[file_format]), None)
        if made:
            return redirect("reports:report_download", uid=report.uid, file_uid=made.uid)
        return redirect("reports:report_detail", uid=report.uid)
    back = reverse("reports:report_detail", args=[report.uid])
    return paper_page(request, report.document, file_format, back, file_name(report, Stamp(), file_format))
