/* SPDX-License-Identifier: MIT */
/* One segment's arrival: what is worked out about it, step by step, before and after its verdict. */
#ifndef ARRIVAL_H
#define ARRIVAL_H

#include "capan/packet.h"
#include "half.h"
#include "header.h"
#include "records.h"
#include "state.h"
#include "verdict.h"

/* Accurate ECN (RFC 9768 3.1). */
enum { CAPAN_ACCURATE_OFF, CAPAN_ACCURATE_OFFERED, CAPAN_ACCURATE_ON };
enum { CAPAN_ACE_UNKNOWN = 8 };

/* So far apart two taps, or the queues of one network card, may hand over packets. */
enum { CAPAN_SWAP_MS = 2 };

/* A SYN or SYN-ACK, and when its answer came. */
struct capan_opening {
    int64_t answer_ns; /* from its sending to its answer, both as they passed here; -1 not known (RFC 6298 3) */
    int64_t first_ns;  /* when it was sent first; the half has when it was last */
    uint64_t serial;   /* record of that */
    uint32_t first_ts; /* and its TSval */
    uint8_t sends;     /* how often; many count as UINT8_MAX */
    bool answered;
};

struct capan_tcp_counts;

struct capan_tcp {
    struct capan_half half[2]; /* by enum capan_direction: what the client, the server sends */
    const struct capan_alloc *alloc;
    struct capan_records *records;
    struct capan_tcp_states states;
    uint32_t handshake_frames[3];
    struct capan_opening opening[2]; /* by enum capan_direction */
    struct capan_tcp_counts *counts; /* for statistics; NULL: nobody asks for them */
    int64_t last_ns;
    uint32_t pmtu, pmtu_frame;
    uint8_t accurate_ecn; /* CAPAN_ACCURATE_... */
    uint8_t ace[2];       /* by direction: the counter of marks, or CAPAN_ACE_UNKNOWN; with CAPAN_ACCURATE_ON */
    bool crossed;         /* both ends sent a SYN */
    bool server_first;    /* the server's FIN came before the client's, or alone */
    bool fins_crossed;    /* neither FIN acknowledged the other */
    bool half_closed;     /* one end went on sending after it had acknowledged the other's FIN */
    bool fast_open;       /* data on a SYN was accepted */
    bool path_gaps;       /* octets were lost before this point */
    bool snapped;         /* payload was cut by the capture */
};

struct capan_arrival {
    struct capan_tcp *tcp;
    const struct capan_packet *packet;
    const struct capan_tcp_header *header;
    struct capan_segment *segment;
    struct capan_half *me, *peer; /* sender and receiver */
    uint64_t facts;
    int64_t now;
    int64_t start, end; /* sequence numbers that it takes */
    int64_t ack;
    uint64_t behind;           /* record of the segment behind the hole that it fills; UINT64_MAX none */
    uint32_t digest;           /* of its payload */
    struct capan_piece before; /* what carried its first octets before, or the hole they fill */
    bool has_before;
    uint32_t old_window;    /* the sender's, before this segment */
    int64_t old_end;        /* the sender's board's */
    int64_t old_una;        /* the peer's, before this segment */
    int64_t old_edge;       /* the sender's */
    int64_t old_data_ns;    /* likewise */
    uint32_t old_dup_acks;  /* the peer's, likewise */
    int64_t waited_ns;      /* the timer's time so far; meaningful with octets that come again */
    uint32_t copied_frame;  /* with the fact TWIN: what it is a copy of */
    int64_t copy_age_ns;    /* likewise */
    uint32_t full;          /* octets of a full segment of its sender; 0 not asked for yet */
    int64_t unseen;         /* octets that it acknowledges and that were never seen */
    uint32_t unseen_behind; /* the first frame behind a hole of them; 0 none */
    int64_t fin_at;         /* where the peer's octets end, as this one shows; INT64_MAX it does not (claims.h) */
    int64_t own_fin_at;     /* its sender's, likewise, by a FIN before it */
    bool acceptable;        /* its numbers lie where its receiver looks at them */
    bool refused;           /* its receiver drops it before it looks at its numbers (refusal.h) */
};

/* The sender's answers take next to none of the round trip: what it sends passes here before any path can lose it. */
static inline bool capan_at_sender(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    return me->answer_ns >= 0 && peer->answer_ns >= 0 && me->answer_ns < peer->answer_ns / 8;
}

/* How long it takes from here to that endpoint and back. */
static inline int64_t capan_near(const struct capan_half *half) {
    return half->answer_ns < 0 ? 0 : half->answer_ns;
}
static inline void capan_answers_after(struct capan_half *half, int64_t ns) {
    if (ns >= 0 && (half->answer_ns < 0 || ns < half->answer_ns)) half->answer_ns = ns;
}

static inline void capan_arrival_set(struct capan_arrival *arrival, uint64_t fact, bool holds) {
    if (holds) arrival->facts |= fact;
}
static inline void capan_flag(struct capan_segment *segment, enum capan_tcp_flag flag) {
    segment->flags |= UINT64_C(1) << flag;
}

/* control.c: SYN and FIN, probes and what they are answered with: before the verdict, and after it. */
void capan_arrival_learn_syn(struct capan_arrival *);
void capan_arrival_look(struct capan_arrival *);
void capan_arrival_note(struct capan_arrival *);

/* acking.c: the ACK, SACK blocks and window of the segment, and what they settle for the peer's data. */
void capan_arrival_acks(struct capan_arrival *);
/* evidence.c: where its octets lie, and what is known of why they were sent. */
void capan_arrival_locate(struct capan_arrival *);
/* How long nothing was sent that a keep-alive's sender would count. */
int64_t capan_silence(const struct capan_arrival *);
/* sending.c: after the verdict: the sender's scoreboard and recovery. */
void capan_arrival_sent(struct capan_arrival *);
/* The whole of it as a piece of the scoreboard. */
struct capan_piece capan_piece_of(const struct capan_arrival *, uint8_t marks);

/* copies.c: the packet that it is a copy of; NULL when it is none. */
const struct capan_seen *capan_copied(const struct capan_half *me, const struct capan_half *peer,
                                      const struct capan_packet *, const struct capan_tcp_header *,
                                      const struct capan_seen *);
void capan_remember_packet(struct capan_half *, const struct capan_seen *, const struct capan_alloc *);
/* A packet came twice, so long after the first: more are remembered from now on. */
void capan_expect_copies(struct capan_half *, int64_t age_ns, const struct capan_alloc *);
/* How long after a packet its copy may come. Where ids differ from packet to packet, the id settles it. Else a sender
 * can have repeated it only after a round trip, and would have given it a newer timestamp. */
int64_t capan_copy_time(const struct capan_half *me, const struct capan_half *peer, const struct capan_packet *,
                        const struct capan_tcp_header *, bool other_tap);
/* Its IP id tells it from all other packets of its sender. */
bool capan_id_names(const struct capan_half *, const struct capan_packet *);
/* A copy that comes later than the last few packets: its id is known, and nothing in it is new. */
bool capan_arrival_has_known_id(const struct capan_arrival *);
void capan_ids_follow(struct capan_half *, const struct capan_packet *);

/* tails.c: whether a lone segment was sent again by a probe or by the timer. After the verdict on a resend. */
void capan_tail_resent(struct capan_arrival *);
/* New data, before it is on the board. */
void capan_tail_followed(struct capan_arrival *);
/* The peer's octets below its una are acknowledged. */
void capan_tail_acked(struct capan_arrival *);

/* One question about an earlier segment is answered. */
void capan_answered(const struct capan_tcp *, uint64_t serial);

/* resends.c: whether what was sent again was needed (RFC 2883, RFC 3522). */
void capan_resends_free(struct capan_half *, const struct capan_alloc *);
void capan_resends_add(struct capan_arrival *);
/* The peer's data was acknowledged by arrival's segment, from arrival->old_una on. */
void capan_resends_acked(struct capan_arrival *);
void capan_resends_dsack(struct capan_arrival *, int64_t left, int64_t right);
/* The original of octets that were sent again came late. */
void capan_resends_original(struct capan_arrival *);
/* A copy of a resend has passed. If the resend filled a hole, the original was lost: what the receiver reports as come
 * twice is the copy (RFC 2883 5). */
void capan_resends_copied(const struct capan_arrival *);
/* The last one, of late, with octets of [start, end); NULL none. */
const struct capan_resend *capan_resends_last(const struct capan_half *, int64_t start, int64_t end);
/* The one of that record, or NULL. */
struct capan_resend *capan_resends_of(const struct capan_half *, uint64_t serial);
/* The cause of a resend is known now: its verdict, but for a kind that says where its octets lie, by the resend rule of
 * those facts. least: how sure at most. */
void capan_resends_rejudge(const struct capan_tcp *, struct capan_half *, uint64_t serial, uint64_t facts,
                           int64_t waited_ns, enum capan_certainty least);
/* After the verdict on a resend; after an ACK of the peer's octets: word of a loss, recorded behind the resend that it
 * set off. */
void capan_resends_unclear(struct capan_arrival *);
void capan_resends_prompted(struct capan_arrival *);
/* Settles what is old enough; all of it at the end. */
void capan_resends_settle(const struct capan_tcp *, struct capan_half *, int64_t now, bool all);

#endif
