/* SPDX-License-Identifier: MIT */
/* The state each endpoint is in, as far as a capture shows it. RFC 9293 3.3.2, 3.10.
 *
 * A segment moves its sender by having been sent, and its receiver as if it arrived at once: the capture shows no more
 * (RFC 9293 3.5, figures 5 to 7, read alike). What a later segment's numbers prove to have arrived otherwise is
 * made good: a FIN that does not acknowledge the peer's crossed it, an ACK of a FIN that the capture missed saw it.
 * TIME-WAIT does not end by itself: no segment shows when. Joined midway, an endpoint is UNKNOWN until what both send
 * leaves one state only. */
#ifndef STATE_H
#define STATE_H

#include "capan/tcp.h"

/* What one segment says, as the numbers of both directions make it out. */
struct capan_tcp_facts {
    bool syn : 1, ack : 1, fin : 1; /* control bits; of a segment that its receiver can accept */
    bool rst : 1;          /* a reset that its receiver believes (RFC 5961 3.2; in SYN-SENT: it acknowledges the SYN) */
    bool forged : 1;       /* the reset was sent by somebody else in its sender's name */
    bool refused : 1;      /* its receiver drops it unread */
    bool acks_syn : 1;     /* its ACK covers the peer's SYN, or is a SYN-ACK to a SYN that the capture missed */
    bool acks_fin : 1;     /* its ACK covers the peer's FIN */
    bool data : 1;         /* carries payload */
    bool again : 1;        /* nothing in it is new */
    bool fin_complete : 1; /* with it, every octet its sender has sent up to and including the FIN has been seen */
    bool reused : 1;       /* a SYN that opens another connection on these ports (RFC 9293 3.6.1) */
};

/* Zero is the state before the first segment. */
struct capan_tcp_states {
    uint8_t state[2];   /* enum capan_tcp_state, by enum capan_direction: the client's, the server's */
    uint8_t move[2];    /* the row that moved each side last with the newest segment; 0 none: capan_tcp_move() */
    uint8_t history[2]; /* of each side, what the rows' conditions need */
};

/* A row of the table: one sentence of the RFC. */
struct capan_tcp_move {
    uint8_t from, to;     /* enum capan_tcp_state */
    uint8_t on, when;     /* event and condition, for the table's own use */
    const char *source;   /* RFC and section */
    const char *sentence; /* what moved the endpoint, lower case, without a full stop */
};

/* Both sides are open: nothing moves them but a SYN, a FIN or a reset. */
static inline bool capan_tcp_states_are_open(const struct capan_tcp_states *states) {
    return states->state[0] == CAPAN_TCP_ESTABLISHED && states->state[1] == CAPAN_TCP_ESTABLISHED;
}

/* One segment sent in that direction. */
void capan_tcp_states_segment(struct capan_tcp_states *, enum capan_direction, const struct capan_tcp_facts *);

/* The SYN-ACK that this side seemed to have got has not reached it. */
void capan_tcp_states_unanswered(struct capan_tcp_states *, enum capan_direction);

/* The row of that number from 1; NULL when there is none. */
const struct capan_tcp_move *capan_tcp_move(uint8_t number);

#endif
