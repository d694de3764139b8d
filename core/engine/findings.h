/* SPDX-License-Identifier: MIT */
/* Verdicts gathered by cause: how often, what it cost, the first frames. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "senders.h"

enum {
    FINDINGS_COUNT = CAPAN_TCP_KIND_COUNT + CAPAN_TCP_FLAG_COUNT + CAPAN_HTTP_OUTCOME_COUNT +
                     CAPAN_HTTP_VIOLATION_COUNT + CAPAN_HTTP_ADVICE_COUNT + CAPAN_HTTP_FRAMING_COUNT
};

struct findings {
    struct capan_finding at[FINDINGS_COUNT]; /* every cause, met or not, in the order of the lists */
    struct capan_finding sorted[FINDINGS_COUNT + SENDERS_SHOWN];
    uint32_t last_stream[FINDINGS_COUNT];
    uint64_t loud_flags; /* a segment's flags that are louder than NONE */
};

void capan_findings_init(struct findings *);
void capan_findings_segment(struct findings *, const struct capan_segment *);
void capan_findings_exchange(struct findings *, const struct capan_exchange *);

/* Those met, and those of single hosts, of which there are count, loudest first, then the more frequent; CHAT and up.
 */
size_t capan_findings_sort(struct findings *, const struct capan_finding *of_hosts, size_t count,
                           const struct capan_finding **);

#endif
