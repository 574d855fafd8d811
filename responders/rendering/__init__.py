"""Templates rendered in a child with limits: the only road for a template that a user may have written."""
