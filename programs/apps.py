from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    name = "programs"
    verbose_name = _("Programs")

    def ready(self):
        import_module("programs.task_lists")  # registers what falls due
        import_module("programs.compose")  # registers the text of plans
        import_module("programs.plan_notices")  # registers what a partner reads of a plan
        import_module("programs.plan_trails")  # registers their history
        for name in ("activities", "model_events", "measurements", "budget", "plan_items"):
            import_module(f"programs.sheets.{name}")  # registers what people exchange as Excel
