"""The Casebook as EPUB 3: the printed book's content and order, for screens and screen readers."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from datetime import UTC
from html import escape
from pathlib import Path

from praxis.lifecycle.casebook.typesetting.book import Book, BookEntry, Part, Picture, check
from praxis.lifecycle.casebook.typesetting.glyphs import clean
from praxis.lifecycle.casebook.typesetting.layout import plain_title
from praxis.lifecycle.casebook.typesetting.ordering import Group, organisations_index, places_index
from praxis.lifecycle.casebook.typesetting.pdf import build_cover
from praxis.lifecycle.casebook.typesetting.pictures import Prepared, prepare_all
from praxis.lifecycle.casebook.typesetting.words import LANGUAGE_NAMES, WORDS

STYLE = Path(__file__).with_name("epub.css")
XML_LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}
# The oldest date a zip archive can hold; a build's own time never gets in.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
FEATURES = ("alternativeText", "readingOrder", "structuralNavigation", "tableOfContents", "index", "displayTransformability")
ROLES = {"foreword": "doc-foreword", "part": "doc-part", "chapter": "doc-chapter", "index": "doc-index"}
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""

Documents = dict[str, str]


def build_epub(book: Book) -> bytes:
    """The book as EPUB 3.3, the same bytes for the same book; raises TypesettingError where a picture cannot be read."""
    check(book)
    prepared = prepare_all(book.entries)
    documents = _documents(book, prepared)
    files: dict[str, bytes] = {"EPUB/style.css": STYLE.read_bytes(), "EPUB/images/cover.png": build_cover(book)}
    for one in sorted(prepared.values(), key=lambda one: one.digest):
        files[f"EPUB/images/{_image_name(one)}"] = one.data
    for name, text in documents.items():
        files[f"EPUB/{name}"] = text.encode("utf-8")
    files["EPUB/nav.xhtml"] = _navigation(book).encode("utf-8")
    files["EPUB/package.opf"] = _package(book, list(documents), prepared).encode("utf-8")
    return _zipped({"META-INF/container.xml": CONTAINER.encode("utf-8"), **dict(sorted(files.items()))})


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {"mimetype": b"application/epub+zip", **files}.items():
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            packed = name != "mimetype" and not name.endswith((".jpg", ".png"))
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            archive.writestr(info, content, compresslevel=6 if packed else None)
    return out.getvalue()


def _xml(text: str) -> str:
    return escape(clean(text), quote=True)


def _image_name(one: Prepared) -> str:
    return f"p-{one.digest[:16]}.jpg"


def _case_file(entry: BookEntry) -> str:
    return f"case-{entry.number}.xhtml"


def _part_file(at: int) -> str:
    return f"part-{at}.xhtml"


def _document(book: Book, title: str, kind: str, body: str) -> str:
    language = XML_LANGUAGES[book.language]
    role = f' role="{ROLES[kind]}"' if kind in ROLES else ""
    mark = f'<p class="specimen">{_xml(WORDS[book.language]["specimen"])}</p>\n' if book.specimen else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}"'
        f' xml:lang="{language}">\n<head><title>{_xml(title)}</title>'
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
        f'<body>\n<section epub:type="{kind}" class="{kind}"{role} aria-label="{_xml(title)}">\n{body}\n{mark}</section>\n'
        "</body>\n</html>\n"
    )


def _documents(book: Book, prepared: dict[str, Prepared]) -> Documents:
    words, title = WORDS[book.language], plain_title(book)
    documents: Documents = {
        "cover.xhtml": _document(
            book, words["cover"], "cover", f'<p class="cover-image"><img src="images/cover.png" alt="{_xml(title)}"/></p>'
        ),
        "imprint.xhtml": _document(book, words["imprint"], "copyright-page", _imprint(book)),
    }
    if book.foreword is not None:
        signature = f'<p class="signature">{_xml(book.foreword.signature)}</p>' if book.foreword.signature else ""
        body = f"<h1>{_xml(book.foreword.heading)}</h1>\n{_paragraphs(book.foreword.paragraphs)}\n{signature}"
        documents["foreword.xhtml"] = _document(book, book.foreword.heading, "foreword", body)
    for at, part in enumerate(book.parts, start=1):
        documents[_part_file(at)] = _document(book, part.label, "part", _part(book, part, at))
        for entry in part.entries:
            documents[_case_file(entry)] = _document(book, entry.title, "chapter", _case(book, part, entry, prepared))
    for name, heading, groups in _indexes(book):
        documents[name] = _document(book, heading, "index", _index(book, heading, groups))
    return documents


def _indexes(book: Book) -> list[tuple[str, str, tuple[Group, ...]]]:
    words = WORDS[book.language]
    made = [
        ("index-places.xhtml", words["places_index"], places_index(book)),
        ("index-organisations.xhtml", words["organisations_index"], organisations_index(book)),
    ]
    return [one for one in made if one[2]]


def _paragraphs(texts: tuple[str, ...]) -> str:
    return "\n".join(f"<p>{_xml(text)}</p>" for text in texts if clean(text))


def _facts(pairs: list[tuple[str, tuple[str, ...]]]) -> str:
    rows = [
        f"<dt>{_xml(name)}</dt>" + "".join(f"<dd>{_xml(value)}</dd>" for value in values if clean(value))
        for name, values in pairs
        if any(clean(value) for value in values)
    ]
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def _imprint(book: Book) -> str:
    words, names = WORDS[book.language], LANGUAGE_NAMES[book.language]
    languages = words["separator"].join(names.get(one, one) for one in book.languages)
    facts = _facts(
        [
            (words["edition"], (book.edition_label,)),
            (words["publisher"], (book.publisher,)),
            (words["contact"], (book.contact,)),
            (words["languages"], (languages,)),
            (words["identifier"], (book.identifier,)),
        ]
    )
    subtitle = f'<p class="subtitle">{_xml(book.subtitle)}</p>' if clean(book.subtitle) else ""
    programme = f'<p class="eyebrow">{_xml(book.programme)}</p>'
    return f"{programme}\n<h1>{_xml(plain_title(book))}</h1>\n{subtitle}\n{facts}\n{_paragraphs(book.imprint)}"


def _part(book: Book, part: Part, at: int) -> str:
    words = WORDS[book.language]
    items = "".join(
        f'<li><a href="{_case_file(entry)}">{_xml(entry.title)}</a>{_mark(book, entry)}</li>' for entry in part.entries
    )
    listed = f'<ul class="cases">{items}</ul>' if items else ""
    rule = f'<div class="rule" style="background-color: {part.hue}"></div>'
    return (
        f'{rule}\n<p class="eyebrow">{_xml(words["part"])} {at}</p>\n<h1>{_xml(part.label)}</h1>\n'
        f"{_paragraphs((part.description,))}\n{listed}"
    )


def _mark(book: Book, entry: BookEntry) -> str:
    return f' <span class="outstanding">{_xml(WORDS[book.language]["outstanding"])}</span>' if entry.outstanding else ""


def _case(book: Book, part: Part, entry: BookEntry, prepared: dict[str, Prepared]) -> str:
    words = WORDS[book.language]
    facts = _facts(
        [
            (words["applicant"], (entry.applicant,)),
            (words["partners"], entry.partners),
            (words["places"], entry.places),
        ]
    )
    body = [
        f'<div class="rule" style="background-color: {part.hue}"></div>',
        f'<p class="eyebrow">{_xml(words["case"])} {entry.number:02d}{_mark(book, entry)}</p>',
        f"<h1>{_xml(entry.title)}</h1>",
        facts,
    ]
    if clean(entry.summary):
        body.append(f'<p class="summary">{_xml(entry.summary)}</p>')
    figures = [_figure(book, picture, prepared) for picture in entry.pictures]
    body.extend(figures[:1])
    for at, element in enumerate(entry.elements):
        label = f'<span class="label">{_xml(element.label)}</span> ' if clean(element.heading) else ""
        body.append(f"<section><h2>{label}{_xml(element.heading or element.label)}</h2>")
        body.append(_paragraphs(element.paragraphs))
        body.append("</section>")
        # As in print: one picture more after each element from the second on, the remainder after the last.
        if at >= 1 and len(figures) > at:
            body.append(figures[at])
    body.extend(figures[max(1, len(entry.elements)) :])
    return "\n".join(part_of_body for part_of_body in body if part_of_body)


def _figure(book: Book, picture: Picture, prepared: dict[str, Prepared]) -> str:
    words = WORDS[book.language]
    one = prepared[hashlib.sha256(picture.data).hexdigest()]
    caption, credit = _xml(picture.caption), _xml(picture.credit)
    said = " ".join(
        piece for piece in (caption, f'<span class="credit">{_xml(words["credit"])}{credit}</span>' if credit else "") if piece
    )
    alt = _xml(picture.alt) or caption or _xml(words["case"])
    shown = f'<img src="images/{_image_name(one)}" alt="{alt}" width="{one.width}" height="{one.height}"/>'
    return f"<figure>{shown}{f'<figcaption>{said}</figcaption>' if said else ''}</figure>"


def _index(book: Book, heading: str, groups: tuple[Group, ...]) -> str:
    words = WORDS[book.language]
    titles = {entry.number: entry for entry in book.entries}
    body = [f"<h1>{_xml(heading)}</h1>"]
    if any(r.main for group in groups for one in group.headings for r in one.references):
        body.append(f'<p class="eyebrow">{_xml(words["organisations_note_screen"])}</p>')
    for group in groups:
        rows = []
        for one in group.headings:
            links = ", ".join(
                f'<a href="{_case_file(titles[r.number])}"{MAIN if r.main else ""}>{_xml(words["case"])} {r.number:02d}</a>'
                for r in one.references
            )
            rows.append(f"<li>{_xml(one.name)} <span class=\"references\">{links}</span></li>")
        body.append(f"<h2>{_xml(group.initial if group.initial != '#' else words['other'])}</h2>\n<ul>{''.join(rows)}</ul>")
    return "\n".join(body)


MAIN = ' class="main"'


def _navigation(book: Book) -> str:
    words = WORDS[book.language]
    items = [f'<li><a href="imprint.xhtml">{_xml(words["imprint"])}</a></li>']
    if book.foreword is not None:
        items.append(f'<li><a href="foreword.xhtml">{_xml(book.foreword.heading)}</a></li>')
    for at, part in enumerate(book.parts, start=1):
        cases = "".join(f'<li><a href="{_case_file(entry)}">{_xml(entry.title)}</a></li>' for entry in part.entries)
        nested = f"<ol>{cases}</ol>" if cases else ""
        items.append(f'<li><a href="{_part_file(at)}">{_xml(part.label)}</a>{nested}</li>')
    items.extend(f'<li><a href="{name}">{_xml(heading)}</a></li>' for name, heading, _ in _indexes(book))
    landmarks = [("cover", "cover.xhtml", words["cover"]), ("toc", "nav.xhtml", words["contents"])]
    if book.parts:
        landmarks.append(("bodymatter", _part_file(1), book.parts[0].label))
    landmarks.extend(("index", name, heading) for name, heading, _ in _indexes(book)[:1])
    marks = "".join(f'<li><a epub:type="{kind}" href="{name}">{_xml(text)}</a></li>' for kind, name, text in landmarks)
    language = XML_LANGUAGES[book.language]
    contents = _xml(words["contents"])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}"'
        f' xml:lang="{language}">\n<head><title>{contents}</title>'
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n<body>\n'
        f'<nav epub:type="toc" id="toc" role="doc-toc"><h1>{contents}</h1><ol>{"".join(items)}</ol></nav>\n'
        f'<nav epub:type="landmarks" id="landmarks" hidden="hidden"><ol>{marks}</ol></nav>\n</body>\n</html>\n'
    )


def _package(book: Book, documents: list[str], prepared: dict[str, Prepared]) -> str:
    words, language = WORDS[book.language], XML_LANGUAGES[book.language]
    moment = book.timestamp.astimezone(UTC)
    metadata = [
        f'<dc:identifier id="identifier">{_xml(book.identifier)}</dc:identifier>',
        f"<dc:title>{_xml(plain_title(book))}</dc:title>",
        f"<dc:language>{language}</dc:language>",
        f"<dc:creator>{_xml(book.publisher)}</dc:creator>",
        f"<dc:publisher>{_xml(book.publisher)}</dc:publisher>",
        f"<dc:date>{moment:%Y-%m-%d}</dc:date>",
        f'<meta property="dcterms:modified">{moment:%Y-%m-%dT%H:%M:%SZ}</meta>',
        *(f'<meta property="schema:accessMode">{mode}</meta>' for mode in ("textual", "visual")),
        '<meta property="schema:accessModeSufficient">textual</meta>',
        *(f'<meta property="schema:accessibilityFeature">{feature}</meta>' for feature in FEATURES),
        '<meta property="schema:accessibilityHazard">none</meta>',
        f'<meta property="schema:accessibilitySummary">{_xml(words["accessibility"])}</meta>',
    ]
    if clean(book.subtitle):
        metadata.append(f"<dc:description>{_xml(book.subtitle)}</dc:description>")
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="style" href="style.css" media-type="text/css"/>',
        '<item id="cover-image" href="images/cover.png" media-type="image/png" properties="cover-image"/>',
        *(f'<item id="{_identifier(name)}" href="{name}" media-type="application/xhtml+xml"/>' for name in documents),
        *(
            f'<item id="p-{digest[:16]}" href="images/{_image_name(prepared[digest])}" media-type="image/jpeg"/>'
            for digest in sorted(prepared)
        ),
    ]
    # The printed order: the contents stand after the foreword.
    order = [_identifier(name) for name in documents]
    order.insert(order.index("part-1") if "part-1" in order else len(order), "nav")
    spine = "".join(f'<itemref idref="{one}"/>' for one in order)
    lines = "\n    ".join(metadata)
    listed = "\n    ".join(items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identifier" xml:lang="{language}">\n'
        f'  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n    {lines}\n  </metadata>\n'
        f"  <manifest>\n    {listed}\n  </manifest>\n  <spine>{spine}</spine>\n</package>\n"
    )


def _identifier(name: str) -> str:
    return re.sub(r"\.xhtml$", "", name)
