"""Things that happen and things to look at: timelines, steps, checks, threads, differences, pictures, video."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from praxis.ui.dates import moment
from praxis.ui.html import EMPTY, ICONS, attributes, fill, join, wrap
from praxis.ui.parts.entry import html_lang
from praxis.ui.values import Check, Event, Picture, Post, Step, Text, Track


def timeline(events: Iterable[Event], zone: str = "UTC") -> SafeString:
    """What happened, in order."""
    return fill(
        '<ol class="timeline">{}</ol>',
        join(
            [
                fill(
                    '<li class="timeline__event timeline__event--{}">{}<p class="timeline__title">{}</p>{}{}</li>',
                    e.tone,
                    wrap("p", "timeline__at", moment(e.at, zone)),
                    e.title,
                    wrap("p", "timeline__actor", e.actor),
                    wrap("p", "timeline__text", e.text),
                )
                for e in events
            ]
        ),
    )


def stepper(steps: Iterable[Step], label: Text = "") -> SafeString:
    """Where one stands in a task of several steps."""
    words = {
        "done": gettext("Done"),
        "current": gettext("You are here"),
        "todo": gettext("Still to do"),
        "care": gettext("Needs attention"),
    }
    items = []
    for number, step in enumerate(steps, 1):
        mark = ICONS["yes"] if step.state == "done" else ICONS["warning"] if step.state == "care" else number
        name = fill('<a href="{}">{}</a>', step.url, step.label) if step.url else fill("<span>{}</span>", step.label)
        items.append(
            fill(
                '<li class="step step--{}"{}><span class="step__mark" aria-hidden="true">{}</span>'
                '<span class="step__label">{}{}<span class="visually-hidden"> {}</span></span></li>',
                step.state,
                attributes({"aria-current": "step" if step.state == "current" else None}),
                mark,
                name,
                wrap("span", "step__note", step.note),
                words.get(step.state, ""),
            )
        )
    return fill('<nav class="stepper" aria-label="{}"><ol>{}</ol></nav>', label or gettext("Steps"), join(items))


def checklist(checks: Iterable[Check]) -> SafeString:
    """Rules with yes, no or warning, why, and where to mend it."""
    words = {
        "yes": pgettext("check", "Yes"),
        "no": pgettext("check", "No"),
        "warning": pgettext("check", "Take care"),
        "unknown": pgettext("check", "Not known yet"),
    }
    items = []
    for check in checks:
        state = check.state if check.state in words else "unknown"
        mend = fill('<a href="{}">{}</a>', check.url, check.url_label or gettext("Go there")) if check.url else EMPTY
        items.append(
            fill(
                '<li class="check check--{}"><span class="check__mark">{}<span class="visually-hidden">{}</span>'
                '</span><div><p class="check__label">{}</p>{}{}</div></li>',
                state,
                ICONS[state],
                words[state] + gettext(": "),
                check.label,
                wrap("p", "check__why", check.why),
                wrap("p", "check__mend", mend),
            )
        )
    return fill('<ul class="checklist">{}</ul>', join(items))


def thread(posts: Iterable[Post], zone: str = "UTC") -> SafeString:
    """Messages between people, oldest first."""
    return fill('<ol class="thread">{}</ol>', join([_post(p, zone) for p in posts]))


def _post(p: Post, zone: str) -> SafeString:
    links = join([fill('<li><a href="{}">{}</a></li>', link.url, link.label) for link in p.links])
    return fill(
        '<li class="post{}"><p class="post__head"><strong class="post__author">{}</strong>{}{}</p>'
        '<div class="post__text">{}</div>{}</li>',
        " post--mine" if p.mine else "",
        p.author,
        wrap("span", "post__role", p.role),
        wrap("span", "post__at", moment(p.at, zone)),
        mark_safe(linebreaks(p.text, autoescape=True)),
        wrap("ul", "post__files", links),
    )


def diff(pairs: Iterable[tuple[str, str]], lang: str = "") -> SafeString:
    """A text with what was taken out and put in: pairs of (`same`, `del` or `ins`, text), as `changes` gives them."""
    drawn = join([fill(_DIFF.get(kind, "{}"), text) for kind, text in pairs])
    return fill('<div class="diff"{}>{}</div>', attributes({"lang": html_lang(lang) if lang else None}), drawn)


_DIFF = {"ins": "<ins>{}</ins>", "del": "<del>{}</del>"}


def pictures(items: Iterable[Picture]) -> SafeString:
    """Pictures in a grid, each with caption and credit."""
    return fill('<ul class="pictures">{}</ul>', join([_picture(p) for p in items]))


def _picture(p: Picture) -> SafeString:
    image = fill(
        "<img{}>",
        attributes(
            {
                "src": p.src,
                "alt": p.alt,
                "width": p.width,
                "height": p.height,
                "loading": "lazy",
                "decoding": "async",
            }
        ),
    )
    linked = fill('<a href="{}">{}</a>', p.href, image) if p.href else image
    words = join([wrap("span", "picture__caption", p.caption), wrap("span", "picture__credit", p.credit)])
    return fill('<li><figure class="picture">{}{}</figure></li>', linked, wrap("figcaption", "picture__words", words))


def video(
    src: str,
    *,
    title: Text,
    poster: str = "",
    type: str = "video/mp4",
    tracks: Iterable[Track] = (),
    download_url: str = "",
    caption: Text = "",
) -> SafeString:
    """A video with the browser's own controls, subtitles and a link for those who cannot play it."""
    subtitles = join(
        [
            fill(
                "<track{}>",
                attributes(
                    {
                        "kind": "captions",
                        "src": t.src,
                        "srclang": html_lang(t.lang),
                        "label": t.label,
                        "default": t.default,
                    }
                ),
            )
            for t in tracks
        ]
    )
    link = fill('<a href="{}">{}</a>', download_url or src, gettext("Download the video"))
    return fill(
        '<figure class="video"><video{}><source{}>{}{}</video><figcaption>{}{}</figcaption></figure>',
        attributes(
            {
                "controls": True,
                "preload": "metadata",
                "poster": poster or None,
                "aria-label": title,
                "playsinline": True,
            }
        ),
        attributes({"src": src, "type": type}),
        subtitles,
        link,
        wrap("span", "picture__caption", caption or title),
        link,
    )
