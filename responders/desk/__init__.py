"""The desk: the web inbox where a person reads what was said, and approves, edits or declines the reply."""
