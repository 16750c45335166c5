"""What DATABASE_URL says goes before what the settings say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
from django.conf import settings
print(json.dumps(settings.DATABASES["default"], default=str))
"""
POSTGRES = "postgres://u:p@h/n"


def database(address, **more):
    place = {**os.environ, "DATABASE_URL": address, "SECRET_KEY": "x", **more}
    program = [sys.executable, "-c", CODE]
    return json.loads(subprocess.run(program, cwd=ROOT, env=place, capture_output=True, check=True).stdout)


@pytest.mark.parametrize(
    ("address", "age", "more"),
    [(POSTGRES, 60, {}), (f"{POSTGRES}?CONN_MAX_AGE=0", 0, {}), (POSTGRES, 5, {"CONN_MAX_AGE": "5"})],
)
def test_how_long_a_connection_is_kept(address, age, more):
    assert database(address, **more)["CONN_MAX_AGE"] == age


def test_options_of_the_address_stand_beside_those_of_the_portal():
    options = database(f"{POSTGRES}?sslmode=require&options=-c%20statement_timeout%3D5000")["OPTIONS"]
    assert options["sslmode"] == "require"
    assert "jit=off" in options["options"]
    assert options["options"].endswith("-c statement_timeout=5000")


def test_a_file_keeps_what_makes_it_safe():
    options = database("sqlite:////tmp/x.sqlite3?timeout=1")["OPTIONS"]
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)
