#!/bin/sh
# SPDX-License-Identifier: MIT
# After the package of the shared library came or went: the loader looks again. Read by rpm, as root.
ldconfig
