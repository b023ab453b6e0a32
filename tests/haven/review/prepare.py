"""Makes a store with accounts and cases in ``$HAVEN_HOME``, and prints ids and second factors as JSON."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from extract.record import Need
from haven.store import open_store

OFFICE = "VSC"
PASSWORD = "correct horse battery staple"
NEWCOMER = "a.newcomer"
"""Has a password and no second factor yet."""
ACCOUNTS = (
    ("r.ortega", "R. Ortega", "USCIS", "employee", "referral_officer", OFFICE),
    ("l.whitfield", "L. Whitfield", "USCIS", "employee", "supervisor", OFFICE),
    ("d.okafor", "D. Okafor", "USCIS", "employee", "adjudicator", OFFICE),
    ("s.lindqvist", "S. Lindqvist", "USCIS", "employee", "privacy_officer", OFFICE),
    ("m.tanaka", "M. Tanaka", "ICE_HSI", "sworn_officer", "hsi_agent", "HSI"),
    (NEWCOMER, "A. Newcomer", "USCIS", "employee", "adjudicator", OFFICE),
    ("b.carver", "B. Carver", "ICE_ERO", "sworn_officer", "other", "ERO"),
)


def main() -> None:
    open_store(migrate=True)
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import decrypt
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from haven.accounts.models import User
    from haven.accounts.totp import enrol
    from haven.cases.services import store_extraction
    from haven.referral import protocols
    from tests.haven.builders import Told
    from tests.haven.review import packets

    password = make_password(PASSWORD)  # hashed once: it is slow on purpose
    today = timezone.now().date()
    for username, name, component, employee_type, role, office in ACCOUNTS:
        user = User.objects.create(
            username=username,
            password=password,
            display_name=name,
            component=component,
            employee_type=employee_type,
            role=role,
            office=office,
            trained_1367=today,
            trained_trafficking=today,
            demonstration=True,
        )
        if username != NEWCOMER:
            enrol(user)
    answers = [
        ("Part 2, 1.a", "Family name of the applicant", "Ramos", "name", "K3"),
        ("Part 4, 3", "Were you recruited by threats or force?", "Yes", "choice", "K2"),
    ]
    protocols.record(3, today, today.replace(year=today.year + 1), actor="system:tests")
    cases = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("reviewed", "referred", "looked_at"):
            # the same story told three times: one case for each group of tests, so that none waits for another
            told = Told(text=f"{Told().text}\n\nSigned, {name}.", fields=answers, id=name)
            cases[name] = store_extraction(packets.typed(told, Path(folder)), office=OFFICE)
        unsettled = Told(
            text=f"{Told().text}\n\nSigned, with doubts.",
            form=None,
            needs=[
                Need(code="page_needs_person", sentence="Part of this page is handwritten.", page=0),
                Need(code="fields_unknown", sentence="Two fields are in no known edition: look at them on the page."),
            ],
            id="to-settle",
        )
        cases["to_settle"] = store_extraction(packets.typed(unsettled, Path(folder)), office=OFFICE)
        cases["without_places"] = store_extraction(packets.without_places(packets.SECOND, Path(folder)), office=OFFICE)
    secrets = {one.user.username: decrypt(one.data["secret"]) for one in Authenticator.objects.filter(type="totp")}
    print(json.dumps({"cases": {name: [str(c.pk), c.number] for name, c in cases.items()}, "secrets": secrets}))


if __name__ == "__main__":
    main()
