/* SPDX-License-Identifier: MIT */
/* What can be captured from. */
#ifndef INTERFACES_H
#define INTERFACES_H

#include "options.h"

/* A line for each interface, the likeliest first: its name, whether packets can come, its addresses, what it is. */
enum exit_status interfaces_list(void);

#endif
