"""Who works at the terminal: an account with its password and one-time code, as on the pages (IA-2(1))."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from extract.errors import UsageProblem

if TYPE_CHECKING:
    from haven.accounts.models import User

As = Annotated[str, typer.Option("--as", help="Your account; password and one-time code are asked for.")]
At = Annotated[str, typer.Option(help="When, in UTC: 2026-11-26 or 2026-11-26T14:30. Now, if not given.")]


def sign_in(username: str) -> User:
    """The account, once it has shown both factors. Raises ``Refused`` with the same sentence whatever was wrong.

    Failures count towards the same lock-out as on the sign-in page.
    """
    from django.conf import settings
    from django.contrib.auth import authenticate, user_login_failed
    from django.http import HttpRequest

    from haven.accounts.models import User
    from haven.audit import log
    from haven.duties.asking import Refused

    request = HttpRequest()
    request.method, request.path = "POST", "/terminal"
    request.META = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "haven"}
    password = typer.prompt(f"Password of {username}", hide_input=True, err=True)
    code = typer.prompt("One-time code", hide_input=True, err=True)
    user = authenticate(request, username=username, password=password)
    if isinstance(user, User) and not _code_is_right(user, code):
        user_login_failed.send(__name__, credentials={"username": username}, request=request)
        user = None
    if not isinstance(user, User):
        raise Refused("Name, password or code is not right; a code is good once.")
    if user.demonstration and settings.PUBLIC_HOSTS:
        raise Refused("Demonstration accounts do not work on a public server.")
    log.append("account.terminal", actor=str(user.pk), detail={"component": user.component, "role": user.role})
    user.session_mfa = True
    return user


def moment(text: str) -> dt.datetime | None:
    """A day or a minute in UTC; None for an empty text. Raises ``UsageProblem``."""
    if not text:
        return None
    try:
        read = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem("A time is written 2026-11-26 or 2026-11-26T14:30, in UTC.") from None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageProblem("A day is written YYYY-MM-DD.") from None


def _code_is_right(user: User, code: str) -> bool:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    factor = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    return factor is not None and TOTP(factor).validate_code(code)
