"""The order in which the sample data is loaded: who is there first, then what was done."""

from django.db import transaction

from coordination.loaders import Loaded
from reports.demo.activities import add_activities
from reports.demo.agencies import add_agencies
from reports.demo.agreements import add_agreements
from reports.demo.issued import add_reports
from reports.demo.known import add_known_activities, add_known_models
from reports.demo.money import add_money
from reports.demo.papers import add_papers
from reports.demo.people import add_people
from reports.demo.plans import add_plans
from reports.demo.readings import add_readings, add_targets
from reports.demo.register import add_models
from reports.demo.rounds import add_rounds
from reports.demo.stage import Stage
from reports.demo.tasks import add_tasks


@transaction.atomic
def load_demo(password: str) -> Loaded:
    """Needs load_units and load_lists. Adds what is missing of the samples; run again, it changes nothing."""
    stage, loaded = Stage(), Loaded()
    add_agencies(stage, loaded)
    add_people(stage, password, loaded)
    add_known_models(stage, loaded)
    add_known_activities(stage, loaded)
    add_targets(stage, loaded)
    add_readings(stage, loaded)
    add_money(stage, loaded)
    add_models(stage, loaded)
    add_papers(stage, loaded)
    add_tasks(stage, loaded)
    add_agreements(stage, loaded)
    add_activities(stage, loaded)
    add_plans(stage, loaded)
    add_reports(stage, loaded)
    add_rounds(stage, loaded)
    return loaded
