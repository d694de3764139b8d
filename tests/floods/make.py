#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the capture of one flood, with the honest exchanges mixed in.

usage: make.py SHAPE N FILE
"""
import pathlib
import sys

import files
import honest
import http1
import http2
import network
import shapes
import tcp
import wire

LAYERS = tcp, http1, http2, network, files  # what fills the table


def make(name, n, path):
    """Returns the number of frames."""
    shape = shapes.TABLE[name]
    frames = honest.mixed(shape.frames(n))
    pathlib.Path(path).write_bytes((shape.file or wire.pcap)(frames))
    return len(frames)


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    print(make(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
