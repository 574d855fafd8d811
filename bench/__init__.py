"""How fast Warmline is, how much it holds, and what limits it: python -m bench, or one part of it."""
