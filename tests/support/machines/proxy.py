"""A real nginx of a test's own, with the configuration that the page shows."""

import os
import shutil
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.machines.children import Child, run
from tests.support.machines.page_files import PROXY, with_replaced
from workbook.runtime.ports import LOOPBACK, free_port

# Says who served a visitor: the one thing that the page's own file does not.
SERVED_BY = "X-Served-By"
MAIN = """
{user}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    access_log access.log;
    client_body_temp_path temp;
    proxy_temp_path temp;
    fastcgi_temp_path temp;
    uwsgi_temp_path temp;
    scgi_temp_path temp;
    add_header {header} $upstream_addr always;
    include status.conf;
}}
"""


def find_nginx() -> Path | None:
    """Return this machine's nginx, if there is one; Debian keeps it off an ordinary PATH."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which("nginx", path=places)
    return Path(found) if found else None


@dataclass(frozen=True)
class Proxy:
    """A running nginx: the port of its HTTPS, and who is trusted to have signed its certificate."""

    child: Child
    port: int
    certificate: Path

    @property
    def url(self) -> str:
        """The site's address, without a slash at the end."""
        return f"https://{LOOPBACK}:{self.port}"

    def trust(self) -> ssl.SSLContext:
        """Return what a visitor needs to trust it."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        with socket.socket() as knock:
            knock.settimeout(2)
            return knock.connect_ex((LOOPBACK, self.port)) == 0


def prepared_proxy(folder: Path, static: Path, web_ports: Sequence[int]) -> Proxy:
    """Write an nginx's files into `folder`, to be started by its `child`.

    It serves `static`, and leads to the web processes at `web_ports`.
    """
    folder.mkdir()
    plain, port = free_port(), free_port()
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    _write_certificate(folder, environment)
    replaced = {
        "www.example.org": LOOPBACK,
        "listen 80;": f"listen {LOOPBACK}:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl;": f"listen {LOOPBACK}:{port} ssl;",
        "listen [::]:443 ssl;": "",
        "/etc/ssl/status/": f"{folder}/",
        "/srv/status/staticfiles/": f"{static}/",
    }
    for number, web_port in enumerate(web_ports, 1):
        replaced[f"web-{number}.internal:8000"] = f"{LOOPBACK}:{web_port}"
    configuration = with_replaced(PROXY.read_text(encoding="utf-8"), replaced)
    (folder / "status.conf").write_text(configuration, encoding="utf-8")
    # Started as root it would give itself to a user who may not enter the test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    main = MAIN.format(user=user, header=SERVED_BY)
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    command = [str(find_nginx()), "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr"]
    child = Child("nginx", command, folder, folder / "nginx.log", environment)
    return Proxy(child, port, folder / "fullchain.pem")


def _write_certificate(folder: Path, environment: Mapping[str, str]) -> None:
    """Write a key, and a certificate for this address that it has signed itself."""
    wanted = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN={LOOPBACK} -addext subjectAltName=IP:{LOOPBACK} "
        "-keyout privkey.pem -out fullchain.pem"
    )
    run(wanted.split(), folder, environment)
