"""Token buckets: how many requests of a kind one client may make, and how fast they come back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from praxis.foundation import clock


@dataclass(frozen=True, slots=True)
class Bucket:
    """`capacity` requests at once; one more every `seconds` seconds."""

    kind: str
    capacity: int
    seconds: float


SIGN_IN = Bucket("sign-in", 20, 6)
REGISTER = Bucket("register", 20, 30)
UPLOAD = Bucket("upload", 400, 0.25)
SEARCH = Bucket("search", 60, 1)


def bucket_of(request: HttpRequest) -> Bucket | None:
    """The bucket this request draws from, judged by its address: None when it is free."""
    path = request.path_info
    if request.method in {"GET", "HEAD"}:
        return SEARCH if "q" in request.GET else None
    if path.startswith("/uploads/"):
        return UPLOAD
    _, _, rest = path.lstrip("/").partition("/")
    if rest.startswith("account/"):
        return REGISTER if rest.startswith("account/signup") else SIGN_IN
    return SEARCH if rest.startswith("search") else None


def client_of(request: HttpRequest) -> str:
    """A name for the client that is no personal data: a keyed hash of the user or else the address."""
    session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    user_id = getattr(getattr(request, "user", None), "pk", None) if session_key else None
    if user_id is not None:
        return hashed(f"user:{user_id}")
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        # The proxy in front adds the address it saw as the last one.
        address = request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()
    return hashed(f"address:{address}")


def hashed(value: str) -> str:
    """A short keyed hash, the same for one installation and meaningless outside it."""
    return salted_hmac("praxis.config.limits", value).hexdigest()[:16]


def take(bucket: Bucket, client: str) -> int:
    """Take one request from the client's bucket: 0 when there was one, else the seconds to wait."""
    key = f"limit:{bucket.kind}:{client}"
    now = clock.now().timestamp()
    left, at = cache.get(key, (float(bucket.capacity), now))
    left = min(bucket.capacity, left + max(0.0, now - at) / bucket.seconds)
    if left < 1:
        return math.ceil((1 - left) * bucket.seconds)
    cache.set(key, (left - 1, now), timeout=math.ceil(bucket.capacity * bucket.seconds))
    return 0
