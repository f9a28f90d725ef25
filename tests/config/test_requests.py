"""What stands around every request: refusals are pages that say why, limits hold, the preview changes nothing."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from csp.utils import build_policy
from django.contrib.auth import get_user_model
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from praxis.config import limits
from praxis.config.middleware import ContentPolicy, LongForms, put_in_place
from praxis.foundation import clock

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.urls")]


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        ("forbidden", 403, "Only an owner may do this."),
        ("conflict", 409, "It was submitted meanwhile."),
        ("invalid", 422, "It is too long."),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_refusal_is_a_page_with_its_reason(client, how, status, said, language):
    response = client.get(f"/{language}/test/refuse/{how}/")
    assert response.status_code == status
    assert said in response.text
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in response.text


def test_an_address_that_only_takes_a_form_is_explained_to_who_opens_it(client):
    answer = client.get("/en/test/only-post/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "press the button again" in answer.text
    assert client.put("/en/test/only-post/").content == b"", "a program reads the status"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_may_not_be_known_looks_like_what_is_not_there(client, language):
    pages = []
    for how in ("missing", "missing-otherwise"):
        response = client.get(f"/{language}/test/refuse/{how}/")
        assert response.status_code == 404
        assert "secret reason" not in response.text
        pages.append((response.text.replace(how, "X"), response.headers.items()))
    unknown = client.get(f"/{language}/test/refuse/X/none/at/all/")
    pages.append((unknown.text.replace("X/none/at/all", "X"), unknown.headers.items()))
    assert pages[0][0] == pages[1][0] == pages[2][0]
    kept = [{name: value for name, value in headers if name != "Content-Length"} for _text, headers in pages]
    assert kept[0] == kept[1] == kept[2]


def test_a_program_is_refused_in_json(client):
    response = client.get("/uploads/refuse/invalid/")
    assert response.status_code == 422
    assert response.json() == {
        "code": "invalid",
        "message": "A title is needed.",
        "fields": {"title": ["A title is needed."], "summary": ["It is too long."]},
    }


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/en/test/look-up/?name=a%00b", None),
        ("/en/test/look-up/%00", None),
        ("/en/test/insert/", {"email": "a@example.org", "name": "x" * 5_000_000}),
        ("/en/test/insert/", {f"field-{number}": "1" for number in range(2500)}),
    ],
)
def test_input_that_cannot_be_read_is_a_page_and_no_server_error(client, address, data):
    response = client.get(address) if data is None else client.post(address, data)
    assert response.status_code == 400
    assert "could not be taken" in response.text


def test_a_character_no_database_takes_is_never_a_server_error(client):
    response = client.post("/en/test/look-up/", {"name": "a\x00b"})
    # SQLite takes it, PostgreSQL does not.
    assert response.status_code in {200, 400}


def test_a_form_without_its_token_is_explained():
    response = Client(enforce_csrf_checks=True).post("/en/test/insert/", {"email": "a@example.org", "name": "x"})
    assert response.status_code == 403
    assert "load the page anew" in response.text


def test_the_limit_of_sign_ins_refuses_and_gives_way_again(client, settings):
    settings.RATE_LIMITS_ENABLED = True
    with clock.at(clock.now()):
        statuses = [client.post("/en/account/unknown/").status_code for _ in range(limits.SIGN_IN.capacity + 1)]
        refused = client.post("/en/account/unknown/")
        # Someone else is not held up.
        other = client.post("/en/account/unknown/", REMOTE_ADDR="192.0.2.7")
    assert statuses == [404] * limits.SIGN_IN.capacity + [429]
    assert refused.status_code == 429
    assert refused["Retry-After"] == "6"
    assert other.status_code == 404
    with clock.at(clock.now() + timedelta(seconds=limits.SIGN_IN.seconds + 1)):
        assert client.post("/en/account/unknown/").status_code == 404


def test_the_limit_keeps_no_address():
    assert "192.0.2" not in limits.hashed("address:192.0.2.1")
    assert limits.hashed("address:192.0.2.1") != limits.hashed("address:192.0.2.2")


def test_the_preview_shows_another_day_and_lets_nothing_change(client):
    client.get("/en/test/keep/?at=2026-06-16T00:00:00%2B08:00")
    assert client.get("/en/test/now/").text == "2026-06-15T16:00:00+00:00"
    refused = client.post("/en/test/insert/", {"email": "a@example.org", "name": "x"})
    assert refused.status_code == 409
    assert "End the preview" in refused.text
    assert not get_user_model().objects.exists()
    assert client.post("/en/test/end/").status_code == 200


@pytest.mark.parametrize("kept", ["nonsense", "2026-06-16T00:00:00"])
def test_a_preview_that_is_no_instant_is_dropped(client, kept):
    client.get(f"/en/test/keep/?at={kept}")
    assert client.get("/en/test/now/").status_code == 200
    assert "preview_at" not in client.session


def test_the_log_tells_the_route_and_no_person(client, caplog):
    user = get_user_model().objects.create_user("someone@example.org", name="Some One")
    client.force_login(user)
    with caplog.at_level(logging.INFO, logger="praxis.request"):
        client.get("/en/test/refuse/forbidden/?q=someone@example.org")
    line = json.loads(next(record.message for record in caplog.records if record.name == "praxis.request"))
    assert line["route"] == "en/test/refuse/<how>/"
    assert line["status"] == 403
    assert "someone" not in json.dumps(line).lower()
    assert str(user.pk) != line["user"]


def test_a_page_costs_who_is_not_signed_in_no_statement(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/en/nowhere/")


def test_a_page_costs_who_is_signed_in_a_constant_number_of_statements(client, django_assert_num_queries):
    client.force_login(get_user_model().objects.create_user("someone@example.org"))
    # Session, user, and one for the list of desks.
    with django_assert_num_queries(3):
        client.get("/en/nowhere/")


def test_each_page_leads_to_itself_in_the_other_language(client):
    page = client.get("/en/nowhere/?field=culture&page=2").text
    assert 'href="/zh-hans/nowhere/?field=culture&amp;page=2"' in page


@pytest.mark.parametrize(
    ("accepted", "led"),
    [("zh-CN,zh;q=0.9", "/zh-hans/"), ("en-GB", "/en/"), ("sw", "/en/"), ("zh-TW,en;q=0.5", "/zh-hans/")],
)
def test_the_root_leads_to_the_readers_language(client, accepted, led):
    response = client.get("/", headers={"accept-language": accepted})
    assert response.status_code == 302
    assert response["Location"] == led
    assert "Accept-Language" in response["Vary"]


def test_health_and_readiness(client):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").json() == {"ready": True, "database": True, "migrations_pending": 0}


def test_metrics_are_for_this_machine_or_who_has_the_token(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 404
    assert "praxis_requests_total" in client.get("/metrics").text
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/metrics").status_code == 404
    assert (
        client.get("/metrics", headers={"authorization": "Bearer a-token"}, REMOTE_ADDR="192.0.2.1").status_code == 200
    )


SIGNS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(st.lists(st.tuples(SIGNS, SIGNS), max_size=6), st.sampled_from(["utf-8", "gb18030", "latin-1"]))
def test_a_form_reads_the_same_in_every_script(pairs, encoding):
    body = urlencode(pairs, encoding=encoding, errors="replace").encode()
    _read_alike(body)


PARTS = "% %E4%B8%AD %e4%b8 %AD %FF %ED%A0%80 %00 %0D%0A %26 %25 %2b %2B %3d %3B %2C %32 %01 %02 2C %4 = == & + ; _ a 中"


@given(st.lists(st.sampled_from([part.encode() for part in PARTS.split()])))
def test_a_form_that_is_no_text_reads_the_same(parts):
    _read_alike(b"".join(parts))


def test_a_body_is_put_in_place():
    body = urlencode({"zh:title": "中文 100% a=b&c+d_e\r\n.", "en": ""}).encode()
    assert "中文" in put_in_place(body).decode()
    for odd in (b"a=%", b"a=%zz", b"a=%E4", b"a=%%32C", b"a=%\nE4", b"a=\xff%41"):
        assert put_in_place(odd) == odd


def _read_alike(body):
    def request():
        return RequestFactory().post("/", body, content_type="application/x-www-form-urlencoded")

    plain, quick = request(), request()
    LongForms(lambda request: request.POST)(quick)
    assert quick.POST == plain.POST
    assert quick.body == body


def test_a_long_form_is_refused_as_ever_and_a_file_is_left_alone(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    middleware = LongForms(lambda request: request.POST)
    with pytest.raises(RequestDataTooBig):
        middleware(RequestFactory().post("/", {"a": "中" * 400}, content_type="application/x-www-form-urlencoded"))
    form = {"a": "中", "file": io.BytesIO(b"%E4%B8%AD")}
    request = RequestFactory().post("/", form)
    assert middleware(request)["a"] == "中"
    assert request.FILES["file"].read() == b"%E4%B8%AD"


def test_every_page_has_the_policy_and_one_of_its_own_where_it_asks(client):
    def directives(header):
        return set(header.split("; "))

    for path in ("/", "/en/nowhere/", "/healthz"):
        assert directives(client.get(path)["Content-Security-Policy"]) == directives(build_policy())

    def own(_request):
        response = HttpResponse("")
        response._csp_update = {"img-src": ["https://pictures.example"]}
        return response

    assert "https://pictures.example" in ContentPolicy(own)(RequestFactory().get("/"))["Content-Security-Policy"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_has_ended_is_opened_anew(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        first = cursor.fetchone()[0]
    assert connection.is_usable()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    finally:
        other.close()
    assert not connection.is_usable()
    connection.health_check_enabled, connection.health_check_done = True, False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != first
