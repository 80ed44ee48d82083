"""What the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_portal.settings")
application = get_wsgi_application()

from cmo_portal.checks import refuse_wrong_settings  # noqa: E402 - after the apps are loaded

refuse_wrong_settings()
