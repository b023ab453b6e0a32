"""Every address of the case system. Paths hold UUIDs only: no case number, no name (decision 5)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("account/", include("haven.accounts.urls")),
    path("", include("haven.review.urls")),
]

handler400 = "haven.errors.bad_request"
handler403 = "haven.errors.forbidden"
handler404 = "haven.errors.not_found"
handler500 = "haven.errors.server_error"
