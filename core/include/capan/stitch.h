/* SPDX-License-Identifier: MIT */
/* Two captures of the same traffic held against each other: which packets are in both, what became of those that are in
 * one alone, how the clocks differ, and what the path between does to them. Packets are told by what does not change
 * on the way: numbers, lengths, identification, timestamps, contents; addresses, ports, sequence numbers and options
 * may be rewritten between. */
#ifndef CAPAN_STITCH_H
#define CAPAN_STITCH_H

#include "analysis.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Protocols of IP whose packets are told (www.iana.org/assignments/protocol-numbers). */
enum capan_stitch_protocol { CAPAN_STITCH_ICMP = 1, CAPAN_STITCH_TCP = 6, CAPAN_STITCH_UDP = 17 };

/* The two captures. */
enum capan_stitch_side { CAPAN_STITCH_A, CAPAN_STITCH_B, CAPAN_STITCH_SIDES };

/* X(name, token, sentence): what a row is about. */
#define CAPAN_STITCH_ROWS(X)                                                                                           \
    X(CLOCK, "clock", "how far B's clock is ahead of A's")                                                             \
    X(PACKET, "packet", "a packet, or a part of one, and what became of it between A and B")                           \
    X(CONNECTION, "connection", "what the path between A and B did to one connection")                                 \
    X(DATAGRAMS, "datagrams", "what it did to the datagrams (UDP, ICMP) between two ends")                             \
    X(VERDICT, "verdict", "something sent again, by the evidence of both captures")                                    \
    X(CONTRADICTION, "contradiction", "what one capture says of itself against what both together show")

/* X(name, token, sentence): what became of a packet. */
#define CAPAN_STITCH_FATES(X)                                                                                          \
    X(PASSED, "passed", "it is in both captures")                                                                      \
    X(LOST, "lost", "sent, and it never came to the other capture")                                                    \
    X(DUPLICATED, "duplicated", "a copy that the network made on the way to B")                                        \
    X(DUPLICATED_BACK, "duplicated-back", "a copy that the network made on the way to A")                              \
    X(MISSED, "missed", "it passed, or would have, but one capture has it not")                                        \
    X(COPIED, "copied", "one capture has the same packet more than once")

/* X(name, token, sentence): how that is known. */
#define CAPAN_STITCH_WHYS(X)                                                                                           \
    X(NONE, "none", "")                                                                                                \
    X(ACKED, "acked", "its octets were acknowledged though the capture there has them not")                            \
    X(BEFORE, "before-start", "it came before the other capture began")                                                \
    X(AFTER, "after-end", "it came after the other capture ended")                                                     \
    X(DAMAGED, "damaged", "it arrived, but damaged: its checksum is wrong there")                                      \
    X(REFUSED, "refused", "it arrived, and its receiver took no notice: damaged most likely")                          \
    X(RESENT, "resent", "its octets were sent again, and came then")                                                   \
    X(UNSEEN, "unseen", "the capture nearer to its sender has it not")                                                 \
    X(UNPLACED, "unplaced", "which of the captures it came by first cannot be told")                                   \
    X(GIVEN_UP, "given-up", "decided early, for memory")

/* X(name, token, sentence): where the first copy of what was sent again got lost. */
#define CAPAN_STITCH_DEATHS(X)                                                                                         \
    X(UNKNOWN, "unknown", "it cannot be told")                                                                         \
    X(BEFORE, "before", "before the capture nearer to the sender")                                                     \
    X(BETWEEN, "between", "between the captures")                                                                      \
    X(BEHIND, "behind", "behind the capture nearer to the receiver, or its acknowledgement was")                       \
    X(NOWHERE, "nowhere", "nowhere: sent again in vain")

/* X(name, token, sentence): what the path between changes. */
#define CAPAN_STITCH_REWRITES(X)                                                                                       \
    X(ADDRESS, "address", "addresses")                                                                                 \
    X(PORT, "port", "ports")                                                                                           \
    X(TTL, "ttl", "the TTL by more or less than another packet's")                                                     \
    X(SEQUENCE, "sequence", "sequence numbers")                                                                        \
    X(TIMESTAMP, "timestamp", "the values of timestamps")                                                              \
    X(NO_TIMESTAMP, "no-timestamp", "strips timestamps")                                                               \
    X(MSS, "mss", "the MSS option")                                                                                    \
    X(WINDOW_SCALE, "window-scale", "the window scale option")                                                         \
    X(SACK, "sack-permitted", "the SACK-permitted option")                                                             \
    X(IP_ID, "ip-id", "the IP identification")                                                                         \
    X(ECN, "ecn", "the ECN bits")                                                                                      \
    X(DSCP, "dscp", "the DSCP")                                                                                        \
    X(SEGMENTS, "segments", "segments, merged or split (as offload does in a host)")

/* X(name, token, sentence): where a capture says something else than both together show. */
#define CAPAN_STITCH_CONTRADICTIONS(X)                                                                                 \
    X(NEEDLESS_BUT_LOST, "needless-but-lost",                                                                          \
      "said to be sent again in vain, but the copy before it was lost between")                                        \
    X(NEEDED_BUT_PASSED, "lost-before-but-passed", "said to be lost before and sent again, but it is the first copy")  \
    X(LATE_BUT_RESENT, "late-but-resent", "said to have been overtaken, but the copy before it was lost between")      \
    X(RESENT_BUT_COPIED, "resent-but-duplicated", "said to be sent again, but the network copied it between")          \
    X(COPIED_BUT_RESENT, "duplicate-but-resent", "said to be a copy, but its sender sent it again")

#define CAPAN_X(name, ...) CAPAN_STITCH_##name,
enum capan_stitch_row_kind { CAPAN_STITCH_ROWS(CAPAN_X) CAPAN_STITCH_ROW_COUNT };
enum capan_stitch_fate { CAPAN_STITCH_FATES(CAPAN_X) CAPAN_STITCH_FATE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_STITCH_WHY_##name,
enum capan_stitch_why { CAPAN_STITCH_WHYS(CAPAN_X) CAPAN_STITCH_WHY_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_STITCH_DIED_##name,
enum capan_stitch_death { CAPAN_STITCH_DEATHS(CAPAN_X) CAPAN_STITCH_DEATH_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_STITCH_REWRITES_##name,
enum capan_stitch_rewrite { CAPAN_STITCH_REWRITES(CAPAN_X) CAPAN_STITCH_REWRITE_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_STITCH_SAYS_##name,
enum capan_stitch_contradiction { CAPAN_STITCH_CONTRADICTIONS(CAPAN_X) CAPAN_STITCH_CONTRADICTION_COUNT };
#undef CAPAN_X

CAPAN_API extern const struct capan_token capan_stitch_rows[CAPAN_STITCH_ROW_COUNT];
CAPAN_API extern const struct capan_token capan_stitch_fates[CAPAN_STITCH_FATE_COUNT];
CAPAN_API extern const struct capan_token capan_stitch_whys[CAPAN_STITCH_WHY_COUNT];
CAPAN_API extern const struct capan_token capan_stitch_deaths[CAPAN_STITCH_DEATH_COUNT];
CAPAN_API extern const struct capan_token capan_stitch_rewrites[CAPAN_STITCH_REWRITE_COUNT];
CAPAN_API extern const struct capan_token capan_stitch_contradictions[CAPAN_STITCH_CONTRADICTION_COUNT];

/* How far B's clock is ahead of A's. A packet cannot arrive before it was sent: those that go from A to B bound it from
 * above, the others from below. */
struct capan_stitch_clock {
    int64_t offset_ns;            /* the likeliest, when both captures have begun: the path is as long either way */
    int64_t low_ns, high_ns;      /* it was never less or more while both ran; with has_low, has_high */
    int64_t start_ns;             /* the time by A's clock for which offset_ns is */
    double drift_ppm;             /* B's clock gains on A's */
    double drift_low, drift_high; /* what is possible; with has_drift */
    uint64_t packets;             /* that it rests on */
    bool has_low, has_high, has_drift;
    bool known;  /* a packet was found in both */
    bool uneven; /* no steady drift explains all: a clock was set, or is not steady */
};

/* A stretch of time of one direction, and its one-way delays. */
#define CAPAN_STITCH_STRETCHES 32
struct capan_stitch_stretch {
    int64_t min_ns, max_ns, sum_ns;
    uint32_t packets, lost;
};

/* What one end sent, between A and B. Delays are -1 where there are none. */
struct capan_stitch_way {
    uint64_t packets;                                  /* that came by one of the captures */
    uint64_t passed, lost, duplicated, missed, copied; /* of them, by fate */
    uint64_t missed_a, missed_b;                       /* missed by that capture */
    uint64_t data_lost;                                /* lost ones with data, SYN or FIN */
    uint64_t late;                                     /* arrived behind packets that were sent later */
    uint64_t resent;                                   /* sent again, as the capture nearer to the sender has it */
    uint64_t died[CAPAN_STITCH_DEATH_COUNT];           /* of these, by where the copy before got lost */
    int64_t delay_min_ns, delay_median_ns, delay_p99_ns, delay_max_ns;
    uint64_t ce_marks;                     /* congestion marks set between */
    int8_t from_a;                         /* 1: they go from A to B; -1: from B to A; 0 unknown */
    int16_t ttl_steps;                     /* routers between, by the TTL; -1 unknown */
    uint32_t mss_a, mss_b;                 /* that its SYN offers there; 0 none */
    int8_t window_scale_a, window_scale_b; /* likewise; -1 none */
    uint32_t sequence_shift;               /* added between A and B, modulo 2^32 */
    int64_t stretch_ns;                    /* length of a stretch */
    struct capan_stitch_stretch stretches[CAPAN_STITCH_STRETCHES]; /* from the connection's begin on */
};

struct capan_stitch_connection {
    uint8_t protocol;            /* of IP: TCP, or of datagrams between two ends, UDP or ICMP (either version's) */
    uint32_t stream_a, stream_b; /* with in_a, in_b; of TCP */
    bool in_a, in_b;             /* the captures that have it */
    struct capan_endpoint client_a, server_a, client_b, server_b; /* of ICMP, ports are the identifier of echoes */
    uint32_t first_a, first_b;                                    /* frames */
    int64_t begin_ns;                                             /* by A's clock */
    uint64_t rewrites;                                            /* 1 << CAPAN_STITCH_REWRITES_... */
    struct capan_stitch_way way[2]; /* by enum capan_direction: what the client, the server sent */
    bool has_summaries;             /* both captures' own summaries are there */
    uint8_t vantage_a, vantage_b;   /* enum capan_tcp_vantage, by both captures' evidence */
    uint8_t limit;                  /* enum capan_tcp_limit, of the capture nearer to the one who sent most */
    uint8_t limit_a, limit_b;       /* each capture's own */
    bool contradicts;               /* their own vantages do not fit together */
};

/* What one capture alone says of a packet that is more than plain; absent where there is nothing to say. */
struct capan_stitch_own {
    bool there;
    uint8_t kind, certainty; /* enum capan_tcp_kind, capan_certainty */
    bool needless;           /* it says that it was sent again in vain */
};

/* One row. Members that are not about its kind are absent: pointers NULL, frames 0. Valid during the call. */
struct capan_stitch_row {
    uint8_t row;  /* enum capan_stitch_row_kind */
    uint32_t hop; /* between which captures, from 1; 0: there are only two */
    const struct capan_stitch_clock *clock;
    const struct capan_stitch_connection *connection; /* of a packet, a verdict, a contradiction, too */
    uint32_t a_frame, b_frame;
    uint32_t damaged_frame;       /* in which a lost packet came to the other capture; 0 none */
    uint8_t fate, why, certainty; /* enum capan_stitch_fate, _why, capan_certainty */
    uint8_t direction;            /* enum capan_direction */
    uint8_t died;                 /* enum capan_stitch_death */
    uint8_t contradiction;        /* enum capan_stitch_contradiction, and which capture says so */
    uint8_t said_by;              /* enum capan_stitch_side */
    int64_t time_ns;              /* by A's clock */
    int64_t delay_ns;             /* from one capture to the other, by the likeliest clock; with both frames */
    uint32_t len;                 /* octets of data */
    bool part;                    /* of a packet that is whole in the other capture */
    uint8_t kind, cause;          /* enum capan_tcp_kind, _cause, by the capture nearer to the sender */
    uint32_t lost_frame;          /* of a verdict: the copy before it that was lost between, in the capture nearer to
                                   * the sender; 0 none */
    struct capan_stitch_own own[CAPAN_STITCH_SIDES];
};

/* Packets found, and what they came to, over all connections. */
struct capan_stitch_totals {
    uint64_t packets[CAPAN_STITCH_SIDES]; /* TCP segments that were read */
    uint64_t alone[CAPAN_STITCH_SIDES];   /* those of connections that the other capture has not */
    uint64_t connections, connections_alone[CAPAN_STITCH_SIDES];
    struct capan_stitch_way way[2]; /* sums; from_a is that of the most packets */
    struct {
        uint64_t packets[CAPAN_STITCH_SIDES]; /* datagrams that were read */
        uint64_t passed, lost, duplicated;    /* those between ends that both captures have */
    } datagrams;
    uint64_t contradictions;
    uint64_t given_up;               /* decided early, or left out, for memory */
    bool copies[CAPAN_STITCH_SIDES]; /* that capture has most packets twice */
};

/* Where rows go: packets in the order of A's clock as far as memory allows, then verdicts and contradictions with them;
 * connections at the end or where they are given up; the clock at the end, and before the first row. */
struct capan_stitch_config {
    uint64_t memory; /* budget in octets of all that is kept; 0 is 256 MiB */
    uint64_t seed;   /* for hash tables: an attacker who knows it can choose collisions */
    void (*row)(void *context, const struct capan_stitch_row *);
    void *context;
};

struct capan_stitch;

/* NULL without memory. alloc must outlive the object; NULL is libc's. */
CAPAN_API struct capan_stitch *capan_stitch_new(const struct capan_stitch_config *, const struct capan_alloc *alloc);
CAPAN_API void capan_stitch_free(struct capan_stitch *);

/* The capture from which to give the next packet, so that little has to be kept; one that has ended is not asked for
 * again while the other goes on. */
CAPAN_API enum capan_stitch_side capan_stitch_next(const struct capan_stitch *);
/* One TCP segment of that capture (packet->octets begins at the TCP header). CAPAN_NO_MEMORY: it was left out. */
CAPAN_API enum capan_result capan_stitch_packet(struct capan_stitch *, enum capan_stitch_side,
                                                const struct capan_packet *);
/* One of a capture that has every packet twice, at two places: which of them it is told by what came before. */
CAPAN_API enum capan_result capan_stitch_self(struct capan_stitch *, const struct capan_packet *);
/* One datagram of UDP or ICMP of that capture, or of one with itself (packet->octets begins at its header). Nothing
 * else is learned of it: what an ICMP message says of TCP is for capan_stitch_icmp. Results as above. */
CAPAN_API enum capan_result capan_stitch_datagram(struct capan_stitch *, enum capan_stitch_side,
                                                  const struct capan_packet *, enum capan_stitch_protocol);
CAPAN_API enum capan_result capan_stitch_self_datagram(struct capan_stitch *, const struct capan_packet *,
                                                       enum capan_stitch_protocol);
CAPAN_API void capan_stitch_icmp(struct capan_stitch *, enum capan_stitch_side, const struct capan_packet *);
/* That capture ends. */
CAPAN_API void capan_stitch_end(struct capan_stitch *, enum capan_stitch_side);
/* Both have: everything that waits is decided and reported. */
CAPAN_API void capan_stitch_finish(struct capan_stitch *);
/* After that. */
CAPAN_API void capan_stitch_count(const struct capan_stitch *, struct capan_stitch_totals *);
CAPAN_API const struct capan_stitch_clock *capan_stitch_clock(const struct capan_stitch *);

#ifdef __cplusplus
}
#endif

#endif
