/* SPDX-License-Identifier: MIT */
/* What held a connection's data up of late, so that an exchange can say what it waited for. */
#ifndef TROUBLE_H
#define TROUBLE_H

#include "capan/exchange.h"
#include "capan/tcp.h"
#include "records.h"

/* So many are remembered; of an exchange with more, the newest count. */
enum { TROUBLES_MAX = 64 };

/* Segments that were sent again, the newest ones. */
struct troubles {
    struct trouble {
        uint64_t serial;
        int64_t late_ns; /* since these octets were sent before, or should have come */
        uint32_t frame;
        uint8_t kind; /* enum capan_tcp_kind */
    } at[TROUBLES_MAX];
    uint64_t count; /* of all that were noted */
};

/* Notes a segment that is trouble. *troubles is allocated with the first; without memory it is not noted. */
void capan_troubles_note(struct troubles **troubles, const struct capan_alloc *, const struct capan_segment *);
void capan_troubles_free(struct troubles **, const struct capan_alloc *);

/* Fills resent, delayed_in, delayed_by and delayed_ns: what came between the exchange's first frame and its last, but
 * for what is known to have been needless. troubles may be NULL. */
void capan_troubles_tell(const struct troubles *, const struct capan_records *, struct capan_exchange *);

/* Fills crossed_fin: the request was sent before the server's FIN can have come to the client, and has no answer. The
 * server had given the idle connection up (RFC 9112 9.5). asks: the direction of the requests. */
void capan_troubles_tell_race(const struct capan_tcp_summary *, enum capan_direction asks, struct capan_exchange *);

#endif
