"""Make .venv and install a hashed lock into it; see scripts/bootstrap. Standard library only."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed-lock"
LOCKS = {"runtime": CHECKOUT / "requirements.txt", "dev": CHECKOUT / "requirements-dev.txt"}
OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """Install the wanted lock unless it is there already. Returns the exit code."""
    wanted = arguments[0] if arguments else "runtime"
    if wanted not in LOCKS:
        print("Usage: scripts/bootstrap [runtime|dev]", file=sys.stderr)
        return 2
    problem = problem_of_this_python()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    with one_at_a_time():
        if is_installed(wanted):
            return 0
        try:
            make_environment()
            install(wanted)
        except subprocess.CalledProcessError as error:
            print(
                f"Installing did not work (exit code {error.returncode}); the lines above say why. "
                "Nothing is lost: run the same command again.",
                file=sys.stderr,
            )
            return 1
        except KeyboardInterrupt:
            print("\nStopped. The same command goes on from here.", file=sys.stderr)
            return 130
    return 0


def problem_of_this_python() -> str:
    """What is missing in the interpreter, as a sentence that says what to do; empty when nothing is."""
    version = ".".join(str(part) for part in sys.version_info[:2])
    if sys.version_info < OLDEST:
        return (
            f"Python 3.11 or newer is needed; {sys.executable} is {version}. "
            f"Name another one: make demo PYTHON=/path/to/python3.11"
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        return (
            f"{sys.executable} cannot make virtual environments: its 'venv' part is packaged separately. "
            f"On Debian and Ubuntu install it with: apt-get install python{version}-venv"
        )
    return ""


class one_at_a_time:  # noqa: N801 - reads as a phrase in the with statement
    """Two commands started together must not install into one environment at once."""

    def __enter__(self) -> None:
        (CHECKOUT / "var").mkdir(exist_ok=True)
        self.file = open(CHECKOUT / "var" / "bootstrap.lock", "w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def fingerprint(lock: str) -> str:
    """The lock's name and hash, and the interpreter's version: what the stamp says when all is in place."""
    digest = hashlib.sha256(LOCKS[lock].read_bytes()).hexdigest()
    return f"{lock} {digest} {sys.version_info.major}.{sys.version_info.minor}"


def is_installed(wanted: str) -> bool:
    """Whether the environment holds the wanted lock; the development lock contains the other."""
    if not (STAMP.exists() and VENV_PYTHON.exists()):
        return False
    return STAMP.read_text() in (fingerprint(wanted), fingerprint("dev"))


def make_environment() -> None:
    """Create .venv; one that is half made or of another Python is thrown away first."""
    probe = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    if VENV_PYTHON.exists():
        answer = subprocess.run([VENV_PYTHON, "-c", probe], capture_output=True, text=True)
        if answer.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}":
            return
    if VENV.exists():
        shutil.rmtree(VENV)
    print("Creating the virtual environment .venv …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def install(wanted: str) -> None:
    """Install the lock, exactly and by hash, and leave the stamp."""
    count = sum("==" in line and not line.startswith(("#", " ")) for line in LOCKS[wanted].read_text().splitlines())
    print(f"Installing {count} packages (once; about a minute) …", flush=True)
    began = time.monotonic()
    STAMP.unlink(missing_ok=True)
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-input"]
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    subprocess.run([*pip, "--require-hashes", "-r", str(LOCKS[wanted])], check=True, cwd=CHECKOUT, env=environment)
    STAMP.write_text(fingerprint(wanted))
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
