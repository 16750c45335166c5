"""The agreement that the benchmark prints: its records are composed in as many queries however long it is."""

import docx
import pytest

from bench import agreement
from bench.printing import pages_of
from bench.rounds import queries_of
from coordination.compose import compose_agreement
from coordination.models import Agreement

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("clauses", [1, 4])
def test_queries_do_not_grow_with_the_clauses(cast, monkeypatch, clauses):
    monkeypatch.setattr(agreement, "CLAUSES", clauses)
    made = agreement.make(cast)
    assert queries_of(lambda: compose_agreement(Agreement.objects.get(pk=made.pk), agreement.DAY)) == 12


def test_both_files_hold_the_clauses_and_all_lines(cast, monkeypatch, tmp_path):
    monkeypatch.setattr(agreement, "CLAUSES", 2)
    word, pdf = agreement.printed(agreement.make(cast))
    assert pages_of(pdf) > 5
    (tmp_path / "agreement.docx").write_bytes(word)
    tables = docx.Document(str(tmp_path / "agreement.docx")).tables
    assert [len(table.rows) for table in tables[2:]] == [52, 51, 51, 11, 15]
