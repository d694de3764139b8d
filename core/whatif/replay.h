/* SPDX-License-Identifier: MIT */
/* What one cache does with the exchanges about one target URI, in the order of their frames: a request is decided when
 * it comes, its answer is there when its last frame is. */
#ifndef REPLAY_H
#define REPLAY_H

#include "rules.h"

enum { CAPAN_WHATIF_VARIANTS = 32 }; /* stored for one target URI; the oldest is given up for more */

struct capan_replay_event {
    uint32_t frame, at; /* at: the member's number, doubled; odd: its request, else its answer */
};

/* Memory for one after another. Begun with alloc, key and shared, the rest zero; then free. */
struct capan_replay {
    const struct capan_alloc *alloc;
    struct capan_hash_key key;
    bool shared;
    struct capan_replay_event *events;
    size_t capacity;
    struct capan_whatif_stored stored[CAPAN_WHATIF_VARIANTS]; /* the one stored first is first */
    size_t stored_count;
};
void capan_replay_free(struct capan_replay *);

/* members: exchanges of one cache and target URI. Each row's served and all behind it are filled in. CAPAN_NO_MEMORY:
 * none was. */
enum capan_result capan_replay_run(struct capan_replay *, struct capan_record *const *members, size_t count,
                                   const struct capan_whatif_trial *);

#endif
