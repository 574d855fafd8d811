"""What English words mean, and how common they are: for whoever has to tell a name, or what a text is about."""

from listener.vocabulary.words import Point, Words, shipped

__all__ = ["Point", "Words", "shipped"]
