"""What Label Studio is told through its environment, and all that it is told: on this machine only, calling nobody."""

from __future__ import annotations

import os
from pathlib import Path

KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What it needs of ours. DEBUG, PORT, USERNAME and many more common names are settings to it: none of them goes in."""

QUIET = {
    "COLLECT_ANALYTICS": "false",  # telemetry of the server, and Google's tag in the log-in page
    "SENTRY_DSN": "",  # error reports of the server
    "FRONTEND_SENTRY_DSN": "",  # error reports of the page, and the script for them
    "LATEST_VERSION_CHECK": "false",  # asks PyPI at each start
    "FEATURE_FLAGS_OFFLINE": "true",
    "CONVERTER_DOWNLOAD_RESOURCES": "false",  # an export would fetch whatever tasks link to
}
"""Every switch of Label Studio 1.23 against calls outside. What has none (tips from GitHub), the launcher refuses."""

CLOSED = {
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "CORS_ALLOW_ALL_ORIGINS": "false",
    "DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "LOCAL_FILES_SERVING_ENABLED": "false",
    "DEBUG": "false",
    "LOG_LEVEL": "WARNING",
}
"""Others on this machine are not invited either."""


def settings(data: Path) -> dict[str, str]:
    """The whole environment of a Label Studio that keeps everything in `data`."""
    mine = {**QUIET, **CLOSED, "DJANGO_DB": "sqlite", "BASE_DATA_DIR": str(data.absolute())}
    home = {"HOME": str(data.absolute()), "XDG_CONFIG_HOME": str(data.absolute() / "config")}  # it writes an id there
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **home, **{f"LABEL_STUDIO_{name}": value for name, value in mine.items()}}
