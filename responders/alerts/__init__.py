"""Alerts: a rule rings once for a mention; the desk shows it until somebody has looked, and a letter goes out once."""
