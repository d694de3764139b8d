/* SPDX-License-Identifier: MIT */
/* QUIC connections, by the numbers that the caller gave them. Those that were not used for longest are given up when
 * there are too many, or when they take more memory than is theirs. */
#ifndef QUIC_H
#define QUIC_H

#include "listener.h"

/* Owned by the analysis: open, then finish, then close. Must stay where it is. */
struct quic_connections {
    struct capan_index index;
    struct capan_counter memory;
    uint64_t memory_max;
    const struct capan_config *config;
    struct listener *listener;
};

/* What is pointed to must live as long. */
void capan_quic_connections_open(struct quic_connections *, const struct capan_config *, struct listener *,
                                 const struct capan_alloc *);
/* All connections end. */
void capan_quic_connections_finish(struct quic_connections *);
void capan_quic_connections_close(struct quic_connections *);

/* CAPAN_NO_MEMORY: the packet was not looked at. */
enum capan_result capan_quic_connections_packet(struct quic_connections *, const struct capan_quic_packet *);

#endif
