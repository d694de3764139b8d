/* SPDX-License-Identifier: MIT */
/* A packet as one capture has it: what tells it from others, and what may have become of it on the way. */
#ifndef SIGHTING_H
#define SIGHTING_H

#include "capan/stitch.h"
#include "header.h"
#include "index.h"

struct strand;

struct sighting {
    struct capan_indexed exact; /* the first member: by its numbers and IP identification; by age */
    struct capan_indexed loose; /* by its numbers alone */
    struct strand *strand;
    struct sighting *after, *before; /* those of its strand that wait, by age */
    struct hints *hints;             /* NULL: its strand has its twin */
    int64_t time_ns;
    uint32_t frame;
    uint32_t seq, ack, len;  /* as sent; what is left of it where parts have passed */
    uint32_t stamp, echo;    /* timestamps (RFC 7323) */
    uint32_t blocks;         /* digest of the SACK blocks, by their lengths; 0 none */
    uint32_t content;        /* digest of the first octets of data; 0: too few were captured */
    uint32_t twin_frame;     /* done: in the other capture. Else that of the one it is a copy of; 0 none */
    uint32_t mss;            /* a SYN's; 0 none */
    uint16_t window, ip_id;  /* 0: none */
    uint8_t flags;           /* CAPAN_TH_... */
    uint8_t side, direction; /* of its strand: 0 is who was seen first */
    uint8_t ttl, ecn, dscp;
    uint8_t protocol;    /* enum capan_stitch_protocol; but for TCP seq is a digest of what stays the same, ack none */
    uint8_t checksum;    /* enum capan_checksum */
    int8_t window_scale; /* a SYN's; -1 none */
    bool sack_permitted, has_stamp, has_echo;
    bool again;        /* this capture had all of its octets before; the datagram before was like it */
    bool fresh;        /* it acknowledges what had not been before */
    bool answered;     /* this capture had them acknowledged before */
    bool acked;        /* its octets were acknowledged where the capture has them not */
    bool part;         /* other parts of it have passed */
    bool deferred;     /* something is held against it that may be its twin, if nothing better comes */
    bool done;         /* it has its twin and is kept to know its copies */
    bool placed_loose; /* it is in the index of loose ones */
};

/* What shows a packet's strand its twin, though addresses, ports, numbers or options are others there. */
enum hint { HINT_NUMBERS, HINT_STAMPS, HINT_CONTENT, HINT_PLACE, HINT_ID, HINTS };
struct hints {
    struct capan_indexed by[HINTS]; /* hint number n of its sighting */
    struct sighting *of;
    bool has[HINTS];
};

/* All but its links and its place. */
void capan_sighting_read(struct sighting *, const struct capan_packet *, const struct capan_tcp_header *);
/* Whether both are the same packet, sent once, as far as one can see. */
bool capan_sighting_same(const struct sighting *, const struct sighting *);

/* Keep-alives of a few octets are sent again and again, with nothing that tells them apart. */
static inline bool sighting_repeats(const struct sighting *sighting) {
    enum { FEW = 16 };
    return sighting->protocol != CAPAN_STITCH_TCP && !sighting->ip_id && sighting->len < FEW;
}

/* What a sequence number counts: data, SYN and FIN. */
static inline uint32_t sighting_span(const struct sighting *sighting) {
    if (sighting->protocol != CAPAN_STITCH_TCP) return 0;
    return sighting->len + !!(sighting->flags & CAPAN_TH_SYN) + !!(sighting->flags & CAPAN_TH_FIN);
}
/* Only such flags are part of what is sent, whatever a host or box does with the rest. */
enum { FLAGS_THAT_STAY = CAPAN_TH_SYN | CAPAN_TH_RST };

#endif
