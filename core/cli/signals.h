/* SPDX-License-Identifier: MIT */
/* SIGINT and SIGTERM end the reading, not the work: what was read is finished and printed. A second one ends at once.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

/* From here on; a signal that whoever started us had ignored stays ignored. */
void signals_catch(void);
/* The first signal is for who reads signals_stop(), and not caught here. */
void signals_pass_on(void);
/* The first signal that came, 0 none. */
int signals_caught(void);
/* A descriptor that can be read from that signal on, so that nobody need wait for input any more; -1 without one. */
int signals_stop(void);

#endif
