/* SPDX-License-Identifier: MIT */
/* What the program gives up before it reads the first octet of a capture. */
#ifndef CONTAIN_H
#define CONTAIN_H

#include "options.h"

/* folder: open, the only one in which files are made from then on; -1 none. */
void contain(const struct options *, int folder);

#endif
