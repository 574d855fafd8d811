"""HTML to words, in one pass whatever stands there: a post keeps its paragraphs, a page of a feed or mail its links."""
