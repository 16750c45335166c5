"""`make messages`: join locale/parts/*.po into locale/vi/LC_MESSAGES/django.po and compile it, without GNU gettext.

Msgids are English and stand in the code; their Vietnamese stands in the parts, one part a subject. A text is taken
from Python by its syntax tree, from templates by Django's own extraction. The compiled file is committed: running the
portal needs no build. Ends with 1 when a text lacks its Vietnamese.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

from scripts.steps import CannotGoOn, run_script, say

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "coordination", "programs", "reports")
CATALOG = ROOT / "locale/vi/LC_MESSAGES/django.po"
# Position of the context, the msgid and the plural among the arguments of each function.
FUNCTIONS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
TEMPLATE_CALL = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(")
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "vi",
    "MIME-Version": "1.0",
    "Plural-Forms": "nplurals=1; plural=0;",
    "Project-Id-Version": "Phoi Hop",
}


@dataclass(frozen=True, order=True)
class Text:
    """One translatable text of the code. The context is empty for most."""

    msgid: str
    context: str = ""
    plural: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.msgid


def texts_in_python(source: str, place: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if name in FUNCTIONS:
                yield text_of_call(node, FUNCTIONS[name], place)


def text_of_call(call: ast.Call, positions: tuple[int | None, ...], place: str) -> Text:
    context, msgid, plural = ("" if at is None else call.args[at] for at in positions)
    values = [node if node == "" else getattr(node, "value", None) for node in (msgid, context, plural)]
    if not all(isinstance(value, str) for value in values):
        raise CannotGoOn(f"{place}:{call.lineno}: the text of a translation must be written out, not computed.")
    return Text(*values)


def texts_in_template(source: str, place: str) -> Iterator[Text]:
    """Django turns the tags into calls among blanked-out letters; each call is read by itself."""
    code = re.sub(r", ?count\)", ", 0)", templatize(source, origin=place))
    for match in TEMPLATE_CALL.finditer(code):
        for end in re.finditer(r"\)", code[match.start() :]):
            call = code[match.start() : match.start() + end.end()]
            try:
                tree = ast.parse(call)
            except SyntaxError:  # that bracket stood inside the text
                continue
            yield text_of_call(tree.body[0].value, FUNCTIONS[match[1]], place)
            break


def texts_in_code(root: Path = ROOT) -> dict[Text, set[str]]:
    """Every text of the code, and the files it stands in."""
    found: dict[Text, set[str]] = {}
    readers = {".py": texts_in_python, ".html": texts_in_template, ".txt": texts_in_template}
    files = [file for app in APPS for file in (root / app).rglob("*.py")]
    files += [file for file in (root / "templates").rglob("*") if file.suffix in (".html", ".txt")]
    for file in sorted(files):
        place = str(file.relative_to(root))
        for text in readers[file.suffix](file.read_text(encoding="utf-8"), place):
            found.setdefault(text, set()).add(place)
    return found


def key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def joined(parts: list[Path]) -> polib.POFile:
    """One catalogue from all parts, in the order of the msgids, so that it changes only where a text changes."""
    entries: dict[tuple[str, str], tuple[polib.POEntry, Path]] = {}
    for part in parts:
        for entry in polib.pofile(str(part), encoding="utf-8"):
            other, place = entries.get(key(entry), (entry, part))
            if (other.msgstr, other.msgstr_plural) != (entry.msgstr, entry.msgstr_plural):
                raise CannotGoOn(f"«{entry.msgid}» is translated twice, differently: {place.name} and {part.name}.")
            entries[key(entry)] = (entry, part)
    catalog = polib.POFile(wrapwidth=0)
    catalog.metadata = HEADER
    for _key, (entry, _part) in sorted(entries.items()):
        entry.occurrences, entry.linenum, entry.comment = [], 0, ""
        catalog.append(entry)
    return catalog


def said(entry: polib.POEntry) -> bool:
    """Whether the entry has its Vietnamese: not empty, not marked as a guess."""
    strings = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return bool(strings) and all(text.strip() for text in strings) and "fuzzy" not in entry.flags


def problems(catalog: polib.POFile, texts: dict[Text, set[str]]) -> list[str]:
    """What keeps the catalogue from being whole, a line each."""
    entries = {key(entry): entry for entry in catalog if not entry.obsolete}
    lines = [f"empty or fuzzy: {entry.msgid!r}" for entry in entries.values() if not said(entry)]
    for text, places in sorted(texts.items()):
        entry = entries.get(text.key)
        if entry is None:
            context = f" (context {text.context!r})" if text.context else ""
            lines.append(f"no Vietnamese for {text.msgid!r}{context} in {', '.join(sorted(places))}")
        elif bool(entry.msgid_plural) != bool(text.plural):
            lines.append(f"singular here, plural there: {text.msgid!r} in {', '.join(sorted(places))}")
    return lines


def main() -> int:
    catalog = joined(sorted((ROOT / "locale/parts").glob("*.po")))
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(CATALOG))
    catalog.save_as_mofile(str(CATALOG.with_suffix(".mo")))
    texts = texts_in_code()
    lines = problems(catalog, texts)
    spare = sorted({key(entry) for entry in catalog} - {text.key for text in texts})
    say("\n".join([*lines, *(f"used by no file of ours: {msgid!r}" for _context, msgid in spare)]))
    say(f"{len(catalog)} texts, {len(texts)} used, {len(lines)} problems")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(run_script(main))
