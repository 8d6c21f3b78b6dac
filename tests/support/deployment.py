"""docker-compose.yml without containers: its commands and environments as processes on loopback, its template in a real nginx.

What differs is only what has to: names of services and hosts become loopback addresses, paths in containers become folders here.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.rules import compose
from tests.support.certificates import Certificates
from tests.support.mail_sink import MailSink
from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.programs import ROOT, Program, bare_environment

HOSTS = {
    "LOGIN_HOST": "127.0.0.1",
    "PORTAL_HOST": "127.0.0.2",
    "PAIRING_HOST": "127.0.0.3",
    "CERTIFICATES_HOST": "127.0.0.5",
    "FILING_HOST": "127.0.0.4",
    # By its name, which TLS needs to tell it from the others: only there a certificate is asked for.
    "MTLS_HOST": "localhost",
}
_LISTENS = {
    "provider-1": 8000,
    "provider-2": 8000,
    "dashboard": 8001,
    "pairing": 8002,
    "certificates": 8003,
    "filing": 8004,
}
_STAGE = re.compile(r"(?m)^COPY (?!--)(.+)$")


class Deployment:
    """Start with `start()`, end with `stop()`."""

    def __init__(self, folder: Path, postgres: Postgres, sink: MailSink, certificates: Certificates) -> None:
        self.folder = folder
        self.certificates = certificates
        self.https, self.http = free_port(), free_port()
        self.ports = {name: free_port() for name in _LISTENS}
        addresses = [f"https://{host}:{self.https}" for host in HOSTS.values()]
        self.login, self.portal, self.pairing, self.authority, self.filing, self.mtls = addresses
        mail = {
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(sink.port),
            "MAIL_SENDER": "IP Account <account@example.org>",
        }
        self.variables = {**HOSTS, **mail, "PROVIDER_WORKERS": "1"}
        self.compose = compose.read(self.variables)
        self.secrets = self._make_secrets(postgres.database())
        self.app = self._stage()
        self.programs: dict[str, Program] = {}

    def start(self) -> None:
        # A volume inside of another one.
        (self._folder("certificates") / "certificates").symlink_to(self._folder("authority"))
        assert self.run("migrate").ends() == 0, self.programs["migrate"].text()
        for name in ("provider-1", "provider-2", "worker", "dashboard", "pairing", "certificates", "filing"):
            self.run(name)
        for name, port in self.ports.items():
            self.programs[name].await_ready(f"http://127.0.0.1:{port}/health/ready")
        self._start_proxy()

    def run(self, name: str, *command: str, like: str = "") -> Program:
        """Start a service; with `command`, that in the place of its own, in a container `like` another service's."""
        like = like or name
        words = [
            sys.executable if word == "python" else word for word in command or self.compose.services[like].command
        ]
        environ = self.environment(like)
        # Containers trust the authorities of the world; here there is one.
        trust = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), str(self.certificates.ca))
        environ = {**bare_environment(), **environ, **trust, "PYTHONPATH": str(self.app)}
        program = Program(words, environ, self.folder / f"{name}.log", cwd=self.app)
        self.programs[name] = program
        return program

    def healthy(self, name: str) -> bool:
        """Run the service's own health check."""
        words = self.compose.services[name].healthcheck.test
        assert words[0] == "CMD"
        return self.run(f"{name}-health", *(self._here(word, name) for word in words[1:]), like=name).ends() == 0

    def environment(self, name: str) -> dict[str, str]:
        found = {
            variable: self._here(value, name) for variable, value in self.compose.services[name].environment.items()
        }
        if name in self.ports:
            prefix = "IDP" if name.startswith("provider") else name.upper()
            found[f"{prefix}_PORT"] = str(self.ports[name])
        return found

    def stop(self) -> None:
        for program in self.programs.values():
            program.kill()

    def _here(self, value: str, name: str) -> str:
        """Translate what only makes sense in the service's container."""
        for secret in self.compose.services[name].secrets:
            value = value.replace(f"/run/secrets/{secret}", str(self._secret(secret)))
        for mount in self.compose.services[name].volumes:
            volume, path = mount.split(":")[:2]
            if value == path:
                return str(self._folder(volume))
            value = value.replace(f'"{path}/', f'"{self._folder(volume)}/')
        proxy = self.compose.services["proxy"].networks["front"]
        if proxy and value == proxy.ipv4_address:
            return "127.0.0.1"
        if value in self.compose.services[name].tmpfs:
            return str(self._folder(name + value.replace("/", "-")))
        if value == "0.0.0.0":
            return "127.0.0.1"
        value = re.sub(r"^(https://(?:127\.0\.0\.\d|localhost))$", rf"\1:{self.https}", value)
        return re.sub(r"127\.0\.0\.1:(800\d)", f"127.0.0.1:{self.ports.get(name)}", value)

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def _secret(self, name: str) -> Path:
        return self.secrets / Path(self.compose.secrets[name].file).name

    def _make_secrets(self, database_url: str) -> Path:
        folder = self.folder / "secrets"
        subprocess.run([ROOT / "config/deploy/make-secrets", folder], check=True, stdout=subprocess.DEVNULL)
        settings = folder / "provider.toml"
        text, count = re.subn(r"postgresql://idp:[^@]{43}@database/idp", database_url, settings.read_text())
        assert count == 1
        # Rate limits count by network, and all of a test's people share one.
        settings.write_text(text + "\n[provider.passwords]\nmemory_kib = 64\niterations = 1\n")
        shutil.copy(self.certificates.certificate, folder / "tls.crt")
        shutil.copy(self.certificates.key, folder / "tls.key")
        return folder

    def _stage(self) -> Path:
        """Lay out what the image's last stage copies, and nothing else."""
        app = self.folder / "app"
        last = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
        for source, target in (line.split() for line in _STAGE.findall(last)):
            shutil.copytree(
                ROOT / source, app / target, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "deploy")
            )
        return app

    def _start_proxy(self) -> None:
        text = (ROOT / "config/deploy/proxy.conf.template").read_text()
        text = re.sub(r"\$\{(\w+)\}", lambda match: self.compose.services["proxy"].environment[match[1]], text)
        for name, port in _LISTENS.items():
            text = text.replace(f"server {name}:{port};", f"server 127.0.0.1:{self.ports[name]};")
        for secret in self.compose.services["proxy"].secrets:
            text = text.replace(f"/run/secrets/{secret};", f"{self._secret(secret)};")
        text = text.replace("/authority/", f"{self._folder('authority')}/")
        text = re.sub(r"listen 443\b", f"listen {self.https}", text)
        text = re.sub(r"listen 80\b", f"listen {self.http}", text)
        folder = self._folder("nginx")
        text = text.replace("/dev/stdout", f"{folder}/access.log")
        paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{path}_temp_path {folder}/{path};\n" for path in paths)
        (folder / "nginx.conf").write_text(
            f"daemon off;\npid {folder}/pid;\nerror_log stderr warn;\nworker_processes 1;\n"
            + ("user root;\n" if os.geteuid() == 0 else "")
            + f"events {{}}\nhttp {{\n{temporary}\n{text}\n}}\n"
        )
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        command = [nginx, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        program = self.programs["proxy"] = Program(command, bare_environment(), self.folder / "proxy.log")
        program.await_ready(f"{self.login}/health/live", verify=str(self.certificates.ca))

    def proxied(self) -> list[list[str]]:
        """Return the lines of the proxy's log, as words: time, address, host, method, status, seconds, upstream, request id."""
        return [line.split() for line in (self.folder / "nginx/access.log").read_text().splitlines()]
