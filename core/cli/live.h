/* SPDX-License-Identifier: MIT */
/* Packets of a network interface while they pass. A process of its own, which alone has the interface, writes them as
 * pcapng into a pipe; that is standard input from then on, and read like any other. */
#ifndef LIVE_H
#define LIVE_H

#include "options.h"

/* Opens the interface of the options, starts that process, and gives up all rights that only the interface needed.
 * From then on the first signal ends capturing, and what was captured is read to its end. One line tells of what
 * fails. Call before anything is opened that those rights must not open. */
enum exit_status live_begin(const struct options *);
/* Waits for that process, which ends when nobody reads any more. What befell it, when anything did. */
enum exit_status live_end(void);

#endif
