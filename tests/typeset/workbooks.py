"""A workbook read back from its XML: what each cell holds, in which format, and what a person sees in it."""

import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

from coordination.formats import number_vi

_N = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FORMAT = re.compile(r'(?:"(?P<before>[^"]*)")?#,##0(?P<places>\.[0#]+)?(?:"(?P<after>[^"]*)")?')


@dataclass(frozen=True)
class ReadCell:
    """`value` is a number or text; `format` the number format; `quoted` keeps text text when it is edited."""

    value: float | str
    format: str
    quoted: bool

    @property
    def shown(self):
        """As a person with a Vietnamese Excel sees it."""
        if isinstance(self.value, str):
            return self.value
        parts = self.format.split(";")
        negative = self.value < 0
        used = parts[1] if negative and len(parts) > 1 else parts[0]
        found = _FORMAT.fullmatch(used)
        assert found, self.format
        fixed = found["places"] and "#" not in found["places"]
        places = len(found["places"]) - 1 if fixed else None if found["places"] else 0
        said = number_vi(Decimal(str(abs(self.value))), places)
        sign = "−" if negative and len(parts) == 1 else ""
        return f"{found['before'] or ''}{sign}{said}{found['after'] or ''}"


class ReadBook:
    def __init__(self, content):
        self.parts = zipfile.ZipFile(BytesIO(content))
        self.strings = ["".join(t.text or "" for t in si.iter(f"{_N}t")) for si in self._xml("sharedStrings")]
        styles = self._xml("styles")
        named = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(f"{_N}numFmt")}
        named |= {"3": "#,##0", "4": "#,##0.00"}
        self.looks = [
            (named.get(xf.get("numFmtId"), "General"), xf.get("quotePrefix") == "1")
            for xf in styles.find(f"{_N}cellXfs")
        ]
        self.names = [sheet.get("name") for sheet in self._xml("workbook").iter(f"{_N}sheet")]

    def _xml(self, part):
        return ElementTree.fromstring(self.parts.read(f"xl/{part}.xml"))  # noqa: S314  written by ourselves

    def sheet_xml(self, name):
        return self._xml(f"worksheets/sheet{self.names.index(name) + 1}")

    def cells(self, name):
        """By (line, column) from 0; blank ones left out."""
        found = {}
        for cell in self.sheet_xml(name).iter(f"{_N}c"):
            value = cell.find(f"{_N}v")
            assert cell.find(f"{_N}f") is None, "a formula"
            if value is None:
                continue
            is_text = cell.get("t") == "s"
            read = self.strings[int(value.text)] if is_text else float(value.text)
            found[_place(cell.get("r"))] = ReadCell(read, *self.looks[int(cell.get("s", 0))])
        return found

    def rows(self, name):
        """What people see, line by line."""
        lines = {}
        for (line, _column), cell in sorted(self.cells(name).items()):
            lines.setdefault(line, []).append(cell.shown)
        return list(lines.values())


def _place(reference):
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1
