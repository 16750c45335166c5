"""A report to take away as Word or PDF."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coordination.views.papers import paper_page
from reports.models import Report
from reports.views.wrong_text import tells_wrong_text


@require_http_methods(["GET", "HEAD", "POST"])
@tells_wrong_text
def report_paper(request, uid, file_format):
    """The text as approved, or as today's records give it."""
    reports = Report.objects.visible_to(request.user).select_related("document__kind")
    report = get_object_or_404(reports, uid=uid)
    back = reverse("reports:report_detail", args=[report.uid])
    return paper_page(request, report.document, file_format, back)
