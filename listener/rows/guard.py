"""Text in a table's cell that no spreadsheet takes for a formula.

A cell that begins with one of these characters is computed when the file is opened, and a formula can call a program
or send the row away (OWASP ASVS 5.0, 1.2.10; CWE-1236). Quotes round the cell do not help, so an apostrophe is put
before it, which spreadsheets take for "this is text". One is put before an apostrophe too: then a reader can take off
exactly one, and has what was said.
"""

from __future__ import annotations

import unicodedata

# ASVS names = + - @ tab and return. Spreadsheets with a Japanese or Chinese keyboard take the wide forms as well, and
# the minus sign; LibreOffice and Lotus' heirs knew | and % as beginnings.
_BEGINS_A_FORMULA = frozenset("=+-@|%\t\r\n＝＋－＠−")
_MARK = "'"


def guarded(text: str) -> str:
    """The text as a cell can hold it."""
    return _MARK + text if _is_taken_for_more(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made this cell of."""
    return cell.removeprefix(_MARK)


def _is_taken_for_more(text: str) -> bool:
    """Whether its first character counts, or its first that can be seen: some readers skip white space before it."""
    if not text or text[0].isalnum():
        return False
    if text[0] in _BEGINS_A_FORMULA or text[0] == _MARK:
        return True
    first = next((char for char in text if not (char.isspace() or unicodedata.category(char) in {"Cf", "Cc"})), "")
    return first in _BEGINS_A_FORMULA
