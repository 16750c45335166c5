"""What was left to the person who opens the first page."""

from django import template
from django.utils import timezone

from coordination.enums import MemberRole
from coordination.models import HandOver, Membership

register = template.Library()


@register.simple_tag
def hand_overs_for(hat):
    if not hat:
        return []
    return list(HandOver.objects.waiting_for(hat).select_related("membership__user").order_by("handed_at"))


@register.simple_tag
def people_kept_by(hat):
    """For the administrator of an agency: how many work there, and invitations nobody has used yet."""
    if not hat or hat.role != MemberRole.ADMINISTRATOR:
        return None
    people = Membership.objects.current(timezone.localdate()).filter(agency=hat.agency).values("user").distinct()
    return {"people": people.count(), "invited": hat.agency.invitations.open_at(timezone.now()).count()}
