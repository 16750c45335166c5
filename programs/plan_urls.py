"""Pages of annual plans and their items."""

from django.urls import path, re_path
from django.urls.converters import UUIDConverter

from programs.plan_workflow import TRANSITIONS
from programs.views import plan_items, plan_starts, plans

UID = rf"(?P<uid>{UUIDConverter.regex})"

urlpatterns = [
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/new/", plan_starts.plan_create, name="plan_create"),
    path("plans/coverage/<uuid:uid>/", plan_starts.agreement_coverage, name="agreement_coverage"),
    path("plans/items/<uuid:uid>/", plan_items.item_detail, name="item_detail"),
    path("plans/items/<uuid:uid>/edit/", plan_items.item_edit, name="item_edit"),
    path("plans/items/<uuid:uid>/remove/", plan_items.item_remove, name="item_remove"),
    path("plans/items/<uuid:uid>/answer/", plan_items.item_answer, name="item_answer"),
    path("plans/items/<uuid:uid>/difficulties/", plan_items.difficulty_add, name="difficulty_add"),
    path("plans/difficulties/<uuid:uid>/edit/", plan_items.difficulty_edit, name="difficulty_edit"),
    path("plans/<uuid:uid>/", plans.plan_detail, name="plan_detail"),
    path("plans/<uuid:uid>/money/", plans.plan_money, name="plan_money"),
    path("plans/<uuid:uid>/papers/", plans.plan_papers, name="plan_papers"),
    path("plans/<uuid:uid>/text/", plan_starts.plan_text, name="plan_text"),
    path("plans/<uuid:uid>/order/", plan_starts.plan_order, name="plan_order"),
    path("plans/<uuid:uid>/items/new/", plan_items.item_create, name="item_create"),
    re_path(rf"^plans/{UID}/move/(?P<action>{'|'.join(TRANSITIONS)})/$", plans.plan_move, name="plan_move"),
    re_path(rf"^plans/{UID}/paper/(?P<file_format>pdf|docx)/$", plans.plan_paper, name="plan_paper"),
]
