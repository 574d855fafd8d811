"""A real IMAP server on loopback: Debian's Dovecot, with a folder, ports and a certificate of its own.

It runs in the foreground from a configuration of its own; nothing of the system's service is used or touched.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.running import until

USER, PASSWORD = "alerts", "correct horse battery"


@dataclass(frozen=True, slots=True)
class Dovecot:
    """The running server: its ports, and the file with the authority that signed its certificate."""

    plain_port: int
    tls_port: int
    authority: Path
    folder: Path

    def put(self, mail: bytes, folder: str = "INBOX", came_at: str | None = None) -> None:
        """Lay a mail into a folder, as if it had come at that time (`"20-Nov-2026 12:00:00 +0000"`)."""
        with self.opened() as imap:
            status, said = imap.append(f'"{folder}"', None, f'"{came_at}"' if came_at else None, mail)  # type: ignore[arg-type]
            assert status == "OK", said

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """A conversation of the test's own with the server."""
        imap = imaplib.IMAP4("127.0.0.1", self.plain_port, timeout=10)
        try:
            imap.login(USER, PASSWORD)
            yield imap
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                imap.logout()

    def folder_of_its_own(self, name: str) -> None:
        """A new, empty folder; one of that name that was there before is gone, with its UIDVALIDITY."""
        with self.opened() as imap:
            imap.delete(f'"{name}"')
            status, said = imap.create(f'"{name}"')
            assert status == "OK", said


def why_not() -> str | None:
    """Why there can be none here; None where there can."""
    if shutil.which("dovecot") is None:
        return "dovecot is not installed: sh tests/setup.sh"
    # Its processes change to users of their own.
    return None if os.geteuid() == 0 else "dovecot can only be started by root"


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """The server, from when it answers until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="warmline-dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(_free_port(), _free_port(), folder / "authority.pem", folder)
    _write(folder, server)
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "nobody", "nogroup")
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(["dovecot", "-F", "-c", folder / "dovecot.conf"], stdout=out, stderr=out)
    try:
        until(lambda: _answers(server) or process.poll() is not None, f"dovecot ({folder}/log)", 30)
        assert process.poll() is None, (folder / "out").read_text()
        yield server
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(server: Dovecot) -> bool:
    try:
        with server.opened():
            return True
    except (OSError, imaplib.IMAP4.error):
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _write(folder: Path, server: Dovecot) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(server.authority))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(folder / "cert.pem"))
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\nlampe:{{PLAIN}}grünes Licht\n", encoding="utf-8")
    (folder / "users").chmod(0o644)
    (folder / "dovecot.conf").write_text(f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/cert.pem
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u:UTF-8
mailbox_list_index = no
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {server.plain_port}
  }}
  inet_listener imaps {{
    port = {server.tls_port}
  }}
}}
service anvil {{
  chroot =
}}
""")
