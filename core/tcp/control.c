/* SPDX-License-Identifier: MIT */
/* SYN, FIN and RST, probes and what they are answered with. */
#include "bytes.h"
#include "seqnum.h"
#include "turn.h"

#define F(name) CAPAN_FACT(name)

void capan_turn_learn_syn(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    const struct capan_tcp_header *header = turn->header;
    struct capan_side *side = &me->side;
    if (side->isn_known && me->base == header->seq) {
        capan_turn_set(turn, F(SAME_ISN), me->marks & CAPAN_HALF_SYN_ACK || !(header->flags & CAPAN_TH_ACK));
        return;
    }
    /* Its data passed before: so did another copy of it, unseen. */
    capan_turn_set(turn, F(SAME_ISN), me->marks & CAPAN_HALF_SPOKE && me->base == header->seq);
    if (!(me->marks & CAPAN_HALF_BASED)) me->una = me->board.end = 0;
    if (me->board.count == 0) me->base = header->seq;
    if (!(turn->facts & F(SAME_ISN))) me->marks &= ~(uint32_t)CAPAN_HALF_UNACKED;
    me->marks = (me->marks | CAPAN_HALF_BASED) & ~(uint32_t)CAPAN_HALF_ENDLESS;
    side->isn_known = true;
    side->isn = header->seq;
    side->mss_announced = header->has_mss ? header->mss : 0;
    side->window_scale = header->has_window_scale ? (int8_t)header->window_scale : -1;
    side->sack_permitted = header->sack_permitted;
    side->timestamps = header->has_timestamps;
}

static void look_at_rst(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    const struct capan_half *peer = turn->peer;
    const bool answers = turn->header->flags & CAPAN_TH_ACK && peer->marks & CAPAN_HALF_SYN &&
                         !(peer->marks & CAPAN_HALF_SYN_ACK) && !(me->marks & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE)) &&
                         turn->ack >= 1 && turn->ack <= peer->board.end;
    capan_turn_set(turn, F(ANSWERS_SYN), answers);
    const bool again = me->marks & CAPAN_HALF_RST && peer->una < peer->board.end;
    capan_turn_set(turn, F(GONE), again || me->marks & CAPAN_HALF_DATA_AFTER_CLOSE);
    capan_turn_set(turn, F(EXACT), turn->start == me->board.end || turn->start == me->una);
    const bool bounded = peer->marks & CAPAN_HALF_WINDOW;
    capan_turn_set(turn, F(IN_WINDOW),
                   turn->start >= me->una && (!bounded || turn->start < max_i64(peer->edge, me->board.end)));
}

/* The first ACK of the SYN-ACK. */
static void look_at_opening(struct capan_turn *turn) {
    const struct capan_half *me = turn->me, *peer = turn->peer;
    if (me->marks & CAPAN_HALF_SPOKE || !(peer->marks & CAPAN_HALF_SYN_ACK) || !(turn->header->flags & CAPAN_TH_ACK))
        return;
    if (turn->header->flags & (CAPAN_TH_SYN | CAPAN_TH_RST) || turn->ack < 1) return;
    turn->facts |= F(OPENS);
    if (turn->tcp->handshake_frames[2] == 0) {
        turn->tcp->handshake_frames[2] = turn->segment->frame;
        turn->tcp->handshake_ns[2] = turn->now;
    }
}

/* What a bare ACK answers. */
static void look_at_answer(struct capan_turn *turn) {
    const struct capan_trouble *peer = capan_trouble(turn->peer);
    if (turn->start != turn->end || turn->header->flags & CAPAN_TH_RST || turn->facts & F(ACKS_OLD)) return;
    capan_turn_set(turn, F(AFTER_WINDOW_PROBE), peer->probe == CAPAN_KIND_WINDOW_PROBE);
    capan_turn_set(turn, F(AFTER_KEEPALIVE), peer->probe == CAPAN_KIND_KEEPALIVE);
    capan_turn_set(turn, F(CHALLENGED), turn->me->marks & CAPAN_HALF_CHALLENGE);
}

void capan_turn_looks(struct capan_turn *turn) {
    if (turn->facts & F(RST)) {
        look_at_rst(turn);
        return;
    }
    look_at_opening(turn);
    look_at_answer(turn);
}

static void note_syn(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    struct capan_tcp *tcp = turn->tcp;
    const unsigned both = CAPAN_HALF_SYN | CAPAN_HALF_SYN_ACK;
    const bool answer = turn->header->flags & CAPAN_TH_ACK;
    if (tcp->handshake_frames[answer] == 0) {
        if (!answer) tcp->syn_serial = turn->segment->serial;
        tcp->handshake_frames[answer] = turn->segment->frame;
        tcp->handshake_ns[answer] = turn->now;
    }
    if (!answer && !(me->marks & CAPAN_HALF_SYN) && (turn->peer->marks & both) == CAPAN_HALF_SYN) tcp->crossed = true;
    me->marks |= answer ? CAPAN_HALF_SYN | CAPAN_HALF_SYN_ACK : CAPAN_HALF_SYN;
    me->syn_ns = turn->now;
    me->syn_frame = turn->segment->frame;
    if (tcp->crossed) capan_flag(turn->segment, CAPAN_FLAG_SIMULTANEOUS_OPEN);
}

static void note_fin(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    if (!(me->marks & CAPAN_HALF_FIN)) {
        me->side.fin_ns = turn->now;
        me->side.fin_frame = turn->segment->frame;
        me->fin = turn->end - 1;
    }
    me->marks |= CAPAN_HALF_FIN;
    if (turn->header->payload_len) capan_flag(turn->segment, CAPAN_FLAG_FIN_DATA);
}

bool capan_turn_resets(const struct capan_turn *turn) {
    return turn->facts & F(RST) && turn->facts & (F(ANSWERS_SYN) | F(EXACT));
}

static void note_rst(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    if (turn->segment->kind == CAPAN_KIND_RST_CHALLENGEABLE) turn->peer->marks |= CAPAN_HALF_CHALLENGE;
    if (!capan_turn_resets(turn) && !(turn->facts & F(GONE))) return;
    me->marks |= CAPAN_HALF_RST;
    struct capan_trouble *trouble = capan_trouble_begin(me, turn->tcp->alloc);
    if (!trouble || trouble->rst_frame) return;
    trouble->rst_ns = turn->now;
    trouble->rst_frame = turn->segment->frame;
}

static void note_probe(struct capan_turn *turn) {
    struct capan_half *me = turn->me, *peer = turn->peer;
    const uint8_t kind = turn->segment->kind;
    const bool probes = kind == CAPAN_KIND_WINDOW_PROBE || kind == CAPAN_KIND_KEEPALIVE;
    if (me->trouble && turn->start != turn->end) me->trouble->probe = 0;
    if (peer->trouble && turn->start == turn->end && !probes && !(turn->facts & F(ACKS_OLD))) peer->trouble->probe = 0;
    if (!probes || !capan_trouble_begin(me, turn->tcp->alloc)) return;
    me->trouble->probes++;
    me->trouble->probe = kind;
    me->trouble->probe_frame = turn->segment->frame;
    if (turn->end > me->board.end) me->trouble->probe_end = turn->end;
}

/* A SYN on an open connection is answered with a challenge ACK (RFC 5961 4.2), data out of the window likewise. */
static void note_challenge(struct capan_turn *turn) {
    if (turn->start == turn->end) turn->me->marks &= ~(uint32_t)CAPAN_HALF_CHALLENGE;
    const bool late_syn = turn->facts & F(SYN) && turn->peer->marks & CAPAN_HALF_SPOKE;
    if (late_syn || !turn->acceptable) turn->peer->marks |= CAPAN_HALF_CHALLENGE;
}

static void note_data_after_close(struct capan_turn *turn) {
    struct capan_half *peer = turn->peer;
    if (turn->segment->kind == CAPAN_KIND_DATA_NEW && peer->marks & CAPAN_HALF_FIN && turn->ack > peer->fin)
        turn->tcp->half_closed = true;
    if (turn->header->payload_len == 0 || !(peer->marks & (CAPAN_HALF_FIN | CAPAN_HALF_RST))) return;
    peer->marks |= CAPAN_HALF_DATA_AFTER_CLOSE;
    struct capan_trouble *trouble = capan_trouble_begin(peer, turn->tcp->alloc);
    if (trouble) trouble->late_frame = turn->segment->frame;
}

void capan_turn_notes(struct capan_turn *turn) {
    if (turn->facts & F(RST)) note_rst(turn);
    if (turn->facts & F(SYN)) note_syn(turn);
    if (turn->facts & F(FIN) && turn->acceptable) note_fin(turn);
    note_probe(turn);
    note_challenge(turn);
    note_data_after_close(turn);
}
