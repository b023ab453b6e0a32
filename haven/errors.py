"""Error pages: one sentence and one way on, the same for everybody, with nothing of the request in them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

SENTENCES = {
    400: "The request could not be understood.",
    403: "This page is not available to you.",
    404: "There is nothing here.",
    500: "Something went wrong on our side; nothing was lost.",
}


def _page(status: int, sentence: str | None = None) -> HttpResponse:
    sentence = sentence or SENTENCES[status]
    try:
        body = get_template(f"{status}.html").render({"sentence": sentence})
    except TemplateDoesNotExist:
        body = (
            "<!doctype html><html lang='en'><head><title>haven-intake</title></head>"
            f"<body><main><h1>{sentence}</h1><p><a href='/'>Go to the work list</a></p></main></body></html>"
        )
    return HttpResponse(body, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(403, "This form has expired; go back, load the page anew and send it again.")
