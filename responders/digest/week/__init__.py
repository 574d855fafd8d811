"""One week, as the digest needs it: the calendar, the figures by SQL, and which letter is due to whom.

A storage room: all SQL about weeks and digests stands in this folder, and none of it outside.
"""

from responders.digest.week.calendar import Day, Week, WeekError, due_week, zone_named
from responders.digest.week.figures import Figures, Totals, read_figures, read_totals
from responders.digest.week.holes import Hole, Silence, count_streams, read_holes, read_silences
from responders.digest.week.post import Letter, Outcome, Post
from responders.digest.week.voices import Deepened, Voice, Wait, Waits, read_deepened, read_voices, read_waits

__all__ = [
    "Day",
    "Week",
    "WeekError",
    "due_week",
    "zone_named",
    "Figures",
    "Totals",
    "read_figures",
    "read_totals",
    "Deepened",
    "Voice",
    "Wait",
    "Waits",
    "read_deepened",
    "read_voices",
    "read_waits",
    "Hole",
    "Silence",
    "count_streams",
    "read_holes",
    "read_silences",
    "Letter",
    "Outcome",
    "Post",
]
