"""Loads what papers are drawn with: once into the process that the drawing ones are forked from (rendering.py).

Templates need Django, papers WeasyPrint: two seconds, which no paper then waits for.
"""

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from reports.typeset import engine, files  # noqa: F401  loaded to be there
