"""The storage room of what was heard: the only place in `listener` that speaks SQL."""
