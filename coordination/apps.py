from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoordinationConfig(AppConfig):
    name = "coordination"
    verbose_name = _("Coordination")

    def ready(self):
        """One app stands for all: the signals come once an app, the triggers of all apps are handled together."""
        autodiscover_modules("trails")
        import_module("coordination.milestones")  # registers what falls due, the mails of the day, and mail itself
        import_module("coordination.invitations")  # registers their mails
        for name in ("agencies", "users", "runs"):
            import_module(f"coordination.sheets.{name}")  # registers what people exchange as Excel, and its jobs
        triggers = import_module("coordination.triggers")  # reads models, which are there only now
        pre_migrate.connect(triggers.take_away, sender=self)
        post_migrate.connect(triggers.put_back, sender=self)
