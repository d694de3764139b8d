/* SPDX-License-Identifier: MIT */
/* The program gives up what reading a capture does not need, before it reads the first octet of one: whoever gets hold
 * of it through a capture can then write to one folder at most, start nothing and reach nobody. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

/* folder: open, the only one that may be written to; -1 none. names: a capture filter may have names of hosts in it,
 * which the resolver asks the network for. Where the kernel lacks a part, that part is left out. False when nothing
 * could be given up at all. There is no way back. */
bool sandbox_enter(int folder, bool names);

#endif
