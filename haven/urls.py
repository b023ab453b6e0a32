"""Every address of the case system. Paths hold UUIDs only: no case number, no name (decision 5)."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("account/", include("haven.accounts.urls"))]
if find_spec("haven.review") and find_spec("haven.review.urls"):
    urlpatterns.append(path("", include("haven.review.urls")))

handler400 = "haven.errors.bad_request"
handler403 = "haven.errors.forbidden"
handler404 = "haven.errors.not_found"
handler500 = "haven.errors.server_error"
