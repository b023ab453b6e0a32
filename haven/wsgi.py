"""For gunicorn or any other WSGI server: opens the store first and refuses to start where it cannot."""

from __future__ import annotations

import os
import sys

from extract.errors import ConfigurationProblem

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haven.settings")

try:
    from haven.store import open_store

    open_store()
except ConfigurationProblem as problem:
    print(f"haven: {problem}", file=sys.stderr)
    sys.exit(problem.exit_code)

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
