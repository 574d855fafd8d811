"""Mentions from a file: every record is either a mention, or a bad row with its line and the reason."""

from listener.rows.read import COLUMNS, UNDATED, BadRow, RowsError, parse_mapping, read_rows

__all__ = ["COLUMNS", "UNDATED", "BadRow", "RowsError", "parse_mapping", "read_rows"]
