"""The formats of coordination/formats.py as template filters: {% load formats %}, {{ amount|million_vnd }}."""

from django import template

from coordination import formats

register = template.Library()
for name in (
    "number_vi",
    "count_vi",
    "percent_vi",
    "vnd",
    "millions",
    "million_vnd",
    "date_vi",
    "date_words",
    "month_words",
):
    register.filter(name, getattr(formats, name), is_safe=True)
