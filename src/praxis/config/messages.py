"""The catalogues of every room: what is missing, stale or broken in them. Needs Babel, not gettext.

`python -m praxis.config.messages check` names what is wrong; `update` brings each .po to what its room uses (or one
room's: `update desks/unit`); `compile` writes each .mo from its .po.
"""

from __future__ import annotations

import gettext
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1]
LANGUAGES = ("zh_Hans",)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w+)\}(?!\})")

Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Use:
    """A message where it is used."""

    file: Path
    line: int
    texts: tuple[str, ...]
    context: str | None

    @property
    def key(self) -> Key:
        return self.texts[0], self.context

    def __str__(self) -> str:
        return f"{self.file.relative_to(SOURCE.parent)}:{self.line}: {self.texts[0]!r}"


def uses() -> Iterator[Use]:
    """Every message used in code and in templates."""
    for file in sorted(SOURCE.rglob("*.py")):
        yield from _uses_in(file, file.read_bytes())
    for pattern in ("*.html", "*.txt"):
        for file in sorted(SOURCE.rglob(pattern)):
            if "templates" in file.parts:
                code = templatize(file.read_text("utf-8"), origin=str(file))
                # In brackets, so that the blanks left of the template are no indentation; one line, as it began.
                yield from _uses_in(file, f"({code}\n)".encode())


def _uses_in(file: Path, code: bytes) -> Iterator[Use]:
    for line, text, _comments, context in extract("python", io.BytesIO(code), keywords=KEYWORDS):
        texts = text if isinstance(text, tuple) else (text,)
        if texts[0]:
            yield Use(file, line, texts, context)


def room_of(file: Path) -> Path:
    """The folder of the app that a file belongs to; what is in no app is config's."""
    for folder in file.parents:
        if (folder / "apps.py").exists():
            return folder
        if folder == SOURCE:
            break
    return SOURCE / "config"


def catalogues(language: str) -> dict[Path, Catalog]:
    """The catalogue of each room, by the path of its .po file."""
    found = {}
    for path in sorted(SOURCE.rglob(f"locale/{language}/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            found[path] = read_po(file, locale=language)
    return found


def problems() -> list[str]:
    """Every message without a translation, with lost placeholders, told in two ways, or not compiled; in words."""
    found = []
    used = list(uses())
    for language in LANGUAGES:
        books = catalogues(language)
        told: dict[Key, tuple[str, Path]] = {}
        for path, book in books.items():
            where = path.relative_to(SOURCE.parent)
            for message in book:
                if not message.id:
                    continue
                found += [f"{where}: {problem}" for problem in _faults(message)]
                texts = _texts(message)
                if texts and not message.fuzzy:
                    before = told.setdefault(_key(message), (texts[0], where))
                    if before[0] != texts[0]:
                        found.append(
                            f"{where}: {_key(message)[0]!r} is {texts[0]!r} here, {before[0]!r} in {before[1]}"
                        )
            found += [f"{where}: {problem}" for problem in _stale(path, book)]
        missing = {use.key: use for use in used if use.key not in told}
        found += [f"{use} has no translation into {language}" for use in missing.values()]
    return found


def _key(message: Message) -> Key:
    first = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return first, message.context or None


def _texts(message: Message) -> list[str]:
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return [text for text in texts if text]


def _faults(message: Message) -> Iterator[str]:
    """Placeholders that the translation invents or loses."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    known = {name for text in ids for pair in PLACEHOLDER.findall(text) for name in pair if name}
    for text in _texts(message):
        own = {name for pair in PLACEHOLDER.findall(text) for name in pair if name}
        if own - known or (known - own and len(ids) == 1):
            yield f"{ids[0]!r}: the placeholders differ in {text!r}"


def _stale(path: Path, book: Catalog) -> Iterator[str]:
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        yield "is not compiled"
        return
    with compiled.open("rb") as file:
        kept = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    wanted = gettext.GNUTranslations(io.BytesIO(_compiled(book)))._catalog  # type: ignore[attr-defined]
    if {key: text for key, text in kept.items() if key} != {key: text for key, text in wanted.items() if key}:
        yield "was changed after it was compiled"


def _compiled(book: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, book)
    return buffer.getvalue()


def compile_all() -> list[Path]:
    """Write each .mo that is not as its .po; returns those written."""
    written = []
    for language in LANGUAGES:
        for path, book in catalogues(language).items():
            if not list(_stale(path, book)):
                continue
            path.with_suffix(".mo").write_bytes(_compiled(book))
            written.append(path.with_suffix(".mo"))
    return written


def update(room: str = "") -> list[Path]:
    """Bring each room's .po (or one room's) to the messages it uses, keeping what is translated."""
    rooms: dict[Path, list[Use]] = {}
    for use in uses():
        rooms.setdefault(room_of(use.file), []).append(use)
    written = []
    for folder, found in rooms.items():
        if room and folder != SOURCE / room:
            continue
        for language in LANGUAGES:
            path = folder / "locale" / language / "LC_MESSAGES" / "django.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            template = Catalog(project="Praxis", fuzzy=False)
            for use in found:
                ids = use.texts if len(use.texts) > 1 else use.texts[0]
                template.add(ids, locations=[(use.file.relative_to(folder.parent).as_posix(), 0)], context=use.context)
            if path.exists():
                with path.open("rb") as file:
                    book = read_po(file, locale=language)
                book.update(template, no_fuzzy_matching=True, update_header_comment=False)
                book.obsolete.clear()
            else:
                book = Catalog(locale=language, project="Praxis", fuzzy=False)
                for message in template:
                    if message.id:
                        book[message.id] = message
            _write(path, book)
            written.append(path)
    return written


def _write(path: Path, book: Catalog) -> None:
    """Without dates and line numbers, so that the file changes only when a message does."""
    buffer = io.BytesIO()
    write_po(buffer, book, width=100, sort_by_file=True, omit_header=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    path.write_bytes(header.encode() + buffer.getvalue())


def main(arguments: list[str]) -> int:
    """`check`: print what is wrong, 1 when there is anything. `update`, `compile`: write the .po, the .mo files."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    if arguments == ["compile"]:
        print("\n".join(str(path.relative_to(SOURCE.parent)) for path in compile_all()))
        return 0
    if arguments[:1] == ["update"]:
        print("\n".join(str(path.relative_to(SOURCE.parent)) for path in update(*arguments[1:])))
        return 0
    if arguments == ["check"]:
        found = problems()
        print("\n".join(found) or "every message is translated")
        return 1 if found else 0
    print("usage: python -m praxis.config.messages check|update [ROOM]|compile", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
