"""Plaza, a small pretend network with people on it: what `warmline demo` is played on, and what tests run against.

It stands alone: the standard library only, nothing of ours. Warmline hears and answers it over HTTP like any other
platform, through listener/sources/plaza.py and responders/publishers/plaza.py.
"""
