"""What was left to the person who opens the first page."""

from django import template

from coordination.models import HandOver

register = template.Library()


@register.simple_tag
def hand_overs_for(hat):
    if not hat:
        return []
    return list(HandOver.objects.waiting_for(hat).select_related("membership__user").order_by("handed_at"))
