"""Pages of this app."""

from django.urls import path, re_path
from django.urls.converters import UUIDConverter

from coordination.views import lists, notices, reviews, session, units

UID, COMMENT = rf"(?P<uid>{UUIDConverter.regex})", rf"(?P<comment_uid>{UUIDConverter.regex})"

app_name = "coordination"
urlpatterns = [
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.notice_read, name="notice_read"),
    path("documents/<uuid:uid>/review/", reviews.document_review, name="document_review"),
    path("documents/<uuid:uid>/review/opinion/", reviews.opinion_give, name="opinion_give"),
    path("documents/<uuid:uid>/review/comments/", reviews.comment_add, name="comment_add"),
    re_path(
        rf"^documents/{UID}/review/comments/{COMMENT}/(?P<action>resolve|close|reopen)/$",
        reviews.comment_move,
        name="comment_move",
    ),
    path("documents/<uuid:uid>/review/round/", reviews.round_open, name="round_open"),
    path("documents/<uuid:uid>/review/round/close/", reviews.round_close, name="round_close"),
    path("hat/", session.switch_hat, name="switch_hat"),
    path("lists/accounts/", lists.account_list, name="account_list"),
    path("units/options/", units.unit_options, name="unit_options"),
    path("units/ticks/", units.unit_ticks, name="unit_ticks"),
    path("lists/agencies/", lists.agency_list, name="agency_list"),
]
