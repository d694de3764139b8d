/* SPDX-License-Identifier: MIT */
/* What the engine says of a script. */
#ifndef PLAY_H
#define PLAY_H

#include "script.h"

enum { PLAY_STREAMS = 16 };

/* Free it in any case. */
struct verdicts {
    struct capan_segment *segments; /* by segment of the script; frame 0: none was reported */
    struct capan_segment *copies;   /* of each packet's second copy, likewise */
    size_t count;
    struct capan_tcp_summary summaries[PLAY_STREAMS];
    struct capan_icmp icmps[PLAY_STREAMS];
    bool known[PLAY_STREAMS];
};

/* False without memory for the engine itself. */
bool verdicts_play(struct verdicts *, const struct script *, const struct script_variant *, const struct capan_alloc *);
void verdicts_free(struct verdicts *);

/* A verdict with everything that no variant may change, in one line; and the same on standard error. */
enum { VERDICT_TEXT = 2048 };
void verdict_text(const struct capan_segment *, char text[VERDICT_TEXT]);
void verdict_describe(const struct capan_segment *);

/* How many of the properties that hold of every script do not hold of this one. base: what it gives as it is. */
unsigned check_properties(const struct script *, const struct verdicts *base);

#endif
