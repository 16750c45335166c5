"""The formats of coordination/formats.py as template filters: {% load formats %}, {{ amount|vnd }}."""

from django import template

from coordination import formats

register = template.Library()
for name in ("number_vi", "percent_vi", "vnd", "millions", "date_vi"):
    register.filter(name, getattr(formats, name), is_safe=True)
