"""Making the environment: nothing to do the second time, and a sentence for a Python that cannot."""

import os
import subprocess
import sys
import time

from cmo_portal.local_services.homes import CHECKOUT

BOOTSTRAP = CHECKOUT / "scripts" / "bootstrap"


def test_bootstrap_of_what_is_there_does_nothing() -> None:
    began = time.monotonic()
    environment = {**os.environ, "PYTHON": sys.executable}
    answer = subprocess.run([BOOTSTRAP, "dev"], env=environment, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert time.monotonic() - began < 10


def test_bootstrap_without_the_venv_package_names_it() -> None:
    without = "import sys; sys.modules['ensurepip'] = None; sys.path.insert(0, 'scripts')"
    code = f"{without}; import bootstrap; sys.exit(bootstrap.main([]))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
    assert answer.returncode == 1
    version = ".".join(str(part) for part in sys.version_info[:2])
    assert answer.stderr.endswith(f"On Debian and Ubuntu install it with: apt-get install python{version}-venv\n")


def test_bootstrap_without_python_says_so() -> None:
    answer = subprocess.run(
        [BOOTSTRAP], env={"PATH": "/usr/bin:/bin", "PYTHON": "python-that-is-not-there"}, capture_output=True, text=True
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("Python 3.11 or newer is needed, and there is no 'python-that-is-not-there' here.")


def test_bootstrap_of_an_unknown_lock_explains_itself() -> None:
    answer = subprocess.run([BOOTSTRAP, "everything"], capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (2, "Usage: scripts/bootstrap [runtime|dev]\n")
