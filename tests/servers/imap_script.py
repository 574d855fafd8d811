"""An IMAP server that says what a test tells it to, over real sockets: for what a real one does on its bad days."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class ImapScript:
    """Its port, what it was asked, and what is wrong with it.

    `wrong` maps a command (GREETING, LOGIN, EXAMINE, "UID SEARCH", "UID FETCH") to how it ends: `hang`, `drip`,
    `reset`, `bye`, `garbage`, or lines to say, where {tag} stands for the command's tag. `mails` are uid and bytes.
    """

    port: int
    wrong: dict[str, str] = field(default_factory=dict)
    mails: dict[int, bytes] = field(default_factory=dict)
    validity: str = "7"
    asked: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, command: str, words: str) -> list[bytes]:
        """The untagged lines to a command that goes well."""
        if command == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1"]
        if command == "EXAMINE":
            following = max(self.mails, default=0) + 1
            said = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] v\r\n* OK [UIDNEXT {following}] n"
            return [said.encode()]
        if command == "UID SEARCH":
            first = int(words.split("UID ")[-1].split(":")[0])
            found = [uid for uid in sorted(self.mails) if uid >= first] or sorted(self.mails)[-1:]
            return [("* SEARCH " + " ".join(map(str, found))).encode()]
        if command == "UID FETCH":
            return [self._fetched(int(uid), words) for uid in words.split()[2].split(",")]
        return []

    def _fetched(self, uid: int, words: str) -> bytes:
        mail, number = self.mails[uid], sorted(self.mails).index(uid) + 1
        if "SIZE" in words:
            date = '"20-Nov-2026 12:00:00 +0000"'
            return f"* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)} INTERNALDATE {date})".encode()
        return f"* {number} FETCH (UID {uid} BODY[]<0> {{{len(mail)}}}\r\n".encode() + mail + b")"


@contextmanager
def imap_script() -> Iterator[ImapScript]:
    """The server at a free port of 127.0.0.1."""
    door = socket.create_server(("127.0.0.1", 0))
    script = ImapScript(door.getsockname()[1])
    threads: list[threading.Thread] = []

    def wait() -> None:
        while True:
            line, _ = door.accept()
            if script.closing.is_set():
                line.close()
                return
            threads.append(threading.Thread(target=_talk, args=(script, line)))
            threads[-1].start()

    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        yield script
    finally:
        script.closing.set()
        socket.create_connection(door.getsockname()).close()
        waiting.join()
        for thread in threads:
            thread.join()
        door.close()


def _talk(script: ImapScript, line: socket.socket) -> None:
    line.settimeout(10)
    with line, line.makefile("rb") as heard, suppress(OSError):
        if _goes_wrong(script, line, "GREETING", ""):
            return
        line.sendall(b"* OK ready\r\n")
        for raw in heard:
            said = raw.decode("utf-8", "replace").rstrip("\r\n")
            tag, _, words = said.partition(" ")
            command = " ".join(words.upper().split()[: 2 if words.upper().startswith("UID") else 1])
            script.asked.append(words)
            if _goes_wrong(script, line, command, tag):
                return
            if command in script.wrong:
                continue
            bye = [b"* BYE bye"] if command == "LOGOUT" else []
            told = [*bye, *script.answer(command, words), f"{tag} OK done".encode()]
            line.sendall(b"".join(one + b"\r\n" for one in told))
            if bye:
                return


def _goes_wrong(script: ImapScript, line: socket.socket, command: str, tag: str) -> bool:
    """Do what is wrong with this command, and say whether that ended the conversation."""
    how = script.wrong.get(command)
    if how is None:
        return False
    if how == "hang":
        script.closing.wait(10)
    elif how == "drip":
        while not script.closing.wait(0.05):
            line.sendall(b"*")
    elif how == "reset":
        line.sendall(b"* 1 FETCH (UID 1 BODY[] {900}\r\nhalf")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif how == "bye":
        line.sendall(b"* BYE shutting down\r\n")
    elif how == "garbage":
        line.sendall(b"\x00\xff\xfe HTTP/1.1 400 Bad Request\r\n\r\n<html>{99}\r\n")
    else:
        line.sendall(how.format(tag=tag).encode() + b"\r\n")
        return False
    return True
