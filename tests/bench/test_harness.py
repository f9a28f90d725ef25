"""The load harness works: it fills a database, walks every journey over HTTP, and tells what it found."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest

from bench import exports, journeys, report
from bench.browser import Page, Refused
from bench.measuring import Bench, count
from bench.seed import seed
from bench.servers import Web, stop
from praxis.foundation.programmes.models import Programme
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews.models import Assignment, Standing

SIZE = 20


@pytest.fixture
def bench(transactional_db: None, live_server: Any, settings: Any) -> Any:
    """The harness at the tests' own server, whose one process is this one."""
    settings.ROOT_URLCONF = "bench.urls"
    host, port = live_server.thread.host, live_server.thread.port
    web = Web(process=None, host=host, port=port, workers=[os.getpid()], cold=0, cold_cpu=0)  # type: ignore[arg-type]
    made = Bench(web, seed(SIZE), postmaster=None, goes=2, warm=1)
    yield made
    made.close()


def test_the_seed_is_an_open_edition_with_three_reviews_a_case(transactional_db: None) -> None:
    facts = seed(SIZE)
    assert Case.objects.filter(state="admitted", revision__isnull=False).count() == SIZE
    assert Assignment.objects.count() == 3 * SIZE
    assert Assignment.objects.filter(state="open").count() == len(facts.sheets) > 0
    assert Standing.objects.filter(run_id=facts.run_id).count() == SIZE
    # What the house does not have yet is named.
    journey = journeys.Journey("x", "X", ("public:edition", "public:nothing"), lambda *_: "", lambda *_: None)
    assert journey.missing(facts) == "public:nothing"


def test_every_journey_is_walked_and_measured(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    open_sheets = Assignment.objects.filter(state="open").count()
    rows = []
    for journey in journeys.JOURNEYS:
        missing = journey.missing(bench.facts)
        if missing:
            rows.append({"code": journey.code, "problem": f"not there yet: {missing}"})
            continue
        cost = bench.measure(journey)
        assert min(cost.app, cost.bare_app, cost.wall) > 0, journey.code
        assert cost.statements >= 1, journey.code
        assert cost.bytes > 1000, journey.code
        rows.append({"code": journey.code, "problem": "", **vars(cost)})
    # Two for the statements, one to warm up, two measured: each submits once, or hands one sheet in. Three journeys submit.
    assert Case.objects.filter(state="submitted").count() == 3 * 5
    assert open_sheets - Assignment.objects.filter(state="open").count() == 5

    written = []
    for code, ask in exports.enqueue(bench.facts.edition_id, bench.facts.run_id, bench.facts.secretary_id).items():
        assert exports.main([str(ask())]) == 0, capsys.readouterr().err
        took = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert took["bytes"] > 1000
        assert took["peak"] > 10
        written.append({"code": code, "label": exports.LABELS[code], "problem": "", **took})
    result = {"size": SIZE, "pages": rows, "exports": written, "books": None, "cold": (1.5, 2.5)}
    text = report.markdown([result], at=datetime(2026, 5, 1, tzinfo=UTC), database="SQLite", load=(0.0, 0.0, 0.0))
    for label in (*report.LABELS.values(), *exports.LABELS.values()):
        assert label in text
    assert "1.5 s (2.5 CPU-s, 20 cases)" in text


def test_a_form_is_taken_as_a_browser_would_send_it() -> None:
    html = """<form method="get"><input name="title"></form><form method="post" action="/on/">
        <input type="hidden" name="key" value="a&amp;b"><input name="title"><input name="gone" disabled value="1">
        <input type="checkbox" name="kinds" value="1" checked><input type="checkbox" name="kinds" value="2">
        <input type="radio" name="one" value="x"><button name="action" value="save">Save</button>
        <textarea name="body">\n\nTwo\n</textarea>
        <select name="place"><option value="">—</option><option value="KE" selected>Kenya</option></select></form>"""
    form = Page("/here/", 200, html.encode(), "").form("title")
    assert form.action == "/on/"
    assert form.fields == {
        "key": ["a&b"], "title": [""], "kinds": ["1"], "body": ["\nTwo\n"], "place": ["KE"],
    }  # fmt: skip
    assert "one" in form.controls
    with pytest.raises(Refused, match="no form"):
        Page("/here/", 200, html.encode(), "").form("absent")


def test_statements_are_counted(db: None) -> None:
    assert count(lambda: [list(Programme.objects.all()), Programme.objects.count()]) == 2


def test_a_process_that_does_not_listen_is_ended() -> None:
    deaf = "trap '' TERM; echo ready; while :; do read x; done"
    process = subprocess.Popen(["/bin/sh", "-c", deaf], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    stop(process, wait=0.2)
    assert process.poll() is not None
