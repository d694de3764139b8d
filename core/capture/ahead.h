/* SPDX-License-Identifier: MIT */
/* A capture read ahead: a thread of its own reads, unpacks and decodes, and hands what it found over in batches. */
#ifndef AHEAD_H
#define AHEAD_H

#include "reader.h"

struct capan_ahead;

/* Starts the thread. The reader is the thread's until the object is freed, but for its message once next has returned
 * another result than CAPAN_OK; it must live as long. NULL: without memory, or the system gives no thread. */
struct capan_ahead *capan_ahead_new(struct capan_reader *);
/* Ends the thread, wherever it is. ahead may be NULL. */
void capan_ahead_free(struct capan_ahead *ahead);

/* The next batch to the sink, which the caller's thread calls; waits for it. Results as of capan_reader_next, for all
 * of the batch. */
enum capan_result capan_ahead_next(struct capan_ahead *, const struct capan_capture_sink *);

/* What had been read when the last batch was complete. */
const struct capan_read *capan_ahead_read(const struct capan_ahead *);

#endif
