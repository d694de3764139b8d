/* SPDX-License-Identifier: MIT */
/* What the capture says, kept so that any frame, connection or exchange that a text names can be looked up. */
#ifndef FACTS_H
#define FACTS_H

#include "alloc.h"
#include "capan/audit.h"

/* One frame with TCP or ICMP. */
struct fact_frame {
    uint32_t number, frame_len, link_len, ip_len, tcp_len, padding;
    uint32_t echo_len; /* data of an ICMP echo; 0 none */
    uint32_t newly;    /* octets that it acknowledges first */
    uint16_t mss;      /* its option; 0 none */
    uint16_t window;   /* as in the header */
    int8_t scale;      /* its option; -1 none */
    bool tcp;          /* segment is set */
    struct capan_segment segment;
};

struct facts {
    const struct capan_alloc *alloc;
    struct fact_frame *frames; /* in the order of their numbers */
    size_t frame_count, frame_room;
    struct capan_connection *connections; /* by stream */
    size_t connection_count, connection_room;
    struct capan_exchange **exchanges; /* by stream, then by the response's last frame */
    size_t exchange_count, exchange_room;
    uint64_t total;    /* frames of the capture */
    uint64_t left_out; /* for memory */
    int64_t origin_ns; /* of the first packet */
};

void capan_facts_free(struct facts *);
/* As they come; what has no room is counted. */
void capan_facts_packet(struct facts *, const struct capan_packet *, bool icmp);
void capan_facts_segment(struct facts *, const struct capan_segment *, const uint32_t *acks);
void capan_facts_exchange_ended(struct facts *, const struct capan_exchange *);
void capan_facts_connection_ended(struct facts *, const struct capan_connection *);
/* The capture is read: what is looked up is put in order. */
void capan_facts_sort(struct facts *);
/* NULL: no such frame, or none with TCP or ICMP. */
const struct fact_frame *capan_facts_frame(const struct facts *, uint64_t number);
/* The frame's predecessor or successor on its connection, a few hundred frames far at most. NULL: none. */
const struct fact_frame *capan_facts_beside(const struct facts *, const struct fact_frame *, int step);
const struct capan_connection *capan_facts_connection(const struct facts *, uint32_t stream);
/* The exchange whose request or response the frame's data is part of; *response says which. NULL: none. */
const struct capan_exchange *capan_facts_exchange(const struct facts *, const struct fact_frame *, bool *response);
/* The endpoint that sent it, and the other one. */
struct capan_endpoint capan_facts_end(const struct facts *, const struct fact_frame *, bool sender);
/* The number behind its data, SYN and FIN. */
static inline int64_t fact_next(const struct fact_frame *frame) {
    const struct capan_segment *segment = &frame->segment;
    return segment->seq + segment->len + ((segment->header_flags & CAPAN_TH_SYN) != 0) +
           ((segment->header_flags & CAPAN_TH_FIN) != 0);
}

#endif
