"""A reply that could only have been written to this person: chosen from the templates, drawn from what they said."""

from responders.compose.choose import Composed, compose
from responders.compose.known import Brand
from responders.compose.templates import Replies, TemplateError

__all__ = ["Brand", "Composed", "compose", "Replies", "TemplateError"]
