/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <stddef.h>

/* What happens to one endpoint. */
enum event {
    SENT_SYN,
    SENT_SYN_ACK,
    SENT_ACK_OF_SYN,
    SENT_DATA,
    SENT_FIN,          /* that acknowledges the peer's FIN, or there was none */
    SENT_FIN_CROSSING, /* that does not acknowledge the peer's FIN, which the capture shows earlier */
    SENT_RST,
    GOT_SYN,
    GOT_SYN_ACK,
    GOT_ACK_OF_SYN,
    GOT_DATA,
    GOT_ACK_OF_FIN,
    GOT_FIN,
    GOT_RST
};

/* What a row asks for besides. */
enum condition {
    ALWAYS,
    PASSIVE,    /* it did not send a SYN without ACK: it was listening */
    SENDS,      /* it sent new data and no FIN yet */
    PEER_SENDS, /* the peer sent new data and no FIN yet */
    FINISHED,   /* it sent a FIN */
    PEER_FINISHED
};

enum history { ACTIVE_OPEN = 1, SENT_NEW_DATA = 2, SENT_A_FIN = 4 };

#define S(name) CAPAN_TCP_##name

/* By state; the first row that fits moves. No row: no move. */
static const struct capan_tcp_move from_unknown[] = {
    {S(UNKNOWN), S(SYN_SENT), SENT_SYN, ALWAYS, "RFC 9293 3.10.1", "it opens the connection"},
    {S(UNKNOWN), S(SYN_RECEIVED), SENT_SYN_ACK, ALWAYS, "RFC 9293 3.10.7.2", "it answers a SYN"},
    {S(UNKNOWN), S(SYN_RECEIVED), GOT_SYN, ALWAYS, "RFC 9293 3.10.7.2", "a SYN reaches it"},
    {S(UNKNOWN), S(ESTABLISHED), GOT_SYN_ACK, ALWAYS, "RFC 9293 3.10.7.3", "its SYN is acknowledged"},
    {S(UNKNOWN), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.5", "it aborts the connection"},
    {S(UNKNOWN), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer aborts the connection"},
    {S(UNKNOWN), S(ESTABLISHED), SENT_DATA, PEER_SENDS, "RFC 9293 3.10.2", "both send new data: neither has closed"},
    {S(UNKNOWN), S(ESTABLISHED), GOT_DATA, SENDS, "RFC 9293 3.10.2", "both send new data: neither has closed"},
    {S(UNKNOWN), S(CLOSE_WAIT), SENT_DATA, PEER_FINISHED, "RFC 9293 3.10.2",
     "it goes on sending after the peer closed"},
    {S(UNKNOWN), S(FIN_WAIT_1), GOT_DATA, FINISHED, "RFC 9293 3.10.4", "it closed while the peer goes on sending"},
    {S(UNKNOWN), S(FIN_WAIT_1), SENT_FIN, PEER_SENDS, "RFC 9293 3.10.4", "it closes first"},
    {S(UNKNOWN), S(LAST_ACK), SENT_FIN, PEER_FINISHED, "RFC 9293 3.10.4", "it closes after the peer"},
    {S(UNKNOWN), S(CLOSE_WAIT), GOT_FIN, SENDS, "RFC 9293 3.10.7.4", "the peer closes first"},
    {S(UNKNOWN), S(TIME_WAIT), GOT_FIN, FINISHED, "RFC 9293 3.10.7.4", "the peer closes after it"},
};
static const struct capan_tcp_move from_closed[] = {
    {S(CLOSED), S(SYN_SENT), SENT_SYN, ALWAYS, "RFC 9293 3.10.1", "it opens the connection"},
    {S(CLOSED), S(SYN_RECEIVED), SENT_SYN_ACK, ALWAYS, "RFC 9293 3.10.7.2", "it answers a SYN"},
};
static const struct capan_tcp_move from_listen[] = {
    {S(LISTEN), S(SYN_SENT), SENT_SYN, ALWAYS, "RFC 9293 3.10.1", "it opens the connection"},
    {S(LISTEN), S(SYN_RECEIVED), SENT_SYN_ACK, ALWAYS, "RFC 9293 3.10.7.2", "it answers a SYN"},
    {S(LISTEN), S(SYN_RECEIVED), GOT_SYN, ALWAYS, "RFC 9293 3.10.7.2", "a SYN reaches it"},
};
static const struct capan_tcp_move from_syn_sent[] = {
    {S(SYN_SENT), S(SYN_RECEIVED), SENT_SYN_ACK, ALWAYS, "RFC 9293 3.10.7.3", "it answers a SYN that crossed its own"},
    {S(SYN_SENT), S(ESTABLISHED), SENT_ACK_OF_SYN, ALWAYS, "RFC 9293 3.10.7.3",
     "it acknowledges a SYN-ACK that the capture missed"},
    {S(SYN_SENT), S(ESTABLISHED), GOT_SYN_ACK, ALWAYS, "RFC 9293 3.10.7.3", "its SYN is acknowledged"},
    {S(SYN_SENT), S(SYN_RECEIVED), GOT_SYN, ALWAYS, "RFC 9293 3.10.7.3", "a SYN crosses its own"},
    {S(SYN_SENT), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.3", "the peer refuses the connection"},
};
static const struct capan_tcp_move from_syn_received[] = {
    {S(SYN_RECEIVED), S(ESTABLISHED), GOT_ACK_OF_SYN, ALWAYS, "RFC 9293 3.10.7.4", "its SYN is acknowledged"},
    {S(SYN_RECEIVED), S(FIN_WAIT_1), SENT_FIN, ALWAYS, "RFC 9293 3.10.4", "it closes first"},
    {S(SYN_RECEIVED), S(CLOSE_WAIT), GOT_FIN, ALWAYS, "RFC 9293 3.10.7.4", "the peer closes first"},
    {S(SYN_RECEIVED), S(LISTEN), GOT_RST, PASSIVE, "RFC 9293 3.10.7.4", "the peer takes its SYN back"},
    {S(SYN_RECEIVED), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer refuses the connection"},
    {S(SYN_RECEIVED), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.7.1", "it refuses the connection"},
};
static const struct capan_tcp_move from_established[] = {
    {S(ESTABLISHED), S(FIN_WAIT_1), SENT_FIN, ALWAYS, "RFC 9293 3.10.4", "it closes first"},
    {S(ESTABLISHED), S(CLOSE_WAIT), GOT_FIN, ALWAYS, "RFC 9293 3.10.7.4", "the peer closes first"},
    {S(ESTABLISHED), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.5", "it aborts the connection"},
    {S(ESTABLISHED), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer aborts the connection"},
};
static const struct capan_tcp_move from_fin_wait_1[] = {
    {S(FIN_WAIT_1), S(FIN_WAIT_2), GOT_ACK_OF_FIN, ALWAYS, "RFC 9293 3.10.7.4", "its FIN is acknowledged"},
    {S(FIN_WAIT_1), S(CLOSING), GOT_FIN, ALWAYS, "RFC 9293 3.10.7.4", "the peer's FIN crosses its own"},
    {S(FIN_WAIT_1), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.5", "it aborts the connection"},
    {S(FIN_WAIT_1), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer aborts the connection"},
};
static const struct capan_tcp_move from_fin_wait_2[] = {
    {S(FIN_WAIT_2), S(TIME_WAIT), GOT_FIN, ALWAYS, "RFC 9293 3.10.7.4", "the peer closes after it"},
    {S(FIN_WAIT_2), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.5", "it aborts the connection"},
    {S(FIN_WAIT_2), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer aborts the connection"},
};
static const struct capan_tcp_move from_close_wait[] = {
    {S(CLOSE_WAIT), S(LAST_ACK), SENT_FIN, ALWAYS, "RFC 9293 3.10.4", "it closes after the peer"},
    {S(CLOSE_WAIT), S(CLOSING), SENT_FIN_CROSSING, ALWAYS, "RFC 9293 3.6", "its FIN crosses the peer's"},
    {S(CLOSE_WAIT), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.5", "it aborts the connection"},
    {S(CLOSE_WAIT), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer aborts the connection"},
};
static const struct capan_tcp_move from_closing[] = {
    {S(CLOSING), S(TIME_WAIT), GOT_ACK_OF_FIN, ALWAYS, "RFC 9293 3.10.7.4", "its FIN is acknowledged"},
    {S(CLOSING), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.5", "it gives the connection up"},
    {S(CLOSING), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer gave the connection up"},
};
static const struct capan_tcp_move from_last_ack[] = {
    {S(LAST_ACK), S(CLOSED), GOT_ACK_OF_FIN, ALWAYS, "RFC 9293 3.10.7.4", "its FIN is acknowledged"},
    {S(LAST_ACK), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.5", "it gives the connection up"},
    {S(LAST_ACK), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer gave the connection up"},
};
static const struct capan_tcp_move from_time_wait[] = {
    {S(TIME_WAIT), S(CLOSED), SENT_RST, ALWAYS, "RFC 9293 3.10.7.1", "it answers for a connection it has forgotten"},
    {S(TIME_WAIT), S(CLOSED), GOT_RST, ALWAYS, "RFC 9293 3.10.7.4", "the peer gave the connection up"},
};

#define ROWS(table)                                                                                                    \
    { table, sizeof(table) / sizeof *(table) }
static const struct {
    const struct capan_tcp_move *rows;
    unsigned count;
} moves[] = {
    [S(UNKNOWN)] = ROWS(from_unknown),
    [S(CLOSED)] = ROWS(from_closed),
    [S(LISTEN)] = ROWS(from_listen),
    [S(SYN_SENT)] = ROWS(from_syn_sent),
    [S(SYN_RECEIVED)] = ROWS(from_syn_received),
    [S(ESTABLISHED)] = ROWS(from_established),
    [S(FIN_WAIT_1)] = ROWS(from_fin_wait_1),
    [S(FIN_WAIT_2)] = ROWS(from_fin_wait_2),
    [S(CLOSE_WAIT)] = ROWS(from_close_wait),
    [S(CLOSING)] = ROWS(from_closing),
    [S(LAST_ACK)] = ROWS(from_last_ack),
    [S(TIME_WAIT)] = ROWS(from_time_wait),
};
enum { STATES = sizeof moves / sizeof *moves };

void capan_tcp_states_unanswered(struct capan_tcp_states *states, enum capan_direction side) {
    if (states->state[side] == CAPAN_TCP_ESTABLISHED) states->state[side] = CAPAN_TCP_SYN_SENT;
}

/* Rows are numbered through all tables. */
static uint8_t number_of(unsigned state, unsigned row) {
    while (state > 0) row += moves[--state].count;
    return (uint8_t)(row + 1);
}

const struct capan_tcp_move *capan_tcp_move(uint8_t number) {
    if (!number) return NULL;
    unsigned row = number - 1u;
    for (unsigned state = 0; state < STATES; row -= moves[state++].count)
        if (row < moves[state].count) return &moves[state].rows[row];
    return NULL;
}

static bool sends(uint8_t history) {
    return (history & (SENT_NEW_DATA | SENT_A_FIN)) == SENT_NEW_DATA;
}

static bool holds(enum condition condition, uint8_t own, uint8_t peers) {
    switch (condition) {
    case ALWAYS: return true;
    case PASSIVE: return !(own & ACTIVE_OPEN);
    case SENDS: return sends(own);
    case PEER_SENDS: return sends(peers);
    case FINISHED: return own & SENT_A_FIN;
    case PEER_FINISHED: return peers & SENT_A_FIN;
    }
    return false;
}

static void happens(struct capan_tcp_states *states, unsigned side, enum event event) {
    const unsigned state = states->state[side];
    for (unsigned i = 0; i < moves[state].count; i++) {
        const struct capan_tcp_move *move = &moves[state].rows[i];
        if (move->on != event) continue;
        if (!holds((enum condition)move->when, states->history[side], states->history[!side])) continue;
        states->state[side] = move->to;
        states->move[side] = number_of(state, i);
        return;
    }
}

/* What the segment's ACK proves to have reached its sender, whether the capture saw it or not. */
static void acknowledges(struct capan_tcp_states *states, unsigned sender, const struct capan_tcp_facts *facts) {
    if (facts->acks_syn && !facts->syn) happens(states, sender, SENT_ACK_OF_SYN);
    if (facts->acks_fin) happens(states, sender, GOT_FIN);
}

static void sends_segment(struct capan_tcp_states *states, unsigned sender, const struct capan_tcp_facts *facts) {
    uint8_t *history = &states->history[sender];
    if (facts->syn) {
        if (!facts->ack) *history |= ACTIVE_OPEN;
        happens(states, sender, facts->ack ? SENT_SYN_ACK : SENT_SYN);
    }
    if (facts->data && !facts->again) {
        *history |= SENT_NEW_DATA;
        happens(states, sender, SENT_DATA);
    }
    if (facts->fin) {
        happens(states, sender,
                (states->history[!sender] & SENT_A_FIN) && !facts->acks_fin ? SENT_FIN_CROSSING : SENT_FIN);
        *history |= SENT_A_FIN;
    }
    if (facts->rst && !facts->forged) happens(states, sender, SENT_RST);
}

/* A SYN-ACK whose ACK is not of the SYN is answered with a reset and changes nothing (RFC 9293 3.10.7.3). */
static void arrives(struct capan_tcp_states *states, unsigned receiver, const struct capan_tcp_facts *facts) {
    if (facts->rst) {
        happens(states, receiver, GOT_RST);
        return;
    }
    if (facts->syn && !facts->ack) happens(states, receiver, GOT_SYN);
    if (facts->syn && facts->acks_syn) happens(states, receiver, GOT_SYN_ACK);
    if (facts->data && !facts->again) happens(states, receiver, GOT_DATA);
    if (facts->acks_syn) happens(states, receiver, GOT_ACK_OF_SYN);
    if (facts->acks_fin) happens(states, receiver, GOT_ACK_OF_FIN);
    if (facts->fin_complete) happens(states, receiver, GOT_FIN);
}

/* Most segments: an established connection on which nothing opens or closes. */
static bool nothing_moves(const struct capan_tcp_states *states, const struct capan_tcp_facts *facts) {
    return capan_tcp_states_are_open(states) && !facts->syn && !facts->fin && !facts->fin_complete && !facts->rst;
}

void capan_tcp_states_segment(struct capan_tcp_states *states, enum capan_direction direction,
                              const struct capan_tcp_facts *facts) {
    const unsigned sender = direction, receiver = !direction;
    if (facts->reused) {
        *states = (struct capan_tcp_states){{0, 0}, {0, 0}, {0, 0}};
        states->state[sender] = CAPAN_TCP_CLOSED;
        states->state[receiver] = CAPAN_TCP_LISTEN;
    }
    states->move[0] = states->move[1] = 0;
    if (nothing_moves(states, facts)) return;
    acknowledges(states, sender, facts);
    sends_segment(states, sender, facts);
    if (!facts->refused) arrives(states, receiver, facts);
}
