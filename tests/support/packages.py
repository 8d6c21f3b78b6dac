"""The Debian packages that tests and the benchmark need: installs what is missing as root, else names it. `python -m tests.support.packages`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = {
    "caddy": lambda: shutil.which("caddy"),
    "chromium": lambda: shutil.which("chromium"),
    "firefox-esr": lambda: shutil.which("firefox-esr"),
    "fonts-dejavu-core": lambda: Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists(),
    "fonts-noto-core": lambda: Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf").exists(),
    "libnss3-tools": lambda: shutil.which("pk12util"),
    "nginx-light": lambda: shutil.which("nginx") or Path("/usr/sbin/nginx").exists(),
    "postgresql": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
}


def main() -> int:
    missing = [name for name, present in NEEDED.items() if not present()]
    if not missing:
        return 0
    command = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *missing]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Please install: {' '.join(missing)}  (on Debian: sudo {' '.join(command)})", file=sys.stderr)
        return 1
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(missing)} …", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False, stdout=subprocess.DEVNULL)
    return subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    raise SystemExit(main())
