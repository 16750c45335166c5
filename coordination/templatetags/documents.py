"""{% load documents %}, {{ document|page }}: where a document is read."""

from django import template

from coordination.agreement_page import address_of

register = template.Library()
# Of the agreement, plan or report it is, else its entry in the register.
register.filter("page", address_of)
