/* SPDX-License-Identifier: MIT */
/* A TCP header and its options from octets. RFC 9293 3.1, 3.2; RFC 7323; RFC 2018; RFC 7413. */
#ifndef HEADER_H
#define HEADER_H

#include "capan/packet.h"
#include "capan/tcp.h"

#define CAPAN_SACK_MAX 4

struct capan_tcp_header {
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint16_t window; /* as sent, unscaled */
    uint16_t urgent;
    uint8_t flags;             /* CAPAN_TH_... */
    uint8_t header_len;        /* octets, options included */
    uint32_t payload_len;      /* octets on the wire */
    struct capan_span payload; /* as far as captured */
    bool accurate_ecn;         /* AE (RFC 9768 3.2) */
    bool malformed;            /* header or option length impossible; what could be read was read */
    bool options_cut;          /* the capture holds only part of the options */
    bool sack_cut;             /* they must have held SACK blocks, of which none was captured */
    bool has_mss, has_window_scale, sack_permitted, has_timestamps, has_fast_open;
    bool has_ts_ecr; /* with has_timestamps: the echo was captured too */
    uint16_t mss;
    uint8_t window_scale;  /* at most 14 (RFC 7323 2.3) */
    uint8_t fast_open_len; /* octets of cookie; 0 asks for one */
    uint8_t sack_count;
    uint32_t ts_val, ts_ecr;
    struct {
        uint32_t left, right;
    } sack[CAPAN_SACK_MAX]; /* in the order sent */
};

/* False when fewer octets were captured than ports, numbers and flags need (14): nothing can be said of the segment. */
bool capan_tcp_header_parse(struct capan_tcp_header *header, const struct capan_packet *packet);

#endif
