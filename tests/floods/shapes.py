# SPDX-License-Identifier: MIT
"""The table of shapes: each is a small function that gives n units of a flood, and says in its text what it attacks."""
import random

TABLE = {}


class Shape:
    """make(n, random) gives frames. file(frames): the octets of the capture, where that is no plain pcap. n: the size of
    the table; lies: the program may end with exit status 3, and then exchanges behind the lie may be missing, as standard
    error says."""

    def __init__(self, make, n, file=None, lies=False):
        self.make, self.n, self.file, self.lies = make, n, file, lies
        self.name = make.__name__.replace('_', '-')
        self.attacks = ' '.join(make.__doc__.split())

    def frames(self, n):
        return list(self.make(n, random.Random(self.name)))


def shape(n, **how):
    def add(make):
        one = Shape(make, n, **how)
        TABLE[one.name] = one
        return make
    return add
