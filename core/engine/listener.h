/* SPDX-License-Identifier: MIT */
/* What connections say is led down to core/talk; exchanges that ended by it are taken and reported. */
#ifndef LISTENER_H
#define LISTENER_H

#include "http3.h"
#include "reporting.h"

/* Owned by the analysis: open, then close. Must stay where it is. */
struct listener {
    struct capan_talks talks;
    struct reporting *reporting;
};

/* What is pointed to must live as long; memory is of connections, and judgements count there. docket NULL: exchanges
 * are judged as they end. */
void capan_listener_open(struct listener *, const struct capan_config *, void *context, struct capan_judge *,
                         struct capan_docket *docket, struct reporting *, struct capan_counter *memory);
/* Ends what is in flight, and frees. */
void capan_listener_close(struct listener *);

/* One segment's data, in the order of capture. */
void capan_listener_segment(struct listener *, struct flow *, const struct capan_segment *,
                            const struct capan_tcp_data *);
/* Octets that the caller decrypted. CAPAN_NO_MEMORY: they were not looked at. */
enum capan_result capan_listener_plaintext(struct listener *, struct flow *, const struct capan_plaintext *);
/* The connection has closed: what waits behind its holes is read. */
/* What ends from now on is cut off because its connection is given up, or is not any more. */
void capan_listener_giving_up(struct listener *, bool);
void capan_listener_settle(struct listener *, struct flow *);
/* The connection says no more. */
void capan_listener_end(struct listener *, struct flow *, enum capan_end how);

/* One packet of a QUIC connection. */
void capan_listener_quic(struct listener *, struct capan_http3 *, const struct capan_quic_packet *);

#endif
