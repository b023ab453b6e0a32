"""Nobody sees a page without a second factor, whatever its view forgot to ask (IA-2(1))."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve
from django.urls.exceptions import Resolver404
from django.utils.http import urlencode

Next = Callable[[HttpRequest], HttpResponseBase]

BEFORE_SIGN_IN = {"account_login", "mfa_authenticate", "account_logout"}
BEFORE_SECOND_FACTOR = {"account_logout", "mfa_activate_totp", "account_reauthenticate", "mfa_reauthenticate"}


def no_store(get_response: Next) -> Next:
    """Pages are never kept in a cache of the browser or a proxy; static files, answered earlier, may be."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


class RequireMfa:
    """Signed in with a second factor, or only the pages that lead there. There is no switch that turns this off."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = _route_name(request)
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request) if name in BEFORE_SIGN_IN else _to(request, "account_login")
        records = get_authentication_records(request, user)
        too_old = bool(records) and time.time() - records[0]["at"] > settings.SESSION_LONGEST
        if too_old or (user.demonstration and settings.PUBLIC_HOSTS):
            logout(request)
            return _to(request, "account_login")
        if any(record["method"] == "mfa" for record in records):
            user.session_mfa = True
            return self.get_response(request)
        if name in BEFORE_SECOND_FACTOR:
            return self.get_response(request)
        if Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists():
            return _to(request, "mfa_reauthenticate")
        return _to(request, "mfa_activate_totp")


def _route_name(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return None


def _to(request: HttpRequest, name: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):  # htmx would put the sign-in page into a part of the old one
        response = HttpResponse(status=401)
        response.headers["HX-Refresh"] = "true"
        return response
    response = redirect(name)
    if request.method == "GET" and request.path != "/":
        response["Location"] += "?" + urlencode({"next": request.path})
    return response
