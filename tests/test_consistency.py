"""Rules about the code base itself."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.template.utils import get_app_template_dirs

from coordination import enums as enums_of_coordination
from programs import enums as enums_of_programs
from reports import enums as enums_of_reports
from scripts import messages

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "coordination", "programs", "reports")
BY_STATUS = {"400.html", "403.html", "404.html", "500.html"}  # Django asks for these by itself


def text_of(folders, suffixes):
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in suffixes]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_template_is_used():
    """Named by Python or another template, or put in the place of a package's own template."""
    sources = text_of((*APPS, "templates"), {".py", ".html", ".txt"})
    packages = get_app_template_dirs("templates")  # our own apps have none: all of ours stand in one folder
    unused = [
        name
        for file in (ROOT / "templates").rglob("*.*")
        if (name := str(file.relative_to(ROOT / "templates"))) not in BY_STATUS
        and f'"{name}"' not in sources
        and f"{name}#" not in sources
        and not any((folder / name).exists() for folder in packages)
    ]
    assert unused == []


def test_every_text_has_its_vietnamese():
    catalog = polib.pofile(str(messages.CATALOG), encoding="utf-8")
    assert messages.problems(catalog, messages.texts_in_code()) == []


def test_catalogue_is_what_its_parts_make():
    """Fails when `make messages` was not run after a part was changed."""
    made = messages.joined(sorted((ROOT / "locale/parts").glob("*.po")))
    compiled = polib.mofile(str(messages.CATALOG.with_suffix(".mo")))
    assert messages.CATALOG.read_text(encoding="utf-8") == str(made)
    assert {(entry.msgctxt, entry.msgid, entry.msgstr) for entry in compiled} == {
        (entry.msgctxt, entry.msgid, entry.msgstr) for entry in made
    }


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('{% translate "Plan (joint)" %}', [("Plan (joint)", "", "")]),
        ('{% translate "May" context "month" %}', [("May", "month", "")]),
        ('{{ name|default:_("Nobody") }}', [("Nobody", "", "")]),
        ('{% include "a.html" with title=_("Plans") only %}', [("Plans", "", "")]),
        (
            "{% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}",
            [("%(n)s row", "", "%(n)s rows")],
        ),
        ('{% blocktranslate trimmed %}\n  It\'s\n  "so"\n{% endblocktranslate %}', [('It\'s "so"', "", "")]),
    ],
)
def test_texts_are_found_in_templates(source, texts):
    found = messages.texts_in_template(source, "a.html")
    assert [(text.msgid, text.context, text.plural) for text in found] == texts


def test_texts_are_found_in_python():
    source = '_("One " "line"); pgettext("month", "May"); ngettext("%d row", "%d rows", n); other("no")'
    found = messages.texts_in_python(source, "a.py")
    assert [(text.msgid, text.context, text.plural) for text in found] == [
        ("One line", "", ""),
        ("May", "month", ""),
        ("%d row", "", "%d rows"),
    ]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"msgid": "Plan", "msgstr": "Kế hoạch"}, []),
        ({"msgid": "Plan", "msgstr": " "}, ["empty or fuzzy: 'Plan'"]),
        ({"msgid": "Plan", "msgstr": "Kế hoạch", "flags": ["fuzzy"]}, ["empty or fuzzy: 'Plan'"]),
        ({"msgid": "Plane", "msgstr": "Máy bay"}, ["no Vietnamese for 'Plan' in a.py"]),
        (
            {"msgid": "Plan", "msgctxt": "verb", "msgstr": "Lập kế hoạch"},
            ["no Vietnamese for 'Plan' in a.py"],
        ),
    ],
)
def test_what_the_catalogue_lacks_is_named(entry, problem):
    catalog = polib.POFile()
    catalog.append(polib.POEntry(**entry))
    assert messages.problems(catalog, {messages.Text("Plan"): {"a.py"}}) == problem


def test_every_setting_of_a_place_is_explained():
    settings = (ROOT / "config/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"(\w+)"', settings))
    explained = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(explained) == sorted(read)


def closed_lists():
    for module in (enums_of_coordination, enums_of_programs, enums_of_reports):
        yield from (
            name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__
        )


def english_words() -> list[str]:
    """The first column of the glossary's tables, a row each."""
    rows = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    words = [row.split("|")[1].strip() for row in rows if row.startswith("| ")]
    return [word for word in words if word != "in code"]  # heads of the tables


def test_the_glossary_has_one_row_for_a_word():
    terms = [term.strip() for words in english_words() for term in re.split(r"[,;]", re.sub(r"\([^)]*\)", "", words))]
    assert sorted(term for term, rows in Counter(terms).items() if rows > 1) == []


def test_the_glossary_has_a_word_for_every_table_and_closed_list():
    tables = [
        model.__name__
        for app in ("coordination", "programs", "reports")
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    ]
    words = " ".join(english_words())
    names = [re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower() for name in (*tables, *closed_lists())]
    assert [name for name in names if not re.search(rf"\b{name}\b", words)] == []
