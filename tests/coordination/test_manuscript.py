"""The value everything prints from: to and from JSON, its hash, what changed between two versions."""

import json
from dataclasses import replace
from datetime import date

import pytest

from coordination.manuscript import Manuscript, Paragraph, Span, changed_keys
from tests.typeset.factories import joint_plan, p, report

pytestmark = pytest.mark.once


@pytest.mark.parametrize("manuscript", [report(), joint_plan(), report(cutoff=None, sample=True)])
def test_json_and_back_is_the_same_value(manuscript):
    stored = json.loads(json.dumps(manuscript.to_json(), ensure_ascii=False))
    assert Manuscript.from_json(stored) == manuscript
    assert Manuscript.from_json(stored).sha256() == manuscript.sha256()


def test_hash_changes_with_the_content_only():
    assert report().sha256() == report().sha256()
    assert report().sha256() != report(cutoff=date(2026, 12, 14)).sha256()


def test_what_is_not_a_manuscript_is_refused():
    stored = report().to_json()
    del stored["head"]
    with pytest.raises(TypeError):
        Manuscript.from_json(stored)
    with pytest.raises(KeyError):
        Manuscript.from_json(stored | {"blocks": [{"type": "Picture"}]})


def test_changed_keys_names_added_removed_and_changed_blocks():
    before = report(blocks=(p("a", "một"), p("b", "hai"), p("c", "ba")))
    after = replace(before, blocks=(p("a", "một"), Paragraph("b", (Span("khác"),)), p("d", "bốn")))
    assert changed_keys(before, after) == {"b", "c", "d"}
    assert changed_keys(before, before) == set()
