"""A mailbox of alerts: `source.py` listens by IMAP; `alerts.py` reads the mails, `links.py` where they lead to."""

from listener.sources.mailbox.alerts import PLATFORM
from listener.sources.mailbox.source import ACCESS, Mailbox, Settings, connect

__all__ = ["ACCESS", "PLATFORM", "Mailbox", "SEARCHED", "Settings", "connect"]

SEARCHED = False  # letters come as they come
