"""What comes in: hear, clean, match, triage, record. Reads only; nothing here can post."""
