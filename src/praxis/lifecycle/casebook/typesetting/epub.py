"""The Casebook as EPUB 3: the same content in the same order, accessible, the same bytes for the same book."""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile
from collections.abc import Iterable
from datetime import UTC
from html import escape

from praxis.lifecycle.casebook.typesetting.book import Book, BookEntry, Part, check
from praxis.lifecycle.casebook.typesetting.glyphs import clean
from praxis.lifecycle.casebook.typesetting.ordering import Group, Reference, organisations_index, places_index
from praxis.lifecycle.casebook.typesetting.pdf import build_cover
from praxis.lifecycle.casebook.typesetting.pictures import Prepared, prepare_all
from praxis.lifecycle.casebook.typesetting.words import WORDS

FIXED = (1980, 1, 1, 0, 0, 0)
TAGS = {"zh-hans": "zh-Hans-CN", "en": "en-GB"}

STYLE = """@charset "utf-8";
body { margin: 0 5%; line-height: 1.7; }
h1, h2, h3 { font-family: serif; line-height: 1.35; font-weight: 600; page-break-after: avoid; break-after: avoid; }
h1 { font-size: 1.6em; margin: 1.5em 0 .8em; }
h2 { font-size: 1.35em; } h3 { font-size: 1.1em; margin: 1.6em 0 .4em; }
p { margin: 0; text-align: justify; } p + p { text-indent: 2em; }
:lang(en) p + p { text-indent: 1.4em; } :lang(en) p { hyphens: auto; }
dl { margin: 0 0 1.2em; } dt { font-size: .85em; margin-top: .6em; } dd { margin: 0; }
figure { margin: 1.4em 0; page-break-inside: avoid; break-inside: avoid; }
img { max-width: 100%; height: auto; } figcaption { font-size: .85em; margin-top: .3em; }
.part { padding: 2em 0 1em; border-top: .35em solid currentColor; } .label { font-size: .85em; }
.outstanding { color: #a8281e; border: 1px solid #a8281e; padding: .1em .5em; font-size: .85em; }
.summary { margin: 0 0 1.2em; padding: .8em 1em; border-left: .2em solid #76858f; }
.specimen { color: #8a5200; font-size: .85em; text-align: center; } .cover { margin: 0; text-align: center; }
.cover img { max-height: 100%; } ul.index { list-style: none; padding: 0; } .main { font-weight: 700; }
nav ol { list-style: none; padding-left: 1em; }
"""


def build_epub(book: Book) -> bytes:
    """The book as EPUB 3.3; raises TypesettingError for pictures that cannot be read."""
    check(book)
    prepared = prepare_all(picture for entry in book.entries for picture in entry.pictures)
    pages = _pages(book, prepared)
    pictures = {f"images/{one.digest[:16]}.jpg": one.data for one in prepared.values()}
    files: list[tuple[str, bytes]] = [
        ("META-INF/container.xml", _CONTAINER.encode()),
        ("EPUB/package.opf", _package(book, pages, sorted(pictures)).encode()),
        ("EPUB/nav.xhtml", _nav(book).encode()),
        ("EPUB/style.css", STYLE.encode()),
        ("EPUB/images/cover.png", build_cover(book)),
        *((f"EPUB/{name}", text.encode()) for name, text in pages),
        *((f"EPUB/{name}", pictures[name]) for name in sorted(pictures)),
    ]
    return _zip(files)


def _zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as kept:
        kept.writestr(zipfile.ZipInfo("mimetype", FIXED), b"application/epub+zip", zipfile.ZIP_STORED)
        for name, data in files:
            how = zipfile.ZIP_STORED if name.endswith((".jpg", ".png")) else zipfile.ZIP_DEFLATED
            kept.writestr(zipfile.ZipInfo(name, FIXED), data, how)
    return target.getvalue()


_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""


def _x(text: str) -> str:
    """Text as XML: without control characters, escaped."""
    return escape(clean(text), quote=True)


def _page(book: Book, title: str, body: str, *, kind: str = "", head: str = "") -> str:
    tag = TAGS[book.language]
    mark = f' epub:type="{kind}"' if kind else ""
    specimen = f'<p class="specimen">{_x(WORDS[book.language]["specimen"])}</p>' if book.specimen else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{tag}" xml:lang="{tag}">\n'
        f'<head><meta charset="utf-8"/><title>{_x(title)}</title><link rel="stylesheet" href="style.css"/>{head}</head>\n'
        f"<body{mark}>\n{body}\n{specimen}</body></html>\n"
    )


def _pages(book: Book, prepared: dict[str, Prepared]) -> list[tuple[str, str]]:
    words = WORDS[book.language]
    title = clean(book.title)
    cover = f'<section class="cover" epub:type="cover"><img src="images/cover.png" alt="{_x(f"{title} {book.subtitle} {book.year}")}"/></section>'
    pages = [("cover.xhtml", _page(book, words["cover"], cover)), ("imprint.xhtml", _imprint(book))]
    if book.foreword is not None:
        pages.append(("foreword.xhtml", _foreword(book)))
    for number, part in enumerate(book.parts, start=1):
        pages.append((f"part-{number}.xhtml", _part(book, part, number)))
        pages.extend((f"case-{entry.number}.xhtml", _case(book, entry, prepared)) for entry in part.entries)
    pages.append(("places.xhtml", _index(book, words["places_index"], places_index(book), "")))
    pages.append(("organisations.xhtml", _index(book, words["organisations_index"], organisations_index(book), words["organisations_note"])))
    return pages


def _imprint(book: Book) -> str:
    words = WORDS[book.language]
    rows = [(words["publisher"], book.publisher), (words["edition"], book.edition_label), (words["contact"], book.contact), (words["identifier"], book.identifier)]
    facts = "".join(f"<dt>{_x(name)}</dt><dd>{_x(value)}</dd>" for name, value in rows if value)
    lines = "".join(f"<p>{_x(line)}</p>" for line in book.imprint)
    body = f'<section epub:type="copyright-page" role="doc-credits" aria-label="{_x(words["imprint"])}"><h1>{_x(book.title)}</h1><p>{_x(book.subtitle)}</p><dl>{facts}</dl>{lines}<p>{_x(words["accessibility"])}</p></section>'
    return _page(book, words["imprint"], body)


def _foreword(book: Book) -> str:
    assert book.foreword is not None
    heading = book.foreword.heading or WORDS[book.language]["foreword"]
    text = "".join(f"<p>{_x(line)}</p>" for line in book.foreword.paragraphs)
    sign = f'<p class="label">{_x(book.foreword.signature)}</p>' if book.foreword.signature else ""
    return _page(book, heading, f'<section epub:type="foreword" role="doc-foreword"><h1>{_x(heading)}</h1>{text}{sign}</section>')


def _part(book: Book, part: Part, number: int) -> str:
    words = WORDS[book.language]
    listed = "".join(f'<li><a href="case-{entry.number}.xhtml">{_x(entry.title)}</a></li>' for entry in part.entries)
    body = (
        f'<section epub:type="part" role="doc-part" class="part"><p class="label">{_x(words["part"])} {number}</p>'
        f"<h1>{_x(part.label)}</h1><p>{_x(part.description)}</p><ol>{listed}</ol></section>"
    )
    return _page(book, part.label, body)


def _case(book: Book, entry: BookEntry, prepared: dict[str, Prepared]) -> str:
    words = WORDS[book.language]
    facts = [(words["applicant"], entry.applicant), (words["partners"], words["separator"].join(entry.partners)), (words["places"], words["separator"].join(entry.places))]
    rows = "".join(f"<dt>{_x(name)}</dt><dd>{_x(value)}</dd>" for name, value in facts if value)
    mark = f'<p><span class="outstanding">{_x(words["outstanding"])}</span></p>' if entry.outstanding else ""
    summary = f'<div class="summary"><p>{_x(entry.summary)}</p></div>' if clean(entry.summary) else ""
    elements = "".join(_element(one.label, one.heading, one.paragraphs) for one in entry.elements)
    pictures = "".join(_picture(picture.caption, picture.alt, picture.credit, prepared[hashlib.sha256(picture.data).hexdigest()], words) for picture in entry.pictures)
    body = (
        f'<section epub:type="chapter" role="doc-chapter" id="case-{entry.number}"><p class="label">{_x(words["case"])} {entry.number}</p>'
        f"<h1>{_x(entry.title)}</h1>{mark}<dl>{rows}</dl>{summary}{elements}{pictures}</section>"
    )
    return _page(book, entry.title or str(entry.number), body)


def _element(label: str, heading: str, paragraphs: tuple[str, ...]) -> str:
    kept = [text for text in (clean(one) for one in paragraphs) if text]
    if not kept and not clean(heading):
        return ""
    head = f'<p class="label">{_x(label)}</p><h2>{_x(heading)}</h2>' if clean(heading) else f"<h2>{_x(label)}</h2>"
    return head + "".join(f"<p>{_x(text)}</p>" for text in kept)


def _picture(caption: str, alt: str, credit: str, one: Prepared, words: dict[str, str]) -> str:
    said = " ".join(part for part in (_x(caption), f"{_x(words['credit'])}{_x(credit)}" if clean(credit) else "") if part)
    under = f"<figcaption>{said}</figcaption>" if said else ""
    return f'<figure><img src="images/{one.digest[:16]}.jpg" width="{one.width}" height="{one.height}" alt="{_x(alt) or _x(caption) or _x(words["case"])}"/>{under}</figure>'


def _reference(one: Reference) -> str:
    kind = ' class="main"' if one.main else ""
    return f'<a href="case-{one.number}.xhtml"{kind}>{one.number}</a>'


def _index(book: Book, title: str, groups: tuple[Group, ...], note: str) -> str:
    lines = []
    for group in groups:
        lines.append(f"<h2>{_x(group.initial)}</h2><ul class='index'>")
        for heading in group.headings:
            links = ", ".join(_reference(one) for one in heading.references)
            lines.append(f"<li>{_x(heading.name)} {links}</li>")
        lines.append("</ul>")
    under = f"<p>{_x(note)}</p>" if note else ""
    return _page(book, title, f'<section epub:type="index" role="doc-index"><h1>{_x(title)}</h1>{under}{"".join(lines)}</section>')


def _nav(book: Book) -> str:
    words = WORDS[book.language]
    items = [f'<li><a href="imprint.xhtml">{_x(words["imprint"])}</a></li>']
    if book.foreword is not None:
        items.append(f'<li><a href="foreword.xhtml">{_x(book.foreword.heading or words["foreword"])}</a></li>')
    for number, part in enumerate(book.parts, start=1):
        cases = "".join(f'<li><a href="case-{entry.number}.xhtml">{_x(entry.title) or entry.number}</a></li>' for entry in part.entries)
        items.append(f'<li><a href="part-{number}.xhtml">{_x(part.label)}</a>{f"<ol>{cases}</ol>" if cases else ""}</li>')
    items.append(f'<li><a href="places.xhtml">{_x(words["places_index"])}</a></li>')
    items.append(f'<li><a href="organisations.xhtml">{_x(words["organisations_index"])}</a></li>')
    start = "part-1.xhtml" if book.parts else "imprint.xhtml"
    body = (
        f'<nav epub:type="toc" role="doc-toc" id="toc"><h1>{_x(words["contents"])}</h1><ol>{"".join(items)}</ol></nav>'
        f'<nav epub:type="landmarks" hidden=""><h2>{_x(words["contents"])}</h2><ol>'
        f'<li><a epub:type="cover" href="cover.xhtml">{_x(words["cover"])}</a></li>'
        f'<li><a epub:type="toc" href="#toc">{_x(words["contents"])}</a></li>'
        f'<li><a epub:type="bodymatter" href="{start}">{_x(words["case"])}</a></li></ol></nav>'
    )
    return _page(book, words["contents"], body)


def _package(book: Book, pages: list[tuple[str, str]], pictures: list[str]) -> str:
    tag, words = TAGS[book.language], WORDS[book.language]
    modified = book.timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    identity = uuid.uuid5(uuid.NAMESPACE_URL, book.identifier)
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="style" href="style.css" media-type="text/css"/>',
        '<item id="cover-image" href="images/cover.png" media-type="image/png" properties="cover-image"/>',
        *(f'<item id="{name[:-6]}" href="{name}" media-type="application/xhtml+xml"/>' for name, _text in pages),
        *(f'<item id="i-{name[7:-4]}" href="{name}" media-type="image/jpeg"/>' for name in pictures),
    ]
    spine = "".join(f'<itemref idref="{name[:-6]}"/>' for name, _text in pages[:2]) + '<itemref idref="nav"/>'
    spine += "".join(f'<itemref idref="{name[:-6]}"/>' for name, _text in pages[2:])
    features = ("tableOfContents", "index", "readingOrder", "structuralNavigation", "alternativeText")
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{tag}" prefix="schema: http://schema.org/">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identity}</dc:identifier>
<dc:title>{_x(book.title)} {_x(book.subtitle)} {book.year}</dc:title>
<dc:language>{tag}</dc:language>
<dc:publisher>{_x(book.publisher)}</dc:publisher>
<dc:creator>{_x(book.publisher)}</dc:creator>
<dc:date>{modified[:10]}</dc:date>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
{"".join(f'<meta property="schema:accessibilityFeature">{feature}</meta>' for feature in features)}
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">{_x(words["accessibility"])}</meta>
</metadata>
<manifest>{"".join(items)}</manifest>
<spine page-progression-direction="ltr">{spine}</spine>
</package>
"""
