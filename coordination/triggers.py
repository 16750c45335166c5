"""Rules the database holds itself because they look beyond one row: declared once, installed on both databases.

An app lists its own in `<app>/triggers.py` as TRIGGERS. They are taken away before migrations run and put back after
each `migrate`: SQLite drops the triggers of a table Django re-makes and refuses to rename a table other triggers read;
PostgreSQL refuses to alter a column a trigger names. `manage.py verify` fails when one is missing or has been altered.
A refused write is an IntegrityError; `coordination.refusals.message_for` says in Vietnamese what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from coordination.enums import DocumentState
from coordination.models import (
    AdministrativeUnit,
    Agency,
    AgencyName,
    Agreement,
    Clause,
    ClauseChange,
    Document,
    DocumentVersion,
    Membership,
    Opinion,
    Party,
    ReviewText,
    Section,
)

POSTGRESQL_NAME_LIMIT = 63
# Both databases compare rows of values, NULL included, but spell it differently.
DIFFERS = {"postgresql": "IS DISTINCT FROM", "sqlite": "IS NOT"}
INSTALLED = {
    "postgresql": """
        SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relnamespace = current_schema()::regnamespace
    """,
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
}


@dataclass(frozen=True)
class Trigger:
    """Refuses `event` (INSERT, UPDATE or DELETE) on a row of `table` where `refuse` is true; `name` names the rule.

    `refuse` is SQL both databases understand, about the row NEW and OLD; `{differs}` in it compares two row values,
    NULL included. `when` is a cheap condition on the row alone, asked first. `columns`: an UPDATE that sets none of
    them is not looked at. `lock` ("table WHERE …") names rows PostgreSQL locks before it looks, so that two open
    transactions cannot both be right; SQLite has one writer. `after`: look once the row is written.
    """

    name: str
    table: str
    event: str
    refuse: str
    message: str | Promise
    columns: tuple[str, ...] = ()
    when: str = ""
    lock: str = ""
    after: bool = False

    @property
    def db_name(self) -> str:
        """PostgreSQL fires the triggers of a table in the order of these names."""
        return f"{self.table}__{self.name}__{self.event.lower()}"

    def definition(self, vendor: str) -> str:
        """What the database keeps as the trigger's text: equal as long as nobody altered it."""
        refuse = self.refuse.format(differs=DIFFERS[vendor])
        if vendor == "sqlite":
            return f"{self._head()} BEGIN SELECT RAISE(ABORT, '{self.name}') WHERE {refuse}; END"
        lock = f"PERFORM 1 FROM {self.lock} FOR NO KEY UPDATE;" if self.lock else ""
        return (
            f"\n-- {self._head().format(differs=DIFFERS[vendor])}\nBEGIN {lock}\nIF {refuse} THEN"
            f" RAISE EXCEPTION '{self.name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';"
            f" END IF;\nRETURN {'OLD' if self.event == 'DELETE' else 'NEW'};\nEND "
        )

    def create_sql(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [self.definition(vendor)]
        body = self.definition(vendor)
        return [
            f"CREATE OR REPLACE FUNCTION {self.db_name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$",
            f"{self._head()} EXECUTE FUNCTION {self.db_name}()",
        ]

    def _head(self) -> str:
        of = f" OF {', '.join(self.columns)}" if self.columns and self.event == "UPDATE" else ""
        when = f" WHEN ({self.when})" if self.when else ""
        moment = "AFTER" if self.after else "BEFORE"
        return f"CREATE TRIGGER {self.db_name} {moment} {self.event}{of} ON {self.table} FOR EACH ROW{when}"


def on_write(**fields: Any) -> list[Trigger]:
    """The same rule for a new row and for a changed one."""
    return [Trigger(event=event, **fields) for event in ("INSERT", "UPDATE")]


def declared() -> Iterator[Trigger]:
    """All triggers of the installed apps."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "triggers"):
            yield from getattr(import_module(f"{config.name}.triggers"), "TRIGGERS", ())


def installed(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Our triggers as the database has them: name -> table and text."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[connection.vendor])
        return {name: (table, text) for name, table, text in cursor.fetchall() if name.startswith(f"{table}__")}


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that are absent, switched off, or say something else than declared."""
    found = installed(connection)
    wanted = {trigger.db_name: trigger.definition(connection.vendor) for trigger in declared()}
    return sorted(name for name, text in wanted.items() if name not in found or found[name][1] != text)


def install(connection: BaseDatabaseWrapper) -> None:
    """Leaves exactly the declared triggers; those of tables not yet migrated wait for the next time."""
    found, there = installed(connection), _columns(connection)
    possible = {
        trigger.db_name: trigger
        for trigger in declared()
        if trigger.table in there and set(trigger.columns) <= there[trigger.table]
    }
    kept = {
        name
        for name, trigger in possible.items()
        if name in found and found[name][1] == trigger.definition(connection.vendor)
    }
    _drop(connection, {name: table for name, (table, _text) in found.items() if name not in kept})
    with connection.cursor() as cursor:
        for name, trigger in possible.items():
            if name not in kept:
                for statement in trigger.create_sql(connection.vendor):
                    cursor.execute(statement)


def uninstall(connection: BaseDatabaseWrapper) -> None:
    _drop(connection, {name: table for name, (table, _text) in installed(connection).items()})


@contextmanager
def without_triggers(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """For loads of millions of rows that are known to be right, with the portal stopped."""
    uninstall(connections[using])
    try:
        yield
    finally:
        install(connections[using])


def take_away(*, using: str, plan: list[Any], **_kwargs: Any) -> None:
    """Before a migrate that has something to do."""
    if plan:
        uninstall(connections[using])


def put_back(*, using: str, **_kwargs: Any) -> None:
    install(connections[using])


def _drop(connection: BaseDatabaseWrapper, names: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        for name, table in names.items():
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER {name}")
            else:
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
                cursor.execute(f"DROP FUNCTION {name}()")


def _columns(connection: BaseDatabaseWrapper) -> dict[str, set[str]]:
    """Columns of the tables that carry triggers, where they exist."""
    wanted = {trigger.table for trigger in declared()}
    with connection.cursor() as cursor:
        tables = wanted & set(connection.introspection.table_names(cursor))
        return {
            table: {column.name for column in connection.introspection.get_table_description(cursor, table)}
            for table in tables
        }


UNIT, AGENCY, NAME = (model._meta.db_table for model in (AdministrativeUnit, Agency, AgencyName))
DOCUMENT, PARTY, SECTION = (model._meta.db_table for model in (Document, Party, Section))
AGREEMENT, CLAUSE, CHANGE = (model._meta.db_table for model in (Agreement, Clause, ClauseChange))
ISSUED = ", ".join(f"'{state}'" for state in DocumentState.in_the_open())
SEAT = f"{AGENCY} a JOIN {UNIT} u ON u.id = a.unit_id"

TRIGGERS = [
    *(
        Trigger(
            name="document_version_kept",
            table=DocumentVersion._meta.db_table,
            event=event,
            refuse="TRUE",
            message=_("What was agreed or approved is kept as it is. Make a new version instead."),
        )
        for event in ("UPDATE", "DELETE")
    ),
    *(
        Trigger(name=name, table=model._meta.db_table, event=event, refuse="TRUE", message=message)
        for model, name, message in (
            (Opinion, "opinion_kept", _("An opinion stays as it was given. Who thinks again gives another.")),
            (ReviewText, "review_text_kept", _("The text agencies spoke about is kept as it was.")),
        )
        for event in ("UPDATE", "DELETE")
    ),
    *on_write(  # reports and sheets name an agency by its symbol, the province and the day
        name="agency_symbol_once",
        table=NAME,
        columns=("agency_id", "symbol", "valid_from", "valid_to"),
        lock=f"{UNIT} WHERE id = (SELECT COALESCE(u.province_id, u.id) FROM {SEAT} WHERE a.id = NEW.agency_id)",
        refuse=f"EXISTS (SELECT 1 FROM {SEAT}"
        f" JOIN {NAME} o ON o.symbol = NEW.symbol AND o.agency_id <> NEW.agency_id"
        f" JOIN {AGENCY} oa ON oa.id = o.agency_id JOIN {UNIT} ou ON ou.id = oa.unit_id"
        " WHERE a.id = NEW.agency_id AND COALESCE(ou.province_id, ou.id) = COALESCE(u.province_id, u.id)"
        " AND COALESCE(o.valid_to, oa.closed_on, NEW.valid_from) >= NEW.valid_from"
        " AND COALESCE(NEW.valid_to, a.closed_on, o.valid_from) >= o.valid_from)",
        message=_("Another agency of the province has this symbol in these days."),
    ),
    *on_write(  # rights come from memberships: nobody begins to work for an agency that has ended
        name="membership_of_open_agency",
        table=Membership._meta.db_table,
        columns=("agency_id", "valid_from"),
        refuse=f"EXISTS (SELECT 1 FROM {AGENCY} a WHERE a.id = NEW.agency_id AND a.closed_on < NEW.valid_from)",
        message=_("The agency ended before this day. Choose the agency that came of it."),
    ),
    *on_write(
        name="section_parent_of_its_document",
        table=SECTION,
        columns=("document_id", "parent_id"),
        when="NEW.parent_id IS NOT NULL",
        refuse=f"EXISTS (SELECT 1 FROM {SECTION} p WHERE p.id = NEW.parent_id AND p.document_id <> NEW.document_id)",
        message=_("The section above belongs to another document."),
    ),
    *on_write(
        name="clause_of_an_agreement",
        table=CLAUSE,
        columns=("section_id",),
        refuse=f"NOT EXISTS (SELECT 1 FROM {SECTION} s JOIN {AGREEMENT} a ON a.document_id = s.document_id"
        " WHERE s.id = NEW.section_id)",
        message=_("Only agreements have clauses: choose a section of an agreement."),
    ),
    *on_write(  # the text of a day is one text: a clause and what took its place never hold on the same day
        name="clause_days_apart",
        table=CLAUSE,
        columns=("section_id", "key", "valid_from", "valid_to", "follows_id"),
        lock=f"{SECTION} WHERE id = NEW.section_id",
        after=True,
        refuse=f"EXISTS (SELECT 1 FROM {CLAUSE} o WHERE o.id <> NEW.id"
        " AND ((o.section_id = NEW.section_id AND o.key = NEW.key) OR o.id = NEW.follows_id OR o.follows_id = NEW.id)"
        " AND (o.valid_to IS NULL OR NEW.valid_from IS NULL OR o.valid_to >= NEW.valid_from)"
        " AND (NEW.valid_to IS NULL OR o.valid_from IS NULL OR NEW.valid_to >= o.valid_from))",
        message=_("The days overlap with those of the clause before or after. End the older one the day before."),
    ),
    *on_write(
        name="change_of_its_agreement",
        table=CHANGE,
        columns=("amendment_id", "clause_id", "section_id"),
        refuse=f"NOT EXISTS (SELECT 1 FROM {AGREEMENT} m JOIN {AGREEMENT} a ON a.id = m.amends_id"
        f" JOIN {SECTION} s ON s.document_id = a.document_id WHERE m.id = NEW.amendment_id"
        f" AND s.id = COALESCE(NEW.section_id, (SELECT c.section_id FROM {CLAUSE} c WHERE c.id = NEW.clause_id)))",
        message=_("The clause does not belong to the agreement that is amended."),
    ),
    *(
        Trigger(
            name="party_open_on_issue",
            table=table,
            event=event,
            columns=columns,
            when=when,
            refuse=f"EXISTS (SELECT 1 FROM {PARTY} p JOIN {AGENCY} a ON a.id = p.agency_id"
            f" JOIN {DOCUMENT} d ON d.id = p.document_id WHERE {which} AND d.state IN ({ISSUED})"
            " AND (a.opened_on > d.issued_on OR a.closed_on < d.issued_on))",
            message=_(
                "A party was not at work on the day of issue. Name the agency of that day, or correct the dates."
            ),
            after=True,
        )
        for table, event, columns, when, which in (
            (DOCUMENT, "UPDATE", ("state", "issued_on"), f"NEW.state IN ({ISSUED})", "d.id = NEW.id"),
            (PARTY, "INSERT", (), "", "p.id = NEW.id"),
            (PARTY, "UPDATE", ("agency_id", "document_id"), "", "p.id = NEW.id"),
            (AGENCY, "UPDATE", ("opened_on", "closed_on"), "", "a.id = NEW.id"),
        )
    ),
]
