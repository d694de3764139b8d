/* SPDX-License-Identifier: MIT */
/* SIGINT and SIGTERM end the reading, not the work: what was read is finished and printed. A second one ends at once.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

/* From here on; a signal that whoever started us had ignored stays ignored. */
void signals_catch(void);
/* The first signal that came, 0 none. */
int signals_caught(void);
/* What is read now, -1 nothing: when a signal comes, or came already, a read of it that waits ends as at the end of a
 * file. */
void signals_reading(int file);

#endif
