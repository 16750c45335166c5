from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self):
        import_module("reports.typeset.fonts")  # registers the check of the report font
        import_module("reports.compose")  # registers the text of reports
        for workers in ("reports.jobs", "reports.previews", "reports.papers"):
            import_module(workers)  # registers what workers do
