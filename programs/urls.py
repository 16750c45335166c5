"""Pages of this app."""

from django.urls import path

from programs.views import activities, activity_form, budget, corrections, evidence, indicators, model_forms, models
from programs.views.fact_corrections import fact_correct

app_name = "programs"
urlpatterns = [
    path("activities/", activities.activity_list, name="activity_list"),
    path("activities/new/", activity_form.activity_create, name="activity_create"),
    path("activities/echo/day/", activity_form.activity_echo, {"part": "day"}, name="activity_echo_day"),
    path("activities/echo/people/", activity_form.activity_echo, {"part": "people"}, name="activity_echo_people"),
    path("activities/<uuid:uid>/", activities.activity_detail, name="activity_detail"),
    path("activities/<uuid:uid>/edit/", activity_form.activity_edit, name="activity_edit"),
    path("activities/<uuid:uid>/copy/", activity_form.activity_copy, name="activity_copy"),
    path("activities/<uuid:uid>/delete/", activities.activity_delete, name="activity_delete"),
    path("activities/<uuid:uid>/correct/", corrections.activity_correct, name="activity_correct"),
    path("evidence/<str:kind>/<uuid:uid>/new/", evidence.evidence_add, name="evidence_add"),
    path("evidence/<uuid:uid>/", evidence.evidence_file, name="evidence_file"),
    path("evidence/<uuid:uid>/delete/", evidence.evidence_delete, name="evidence_delete"),
    path("models/", models.model_list, name="model_list"),
    path("models/new/", model_forms.model_create, name="model_create"),
    path("models/<uuid:uid>/", models.model_detail, name="model_detail"),
    path("models/<uuid:uid>/edit/", model_forms.model_edit, name="model_edit"),
    path("models/<uuid:uid>/events/new/", model_forms.model_event_create, name="model_event_create"),
    path("models/events/<uuid:uid>/edit/", model_forms.model_event_edit, name="model_event_edit"),
    path("models/events/<uuid:uid>/correct/", fact_correct, {"kind": "models"}, name="model_event_correct"),
    path("indicators/", indicators.scoreboard, name="scoreboard"),
    path("indicators/readings/", indicators.measurement_grid, name="measurement_grid"),
    path("indicators/<str:code>/readings/", indicators.measurement_list, name="measurement_list"),
    path("indicators/readings/<uuid:uid>/correct/", fact_correct, {"kind": "indicators"}, name="measurement_correct"),
    path("budget/", budget.budget_grid, name="budget_grid"),
    path("budget/readings/", budget.budget_readings, name="budget_readings"),
    path("budget/decisions/new/", budget.budget_decision, name="budget_decision"),
    path("budget/<uuid:uid>/", budget.budget_entry, name="budget_entry"),
    path("budget/<uuid:uid>/correct/", fact_correct, {"kind": "budget"}, name="budget_entry_correct"),
    path("budget/<uuid:uid>/edit/", budget.budget_decision, name="budget_edit"),
]
