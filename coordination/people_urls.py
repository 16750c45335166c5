"""Pages of members, invitations and accounts, within those of this app."""

from django.urls import path, re_path
from django.urls.converters import UUIDConverter

from coordination.views import accounts, invitations, people

UID = rf"(?P<uid>{UUIDConverter.regex})"

urlpatterns = [
    path("agencies/<uuid:uid>/members/", people.member_list, name="member_list"),
    path("agencies/<uuid:uid>/invitations/", invitations.invitation_list, name="invitation_list"),
    path("agencies/<uuid:uid>/invitations/new/", invitations.invitation_create, name="invitation_create"),
    path("agencies/<uuid:uid>/invitations/many/", invitations.invitation_bulk, name="invitation_bulk"),
    path("members/<uuid:uid>/edit/", people.member_edit, name="member_edit"),
    path("members/<uuid:uid>/end/", people.member_end, name="member_end"),
    path("members/<uuid:uid>/deputise/", people.member_deputise, name="member_deputise"),
    path("members/<uuid:uid>/hand-over/", people.hand_over_create, name="hand_over_create"),
    path("hand-overs/<uuid:uid>/", people.hand_over_detail, name="hand_over_detail"),
    path("hand-overs/<uuid:uid>/take/", people.hand_over_take, name="hand_over_take"),
    re_path(
        rf"^invitations/{UID}/(?P<action>send|print|withdraw)/$", invitations.invitation_move, name="invitation_move"
    ),
    path("join/", invitations.invitation_code, name="invitation_code"),
    re_path(r"^join/(?P<code>[0-9A-Za-z-]{16,24})/$", invitations.invitation_accept, name="invitation_accept"),
    path("lists/accounts/<uuid:uid>/", accounts.account_detail, name="account_detail"),
    re_path(
        rf"^lists/accounts/{UID}/(?P<action>lock|unlock|sign-out|second-step)/$",
        accounts.account_move,
        name="account_move",
    ),
]
