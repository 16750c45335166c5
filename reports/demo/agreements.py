"""Sample agreements: facts as signed, sentences worded anew. Entered from paper, with their whole structure."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from coordination.agreement_parts import (
    Cited,
    ClauseLine,
    MilestoneLine,
    PartyLine,
    RecipientLine,
    SectionLine,
    put_clauses,
    put_links,
    put_milestones,
    put_parties,
    put_recipients,
    put_sections,
)
from coordination.compose import compose_agreement
from coordination.enums import DocumentOrigin, DocumentState, LinkNature
from coordination.loaders import Loaded
from coordination.models import Agreement, Document, DocumentKind, DocumentVersion, Membership
from reports.demo.stage import Stage

FOLDER = Path(settings.BASE_DIR) / "data" / "demo" / "agreements"


def add_agreements(stage: Stage, loaded: Loaded) -> None:
    """In the order of the files: an agreement rests on those before it."""
    made, by_code = 0, {}
    files = sorted(FOLDER.glob("*.toml"))
    for path in files:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        agreement = _there(stage, data)
        if agreement is None:
            agreement = _add(stage, data, by_code)
            made += 1
        by_code[agreement.document.code] = agreement.document
    loaded.note(_("agreements"), made=made, kept=len(files) - made)


def _there(stage: Stage, data: dict[str, Any]) -> Agreement | None:
    return Agreement.objects.filter(
        document__register_agency=stage.agencies[data["register"]],
        document__issued_on=data["issued_on"],
        document__subject=data["subject"],
    ).first()


def _add(stage: Stage, data: dict[str, Any], by_code: dict[str, Document]) -> Agreement:
    document = Document.objects.create(
        origin=DocumentOrigin.FROM_PAPER,
        kind=DocumentKind.objects.get(code=data["kind"]),
        register_agency=stage.agencies[data["register"]],
        register_year=data["issued_on"].year,
        number=data["number"],
        symbol=data["symbol"],
        subject=data["subject"],
        place=data["place"],
        issued_on=data["issued_on"],
        state=DocumentState.ISSUED,
        is_sample=True,
    )
    register_only = data.get("register_only", False)
    texts = {name: data.get(name, "") for name in ("opening", "closing")}
    agreement = Agreement.objects.create(
        document=document,
        stage_from=data["stage_from"],
        stage_to=data["stage_to"],
        register_only=register_only,
        **texts,
    )
    put_parties(document, [party_line(stage, row) for row in data["parties"]])
    put_links(document, LinkNature.BASIS, [Cited(by_code[code]) for code in data.get("bases", ())])
    put_recipients(document, recipient_lines(stage, data.get("recipients", [])))
    put_milestones(
        agreement,
        [
            MilestoneLine(row["nature"], row["year"], lead=stage.agencies[row["lead"]])
            for row in data.get("milestones", ())
        ],
    )
    _add_text(stage, document, data.get("sections", []))
    if not register_only:
        _keep(agreement)
    return agreement


def party_line(stage: Stage, row: dict[str, Any]) -> PartyLine:
    return PartyLine(
        agency=stage.agencies[row["agency"]],
        title=row.get("title", ""),
        name=row.get("name", ""),
        desk=row.get("desk", ""),
        signing_form=row.get("form", ""),
        on_behalf_of=row.get("on_behalf_of", ""),
        signature_column=row["column"],
    )


def recipient_lines(stage: Stage, rows: list[Any]) -> list[RecipientLine]:
    """The last line is that of the archive."""
    pairs = [(row, None) if isinstance(row, str) else (row["text"], stage.agencies[row["agency"]]) for row in rows]
    return [
        RecipientLine(text, agency, is_archive=number == len(pairs)) for number, (text, agency) in enumerate(pairs, 1)
    ]


def _add_text(stage: Stage, document: Document, rows: list[dict[str, Any]]) -> None:
    lines = [SectionLine(row["level"], row["heading"], row.get("text", "").strip()) for row in rows]
    for row, section in zip(rows, put_sections(document, lines), strict=True):
        put_clauses(
            section,
            [
                ClauseLine(
                    text=clause["text"],
                    lead=stage.agencies[row["lead"]] if "lead" in row else None,
                    partners=[stage.agencies[key] for key in row.get("partners", ())],
                    cited=[Cited(text=text) for text in clause.get("cited", ())],
                )
                for clause in row.get("clauses", ())
            ],
        )


def _keep(agreement: Agreement) -> None:
    """The text as signed, kept by somebody of the agency that registered it."""
    manuscript = compose_agreement(agreement)
    hats = Membership.objects.filter(agency=agreement.document.register_agency).select_related("user")
    DocumentVersion.objects.create(
        document=agreement.document,
        number=1,
        manuscript=manuscript.to_json(),
        sha256=manuscript.sha256(),
        created_by=hats.earliest("pk").user,
        reason=_("sample data"),
    )
