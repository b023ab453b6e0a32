"""The local doccano: started on loopback, with keys of its own, everything in one private folder.

doccano lives in an environment of its own (``.venv-doccano``, from ``doccano.lock``) and is only ever run as a process.
Its own ``doccano webserver`` listens on every interface, so gunicorn serves it here.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from extract.errors import ConfigurationProblem, ToolMissing

HOUSE = Path(__file__).resolve().parent.parent
START_SECONDS = 180

# Read by doccano's Django: tasks run in the request itself, so no second process has to wait for them; uploads stay in
# our folder (doccano's default lies inside its installation); only loopback names are answered.
_SETTINGS = """\
from config.settings.production import *
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_STORE_EAGER_RESULT = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
DJANGO_DRF_FILEPOND_UPLOAD_TMP = {uploads!r}
DJANGO_DRF_FILEPOND_ALLOW_EXTERNAL_UPLOAD_DIR = True
FILE_UPLOAD_PERMISSIONS = 0o600
"""


@dataclass(frozen=True)
class Account:
    user: str
    password: str


@dataclass(frozen=True)
class Running:
    url: str
    account: Account
    folder: Path
    process: subprocess.Popen[bytes]


def environment(name: str) -> Path:
    """The Python of one of doccano's environments. Raises ToolMissing."""
    home = Path(os.environ.get(f"HAVEN_{name.upper().replace('-', '_')}_VENV", HOUSE / f".venv-{name}"))
    python = home / "bin" / "python"
    if not python.exists():
        raise ToolMissing(f"doccano is not installed in {home}; run 'scripts/setup.sh annotate' once.")
    return python


def default_folder() -> Path:
    return Path(os.environ.get("HAVEN_HOME", Path.home() / ".haven")) / "doccano"


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[Running]:
    """A doccano that answers, until the block ends. ``port`` 0 takes a free one.

    Raises ToolMissing without doccano, ConfigurationProblem when it does not start.
    """
    python = environment("doccano")
    folder = folder.resolve()
    if there := running_here(folder):
        raise ConfigurationProblem(f"doccano runs already, at {there[0]}, on the data in {folder}.")
    port = _free_port(port)
    _make_private(folder)
    account = _account(folder)
    variables = _variables(folder)
    backend = _backend(python)
    _initialise(python, backend, variables, account, folder)
    log = folder / "web.log"
    command = [
        *_dying_with_us(), str(python), "-m", "gunicorn", "--chdir", str(backend), "--bind", f"127.0.0.1:{port}",
        "--workers", "1", "--threads", "4", "--timeout", "600", "config.wsgi",
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=variables, stdout=out, stderr=out, umask=0o077)
    running = Running(f"http://127.0.0.1:{port}", account, folder, process)
    try:
        _wait(running.url, process, log)
        (folder / "server.json").write_text(json.dumps({"url": running.url}))
        yield running
    finally:
        (folder / "server.json").unlink(missing_ok=True)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _forget_uploads(folder)


def _dying_with_us() -> list[str]:
    """Words before a command that end it when we are killed without a word, so that no server is left behind."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def running_here(folder: Path) -> tuple[str, Account] | None:
    """The address and account of the doccano that serves this folder, if one does."""
    try:
        url = json.loads((folder / "server.json").read_text())["url"]
        with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=5):
            return url, _account(folder)
    except (OSError, ValueError, KeyError):
        return None


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        _forget_uploads(folder)
        for part in ("settings", "media", "uploads"):
            (folder / part).mkdir(mode=0o700, exist_ok=True)
        settings = _SETTINGS.format(uploads=str(folder / "uploads"))
        (folder / "settings" / "haven_doccano.py").write_text(settings, encoding="utf-8")
    except OSError as error:
        raise ConfigurationProblem(f"doccano cannot keep its data in {folder}: {error.strerror}.") from None


def _forget_uploads(folder: Path) -> None:
    """doccano leaves a copy of every file that was imported or exported; the texts must not lie about twice."""
    for part in ("media", "uploads"):
        shutil.rmtree(folder / part, ignore_errors=True)


def _account(folder: Path) -> Account:
    """The account of this folder, made with a random password the first time."""
    return Account("annotator", _secret(folder / "password"))


def _secret(path: Path) -> str:
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text(encoding="ascii").strip()


def _variables(folder: Path) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    return kept | {
        "DOCCANO_HOME": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "SECRET_KEY": _secret(folder / "secret"),
        "DJANGO_SETTINGS_MODULE": "haven_doccano",
        "PYTHONPATH": str(folder / "settings"),
        "STANDALONE": "True",
        "DEBUG": "False",
        "DOCCANO_PAGE_SIZE": "100",
        "PYTHONWARNINGS": "ignore",
    }


def _backend(python: Path) -> Path:
    """Where doccano's Django project lies in its environment."""
    code = "import importlib.util as u; print(u.find_spec('backend').submodule_search_locations[0])"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if found.returncode:
        raise ToolMissing(f"doccano is not installed in {python.parent.parent}; run 'scripts/setup.sh annotate' once.")
    return Path(found.stdout.strip())


def _initialise(python: Path, backend: Path, variables: dict[str, str], account: Account, folder: Path) -> None:
    """Tables, roles and the account. The password goes by a pipe: arguments can be read by others."""
    code = (
        "import sys, django; sys.path.insert(0, '.'); django.setup()\n"
        "from django.core.management import call_command\n"
        "from django.contrib.auth import get_user_model\n"
        "call_command('migrate', verbosity=0); call_command('create_roles')\n"
        "name, password = sys.stdin.read().split('\\n')\n"
        "user, _ = get_user_model().objects.get_or_create(username=name)\n"
        "user.is_staff = user.is_superuser = True; user.set_password(password); user.save()\n"
    )
    said = f"{account.user}\n{account.password}"
    done = subprocess.run(
        [python, "-c", code], input=said, cwd=backend, env=variables, capture_output=True, text=True, check=False,
        umask=0o077,
    )  # fmt: skip
    if done.returncode:
        (folder / "setup.log").write_text(done.stderr, encoding="utf-8")
        raise ConfigurationProblem(f"doccano's database could not be prepared; {folder / 'setup.log'} says why.")


def _free_port(port: int) -> int:
    """That port, or with 0 any. Raises ConfigurationProblem where another program has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise ConfigurationProblem(f"Port {port} is taken; give another with --port.") from None
        return probe.getsockname()[1]


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    """Until it answers. Its own health page cannot tell: it asks the task queue, which eager tasks leave out."""
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/v1/auth/login/", timeout=10):  # noqa: S310 (loopback)
                return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:  # it wants a POST: it is there
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise ConfigurationProblem(f"doccano did not start; {log} says why.")
