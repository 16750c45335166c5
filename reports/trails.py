"""The history of a report is read by its own agency: others read the paper, not how it was written."""

from django.urls import reverse

from coordination.access import access_of
from coordination.history import TRAILS, Trail
from coordination.trails import parts_of_document
from reports.models import Report

TRAILS["reports.report"] = Trail(
    rows=lambda user: Report.objects.filter(agency__in=access_of(user).own),
    labels={},
    parts=parts_of_document("report"),
    title=lambda report: report.document.subject,
    address=lambda report: reverse("reports:report_detail", args=[report.uid]),
    document=lambda report: report.document,
)
