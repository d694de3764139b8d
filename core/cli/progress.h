/* SPDX-License-Identifier: MIT */
/* A line on standard error that says how far a long file is read: only on a terminal and only after a second. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "capan/capture.h"

struct progress {
    const char *file;
    const struct capan_capture *capture;
    int64_t next_us; /* when to look again, by the monotonic clock */
    uint32_t steps;
    bool terminal, shown;
};

/* shares: rows go to the same terminal meanwhile, so that nothing is to be shown. */
void progress_begin(struct progress *, const char *file, const struct capan_capture *, bool shares);
/* Once per frame; looks at the clock now and then. */
void progress_step(struct progress *);
/* Takes the line away. */
void progress_end(struct progress *);

#endif
