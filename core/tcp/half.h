/* SPDX-License-Identifier: MIT */
/* One direction of a connection: what one endpoint sends, and what is known of the endpoint that sends it. Sequence
 * numbers are relative and unwrapped as in struct capan_segment. */
#ifndef HALF_H
#define HALF_H

#include "capan/tcp.h"
#include "header.h"
#include "recent.h"
#include "scoreboard.h"
#include "timing.h"

/* Resends whose necessity is still asked; more are settled as they are. */
#define CAPAN_RESENDS_MAX  1024
#define CAPAN_SYN_ACKS_MAX 8

/* A segment sent again, until the receiver's answers say whether it was needed. */
struct capan_resend {
    int64_t start, end;
    int64_t high; /* the highest octet sent before it, plus one */
    int64_t time_ns;
    int64_t acked_ns; /* meaningful with acked */
    uint64_t serial;
    uint64_t behind; /* record of the segment behind the hole that it filled; UINT64_MAX none */
    uint32_t ts_val;
    uint8_t certainty;                    /* of its kind, once settled */
    bool has_ts, ts_differs, acked, told; /* ts_differs: from the original's */
    uint8_t newer;                        /* came again since then, and needlessly: D-SACKs are of these first */
};

struct capan_resends {
    struct capan_resend *at; /* a ring */
    uint32_t head, count, capacity;
    uint32_t waiting; /* not acknowledged yet */
};

/* Octets acknowledged that were not seen before (unseen.h). */
struct capan_unseen {
    int64_t start, end;      /* empty once they came */
    int64_t time_ns;         /* of the segment that acknowledged them */
    uint64_t ack;            /* its record */
    struct capan_piece hole; /* as which they showed; without serial (UINT64_MAX) no data has passed behind them */
    bool asked;              /* the segment behind them waits for the answer */
    bool open;               /* they may still come */
};

struct capan_unseens {
    struct capan_unseen *at; /* a ring */
    uint16_t head, count, capacity;
    uint16_t open;
};

/* So many small steps upwards, and IP ids tell the order of sending. */
enum { CAPAN_ID_TRUSTED = 3 };

/* What shows where the capture was taken. */
enum {
    CAPAN_SIGN_UNPADDED = 1, /* Ethernet frames shorter than any on the wire */
    CAPAN_SIGN_PADDED = 2,
    CAPAN_SIGN_PARTIAL_SUM = 4, /* checksums left to the network card */
    CAPAN_SIGN_MERGED = 8,      /* segments larger than the peer's MSS */
    CAPAN_SIGN_WHOLE_SUM = 16,  /* checksums that were computed: one in 65,536 looks left by chance */
    CAPAN_SIGN_MANY_TTLS = 32,  /* its packets come with different TTLs */
    CAPAN_SIGN_IDS_DIFFER = 64, /* one packet had another IP id than the one before */
    CAPAN_SIGN_IDS_REPEAT = 128 /* two packets in a row had the same IP id: it names neither */
};

/* Why the sender is in recovery (RFC 5681 3.2, RFC 6298 5.4). DOUBT: one of these. */
enum capan_episode { CAPAN_EPISODE_NONE, CAPAN_EPISODE_FAST, CAPAN_EPISODE_LOSS, CAPAN_EPISODE_DOUBT };

/* What is known of the half, one bit each. */
enum {
    CAPAN_HALF_BASED = 1 << 0, /* base is known */
    CAPAN_HALF_SYN = 1 << 1,   /* sent a SYN */
    CAPAN_HALF_SYN_ACK = 1 << 2,
    CAPAN_HALF_FIN = 1 << 3,
    CAPAN_HALF_RST = 1 << 4,       /* sent a reset that its peer believes */
    CAPAN_HALF_SPOKE = 1 << 5,     /* sent a segment that is not a SYN */
    CAPAN_HALF_WINDOW = 1 << 6,    /* offered a window whose scale is known */
    CAPAN_HALF_CHALLENGE = 1 << 7, /* got a segment that is answered with a challenge ACK */
    CAPAN_HALF_TS_SEEN = 1 << 8,
    CAPAN_HALF_DATA_AFTER_CLOSE = 1 << 9, /* the peer sent data after this endpoint had closed or aborted */
    CAPAN_HALF_SACKS = 1 << 10,           /* has sent SACK blocks */
    CAPAN_HALF_UNSEEN_TAIL = 1 << 11,     /* the octets before the board's end were never seen */
    CAPAN_HALF_ECHO = 1 << 12,            /* its peer's first sign of having heard of a segment is awaited */
    CAPAN_HALF_UNACKED = 1 << 13,     /* midstream, and the peer has not acknowledged anything yet: una is a guess */
    CAPAN_HALF_ENDLESS = 1 << 14,     /* midstream, and only the peer's ACK is known of what it sent */
    CAPAN_HALF_REPEATED = 1 << 15,    /* its last segment repeated acknowledged octets: to it, they are outstanding */
    CAPAN_HALF_SMALL = 1 << 16,       /* its newest new data is a small segment, and not for want of room */
    CAPAN_HALF_TS_TAKEN = 1 << 17,    /* ts_recent is known */
    CAPAN_HALF_RESTARTED = 1 << 19,   /* its newest new data came after a silence as long as the timer */
    CAPAN_HALF_DISOWNED = 1 << 18,    /* CAPAN_HALF_RST is of a reset that somebody else sent in its name */
    CAPAN_HALF_AT_EDGE = 1 << 20,     /* lately it had filled the window that it knew */
    CAPAN_HALF_NODELAY = 1 << 21,     /* it does without Nagle's algorithm */
    CAPAN_HALF_LATE_ACKS = 1 << 23,   /* it had heard of ACKs before they passed here */
    CAPAN_HALF_MORE = 1 << 22,        /* its newest new data came without PSH: there was more */
    CAPAN_HALF_CLAIMED = 1 << 24,     /* incidents->claim is open */
    CAPAN_HALF_ACKED_FIRST = 1 << 25, /* some of its octets were recorded behind their ACK */
};

/* A lone segment sent again in silence, until it is known whether by a probe or by the timer (tails.c). */
struct capan_tail {
    uint64_t serial;
    int64_t end, high; /* of its octets, and of all that was sent; end 0: nothing is asked */
    int64_t waited_ns;
    int64_t acked_ns; /* when what was sent after it was first acknowledged; 0 not yet */
};

/* The last resend that nothing seen before it explains: what set it off may have been recorded behind it. */
struct capan_unclear {
    uint64_t serial, facts;
    int64_t time_ns, before_ns; /* before: of these octets, when they were sent before */
    int64_t end;                /* 0: there is none */
};

struct capan_claim;

/* What a connection without loss has no use for: all zero until something of it happens, and allocated then. */
struct capan_incidents {
    struct capan_resends resends;
    struct capan_seen_set seen; /* the packets that it sent of late, where some came twice */
    struct capan_unseens unseens;
    struct capan_tail tail;
    struct capan_unclear unclear;
    struct capan_claim *claim; /* that it sent octets which nobody saw (claims.h); NULL none is open */
    uint64_t tails_before;     /* the fact that answered it the last time: SLOWED or UNSLOWED; 0 none */
    int64_t probe_end;         /* end of the one octet that a window probe carried; 0 none */
    int64_t probe_ns;          /* its last probe; meaningful with probes */
    int64_t closed_ns;         /* its window became 0 */
    int64_t stray_end;         /* end of the last segment outside the window */
    int64_t recover;           /* the episode ends when una reaches it (RFC 6582 3.2, RFC 6675 5) */
    int64_t recovery_ns;       /* and the sender knows it then */
    int64_t too_big_ns;        /* how long its segments were too big for the path */
    int64_t advanced_from;     /* una before it advanced last */
    int64_t tlp_high;          /* a probe is out until una reaches it (RFC 8985 7.3); 0 none */
    int64_t timer_ns;          /* when the retransmission timer last fired or a probe restarted it; 0 never */
    int64_t evidence_ns;       /* when the first word of a loss came, of those not repaired yet; 0 none */
    int64_t repaired_ns;       /* when an ACK showed the last of them repaired */
    int64_t icmp_ns;           /* too big, last reported; 0 never */
    int64_t cut_ns;            /* something was last sent again in smaller pieces; 0 never */
    int64_t cut_high;          /* the highest octet sent by then, plus one */
    int64_t icmp_high;         /* the highest octet sent then, plus one */
    int64_t rst_ns;            /* as the next four, of the summary (struct capan_tcp_side); meaningful with rst_frame */
    int64_t zero_window_ns;
    uint64_t resent_bytes, missing_bytes;
    uint64_t rst_serial;                   /* record of rst_frame */
    uint64_t silent;                       /* record of the try that told of the peer's silence; with enough tries */
    uint64_t syn_acks[CAPAN_SYN_ACKS_MAX]; /* records of its SYN-ACK sent again, until something answers it */
    uint32_t icmp_mtu, icmp_frame;
    uint32_t sack_left[CAPAN_SACK_MAX], sack_right[CAPAN_SACK_MAX]; /* blocks that the peer reported last */
    uint32_t dup_acks;                                              /* in a row, for its una */
    uint32_t dup_frame;                                             /* the last duplicate ACK for it */
    uint32_t timer_ts;                                              /* TSval of the segment of timer_ns */
    uint32_t probe_frame, closed_frame;
    uint32_t late_frame; /* the peer's data that came after it had closed */
    uint32_t rst_frame;  /* as the rest, of the summary */
    uint32_t resent_segments, late_segments, duplicate_packets, duplicate_acks, zero_windows, probes;
    uint32_t nagle_stalls;
    int64_t nagle_ns;
    uint8_t syn_ack_count;
    uint8_t episode; /* enum capan_episode */
    uint8_t backoff; /* timeouts in a row */
    uint8_t tries;   /* of it, by timeouts and probes, since its peer's last packet; no more than count */
    bool dup_sacks;  /* the last duplicate ACK had SACK blocks, which the capture cut off */
    uint8_t probe;   /* kind of the probe that waits for its answer; 0 none */
};

/* Its part of the summary (struct capan_tcp_side), as far as every connection has it. */
struct capan_side {
    uint64_t bytes;
    int64_t rtt_min_ns, rtt_sum_ns, rtt_max_ns; /* meaningful with rtt_count */
    int64_t fin_ns;                             /* meaningful with CAPAN_HALF_FIN */
    uint32_t segments, data_segments;           /* no more than frames */
    uint32_t rtt_count;
    uint32_t isn;
    uint32_t mss_observed, window_max;
    uint32_t fin_frame;
    uint16_t mss_announced;
    int8_t window_scale;
    bool isn_known : 1, sack_permitted : 1, timestamps : 1;
    bool options_cut : 1; /* of its SYN: what was not read of them is unknown, not absent */
};

struct capan_half {
    struct capan_scoreboard board;     /* its end is SND.MAX */
    struct capan_incidents *incidents; /* NULL none yet */
    struct capan_budget *budget;       /* NULL: no data yet (budget.h) */
    struct capan_rtt rtt;              /* of what it sends */
    int64_t una;                       /* SND.UNA: the highest acceptable ACK of the peer */
    int64_t fin;                       /* sequence number of its FIN, with CAPAN_HALF_FIN */
    int64_t edge;                      /* right edge of the window that it offers: what the peer may send lies below */
    int64_t answer_ns;                 /* shortest time from here to it and back with an answer; negative unknown */
    int64_t ts_first_ns;               /* when its first TSval passed; as ts_max with CAPAN_HALF_TS_SEEN */
    int64_t echo_ns;                   /* when the segment passed of which the peer's next sign is awaited */
    int64_t echo_edge;                 /* its edge before that segment */
    int64_t opened_ns;                 /* it offered a larger window */
    int64_t sent_ns;                   /* last new data, or what a closed window had turned away */
    int64_t data_ns;                   /* last segment that takes sequence numbers */
    int64_t advance_ns;                /* its una advanced */
    int64_t told_ns;                   /* its una advanced, or duplicate ACKs or SACKs came for it */
    int64_t syn_ns;                    /* its newest SYN */
    int64_t rack_ns;                   /* when the newest segment that has arrived was sent (RFC 8985 6.2) */
    uint64_t last_serial;              /* record of its newest new data */
    uint64_t ids;                      /* which of the 64 ids up to id_max were seen; bit 0 is id_max */
    struct capan_side side;
    struct capan_recent recent;
    uint32_t last_len;   /* payload of its newest new data */
    uint32_t marks;      /* CAPAN_HALF_... */
    uint32_t base;       /* the raw number that 0 stands for */
    uint32_t window;     /* offered last, octets */
    uint32_t ack_frame;  /* the frame that brought una */
    uint32_t ts_max;     /* the highest TSval it sent */
    uint32_t ts_data;    /* TSval of its last segment that takes sequence numbers */
    uint32_t ts_sent;    /* TSval of its newest new data */
    uint32_t ts_first;   /* its first TSval */
    uint32_t ts_echoed;  /* the TSecr that it sent last */
    uint32_t ts_recent;  /* TS.Recent of the peer, with CAPAN_HALF_TS_TAKEN (RFC 7323 4.3) */
    uint32_t echo_ts;    /* of its TSvals, the one whose echo is awaited, with CAPAN_HALF_ECHO */
    uint32_t syn_frame;  /* its newest SYN */
    uint32_t sent_frame; /* of its newest new data */
    uint32_t last_frame;
    uint16_t id_max;  /* the newest IP id */
    uint8_t id_trust; /* how often ids went up in small steps, of late: then they tell the order of sending */
    uint8_t held;     /* enum capan_tcp_limit: what its last data left it waiting for, as far as known then */
    uint8_t signs;    /* CAPAN_SIGN_... */
    uint8_t ttl;      /* of its packets but resets; 0 unknown */
    uint32_t good_sums, bad_sums, left_sums; /* checksums so far; left ones are of bad ones that prove no damage, too */
    uint32_t left_frame;                     /* the first of these; 0 none */
};

extern const struct capan_incidents capan_no_incidents;

/* To read. */
static inline const struct capan_incidents *capan_incidents(const struct capan_half *half) {
    return half->incidents ? half->incidents : &capan_no_incidents;
}
/* To write what is not zero; NULL without memory, and it goes unnoticed. */
struct capan_incidents *capan_incidents_begin(struct capan_half *, const struct capan_alloc *);

/* A SYN that was not captured, or not whole, may have offered window scaling, and no other one was without it: windows
 * but those of SYNs count units of unknown size. One of 0 is 0. */
static inline uint32_t capan_window_shown(uint32_t window, const struct capan_side *mine,
                                          const struct capan_side *peers) {
    if (window == 0 || mine->window_scale == -1 || peers->window_scale == -1) return window;
    return mine->window_scale < 0 || peers->window_scale < 0 ? window | CAPAN_WINDOW_UNSCALED : window;
}

static inline bool capan_refused_sack(const struct capan_side *side) {
    return side->isn_known && !side->sack_permitted && !side->options_cut;
}
/* Both ends allowed SACK; without the SYNs only a SACK itself tells. */
enum capan_sack_use { CAPAN_SACK_OFF, CAPAN_SACK_UNKNOWN, CAPAN_SACK_ON };
static inline enum capan_sack_use capan_sack_use(const struct capan_half *me, const struct capan_half *peer) {
    if ((me->marks | peer->marks) & CAPAN_HALF_SACKS) return CAPAN_SACK_ON;
    if (me->side.sack_permitted && peer->side.sack_permitted) return CAPAN_SACK_ON;
    const bool refused = capan_refused_sack(&me->side) || capan_refused_sack(&peer->side);
    return refused ? CAPAN_SACK_OFF : CAPAN_SACK_UNKNOWN;
}

#endif
