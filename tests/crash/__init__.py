"""Warmline killed at every line, every SQL statement and every phase of an HTTP exchange in turn, and looked at after.

A pass runs in a child process that ends with a real SIGKILL at its n-th step, for every n until a pass ends by itself.
What recovers it is killed as well, at a step that moves along; then it recovers in peace, and what the platform took is
compared with the database. The platform is served by the parent, in its memory, which no death over there touches.
"""
