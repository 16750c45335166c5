"""What files of a report are called: plain letters that every disk and mail takes, by kind, period and agency."""

from __future__ import annotations

import re
import unicodedata

from coordination.manuscript import Stamp
from reports.enums import ReportKind, ReportNature
from reports.models import Report

_KINDS = {
    ReportKind.GENDER_EQUALITY: "bdg",
    ReportKind.COORDINATION: "ctph",
    ReportKind.MIDTERM: "so-ket",
    ReportKind.FINAL: "tong-ket",
    ReportKind.PROJECT8: "da8",
    ReportKind.THEMATIC: "chuyen-de",
}
_NATURES = {
    ReportNature.ORIGINAL: "bao-cao",
    ReportNature.SUPPLEMENT: "bao-cao-bo-sung",
    ReportNature.CORRECTION: "bao-cao-dinh-chinh",
}


def file_name(report: Report, stamp: Stamp, file_format: str) -> str:
    """ "bao-cao_bdg_2026-H1_HLHPN_v1.pdf"; "…_v1_du-thao.pdf" before it is issued, "…_du-thao" before approval."""
    agency = report.agency.name_on(report.period.data_to)
    parts = [
        _NATURES[ReportNature(report.nature)],
        _KINDS[ReportKind(report.kind)],
        report.period.code,
        agency.symbol or agency.short_name,
        f"v{stamp.version}" if stamp.version else "",
        "du-thao" if stamp.draft else "",
    ]
    return f"{'_'.join(plain for plain in map(_plain, parts) if plain)}.{file_format}"


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-")
