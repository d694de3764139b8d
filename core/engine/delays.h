/* SPDX-License-Identifier: MIT */
/* What held a connection's data up of late, so that an exchange can say what it waited for. */
#ifndef DELAYS_H
#define DELAYS_H

#include "capan/exchange.h"
#include "records.h"

/* So many are remembered; of an exchange with more, the newest count. */
enum { DELAYS_MAX = 64 };

/* Segments whose data came late, because they were sent again or overtaken: the newest ones. */
struct delays {
    struct delay {
        uint64_t serial;
        int64_t late_ns; /* since these octets were sent before, or should have come */
        uint32_t frame;
        uint8_t kind; /* enum capan_tcp_kind */
    } at[DELAYS_MAX];
    uint64_t count; /* of all that were noted */
};

/* Notes a segment whose data came late. *delays is allocated with the first; without memory it is not noted. */
void capan_delays_note(struct delays **delays, const struct capan_alloc *, const struct capan_segment *);
void capan_delays_free(struct delays **, const struct capan_alloc *);

/* Fills resent, delayed_in, delayed_by and delayed_ns: what came between the exchange's first frame and its last, but
 * for what is known to have been needless. delays may be NULL. */
void capan_delays_tell(const struct delays *, const struct capan_records *, struct capan_exchange *);

#endif
