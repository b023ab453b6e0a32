"""Stores in folders of their own and the programs that work on them, for the tests of rotation, backup and restore."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.haven.test_at_rest import STORE

BUILD = (
    STORE
    + """
from haven.accounts.totp import enrol
from haven.accounts.sessions import SessionStore
enrol(user)
signed_in = SessionStore()
signed_in["case"] = "Maylin Ramos"
signed_in.save()
"""
)
"""One case with corrections, notes and a second officer's access; an account with its second factor; a session."""

EVERYTHING = """
import hashlib, json
from haven.store import open_store
open_store()
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.apps import apps
from django.db import router
from haven.audit import verification
from haven.cases import rotation
from haven.cases.blobs import blobs
from haven.cases.fields import SealedRecord
from haven.keys import WRAPPING

def opened(row):
    fields = [f.attname for f in row._meta.concrete_fields if f.attname != "data_key"]
    return [str(getattr(row, name)) for name in fields]

models = [m for m in apps.get_models() if m._meta.app_label in ("cases", "referral", "duties", "accounts")]
print(json.dumps({
    "rows": {m._meta.label: sorted(map(opened, m._base_manager.all())) for m in models},
    "links": apps.get_model("cases", "Value").evidence.through.objects.count(),
    "blobs": sorted(hashlib.sha256(blobs().get(*place)).hexdigest() for place in blobs().each()),
    "factors": [decrypt(row.data["secret"]) for row in Authenticator.objects.all()],
    "log": verification.verify_live([]).problem,
    "versions": {purpose: dict(rotation.usage(purpose)) for purpose in WRAPPING},
}))
"""

KILLING = """
import os, random, signal, sys, time, traceback
import django
django.setup()
from haven.store import open_store

def forked(work):
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child

def killed_at(step, work):
    \"\"\"kill -9 at the given call of the function that ``work`` is given.\"\"\"
    left = [step]
    def advance(*_):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return _ended(forked(lambda: work(advance)))

def killed_after(seconds, work):
    child = forked(lambda: work(lambda *_: None))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return _ended(child)

def _ended(child):
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "it failed before it was killed"
    return os.WIFSIGNALED(status)
"""
"""Imports everything once and forks for each kill, before any database is open."""


def environment(home: Path, **more: str) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
    return {**clean, "HAVEN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haven.settings", "PYTHONPATH": ".", **more}


def program(home: Path, code: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs Python code on a store, in a process of its own."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, env=environment(home, **more), capture_output=True, text=True, timeout=300, check=False
    )


def haven(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return program(home, "import sys; from haven.cli import app; app(sys.argv[1:])", *arguments, **more)


def build(folder: Path, code: str = BUILD, **more: str) -> Path:
    """Makes ``folder/home`` with a store in it."""
    (folder / "in").mkdir(parents=True)
    made = program(folder / "home", code, str(folder / "in"), **more)
    assert made.returncode == 0, made.stderr[-3000:]
    return folder / "home"


def everything(home: Path, **more: str) -> dict[str, Any]:
    """All that a store holds, opened, and which key versions wrap it."""
    told = program(home, EVERYTHING, **more)
    assert told.returncode == 0, told.stderr[-3000:]
    return json.loads(told.stdout)


def content(home: Path, **more: str) -> dict[str, Any]:
    """All that a store holds, whatever keys wrap it."""
    return {name: value for name, value in everything(home, **more).items() if name != "versions"}


def one_sentence(run: subprocess.CompletedProcess[str], code: int) -> str:
    lines = run.stderr.strip().splitlines()
    assert run.returncode == code, run.stderr
    assert len(lines) == 1 and lines[0].startswith("haven: "), run.stderr
    return lines[0]
