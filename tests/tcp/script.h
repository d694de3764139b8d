/* SPDX-License-Identifier: MIT */
/* Segment scripts (scripts/README.md): read, and made into packets. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdio.h>

#include "capan/analysis.h"

enum { SCRIPT_OPTIONS = 8, SCRIPT_OPTION_OCTETS = 40, SCRIPT_EXPECTED = 8, SCRIPT_PACKET = 65600 };

/* What a line expects of its segment; negative members are not asked for. */
struct script_expect {
    int kind, cause, certainty, client_state, server_state, stream;
    uint64_t flags, absent_flags;
    int64_t outstanding, cwnd, acks_count;
    int64_t rtt_ns, rto_ns; /* INT64_MIN: not asked for */
    const char *strength;   /* "required", "observed" or "ours" */
};

/* Options that are more than their octets: SACK, whose numbers are relative, and octets without kind and length. */
enum { SCRIPT_SACK = 5, SCRIPT_TIMESTAMPS = 8, SCRIPT_RAW = 255 };

/* An option with sequence numbers or timestamps in it: relative, made absolute with the packet. */
struct script_option {
    uint8_t kind;
    uint8_t count; /* octets in octets, or SACK blocks in block */
    uint8_t octets[SCRIPT_OPTION_OCTETS];
    int64_t block[4][2];
};

struct script_segment {
    unsigned line, side; /* 0: C sent it, 1: S */
    int64_t time_ns, seq, ack;
    uint8_t flags, ttl, ecn, checksum, data_offset;
    bool icmp, has_flags, has_seq, accurate_ecn;
    uint16_t window, urgent, ip_id, padding;
    uint32_t len, snap, mtu, code;
    char fill;  /* repeated payload octet; 0: a pattern that depends on the sequence number */
    char *text; /* payload as written; NULL none */
    struct script_option options[SCRIPT_OPTIONS];
    unsigned option_count;
    struct script_expect expect;
};

/* "# expect": the summary of one connection; negative members are not asked for. */
struct script_summary {
    unsigned line;
    int stream, open, close, vantage, limit, quality, icmp, effect;
    int64_t rtt_ns;                            /* INT64_MIN not asked for; below 0: none */
    int64_t part_ns[2][CAPAN_TIME_PART_COUNT]; /* by enum capan_direction; likewise */
    int64_t busy_ns[2];                        /* likewise */
};

struct script {
    char name[256];
    struct script_segment *segments;
    size_t count, capacity;
    struct script_summary summaries[SCRIPT_EXPECTED];
    size_t summary_count;
    uint32_t isn[2];
    uint16_t port[2];
    bool ipv6;
};

/* Changes to a script that may not change its verdicts. */
struct script_variant {
    uint32_t isn_shift[2];
    int64_t time_shift;
    bool mirror;    /* the endpoints exchange addresses */
    bool snap;      /* no payload is captured */
    bool twice;     /* each packet was captured twice, microseconds apart, behind a router the second time */
    size_t missing; /* the packet that the capture misses, from 1; 0 none */
};

/* False with a message on standard error. Free it either way. */
bool script_read(struct script *, const char *path);
void script_free(struct script *);

/* The packet of a segment, its octets written to buffer. */
struct capan_packet script_packet(const struct script *, size_t index, const struct script_variant *,
                                  uint8_t buffer[SCRIPT_PACKET]);

#endif
