/* SPDX-License-Identifier: MIT */
/* The smallest part of a capture that still gives a verdict, with nothing of its owner's left in it. */
#ifndef CAPAN_REDUCE_H
#define CAPAN_REDUCE_H

#include "analysis.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is looked for, and what was found. */
struct capan_reduced {
    uint8_t of, number; /* enum capan_finding_class, and in its list */
    const struct capan_token *token;
    uint8_t certainty;                /* enum capan_certainty */
    uint32_t frame;                   /* where the verdict is met: in the capture that was given */
    uint32_t frame_now;               /* and in the one that is left, counted from 1 */
    uint32_t packets_before, packets; /* given, and left */
    uint32_t trials;                  /* how often a part was analysed */
    bool in_time;                     /* nothing more can be taken out, one by one; false: time ran out before */
};

struct capan_reducer;

/* config: as for the analysis, without pages and contents; what it points to must outlive the object. NULL without
 * memory. alloc is copied. */
CAPAN_API struct capan_reducer *capan_reducer_new(const struct capan_config *config, const struct capan_alloc *alloc);
CAPAN_API void capan_reducer_free(struct capan_reducer *);
/* All packets of the capture, in its order. CAPAN_NO_MEMORY: it is not kept; CAPAN_UNSUPPORTED: nor is it for the
 * budget (config->memory; 0 is 1 GiB here). */
CAPAN_API enum capan_result capan_reducer_packet(struct capan_reducer *, const struct capan_packet *, bool icmp);
/* Looks for the first verdict of that token, at that frame (0: at any). False: there is none. */
CAPAN_API bool capan_reducer_find(struct capan_reducer *, const char *token, uint32_t frame);
/* Leaves the packets up to the verdict, of its hosts, of its connection, as far as those are enough. */
CAPAN_API void capan_reducer_narrow(struct capan_reducer *);
/* Takes out whatever the verdict does not need: packets by halves, quarters, and so on, down to one by one. Asks
 * expired before each trial. */
CAPAN_API void capan_reducer_reduce(struct capan_reducer *, bool (*expired)(void *), void *context);
/* Best before packets are taken out one by one, for whole messages are understood best. Replaces addresses, names,
 * values and contents by stand-ins of the same length; lengths, checksums' truth and what is equal to what stay. seed
 * chooses the stand-ins and must be secret. False: then the verdict would be another, and nothing must be given away.
 */
CAPAN_API bool capan_reducer_anonymise(struct capan_reducer *, uint64_t seed);
CAPAN_API void capan_reducer_result(const struct capan_reducer *, struct capan_reduced *);
/* The packets that are left; *at begins as 0. NULL: no more. */
CAPAN_API const struct capan_packet *capan_reducer_next(const struct capan_reducer *, uint32_t *at, bool *icmp);

#ifdef __cplusplus
}
#endif

#endif
