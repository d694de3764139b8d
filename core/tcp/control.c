/* SPDX-License-Identifier: MIT */
/* SYN, FIN and RST, probes and what they are answered with. */
#include "arrival.h"
#include "bytes.h"
#include "resets.h"
#include "seqnum.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

enum {
    LATE_MS = 500,   /* no receiver waits so long with the answer to a probe */
    SILENT_TRIES = 3 /* RFC 9293 3.8.3: R1, at least three retransmissions */
};

void capan_arrival_learn_syn(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const struct capan_tcp_header *header = arrival->header;
    struct capan_side *side = &me->side;
    if (side->isn_known && me->base == header->seq) {
        capan_arrival_set(arrival, F(SAME_ISN), me->marks & CAPAN_HALF_SYN_ACK || !(header->flags & CAPAN_TH_ACK));
        return;
    }
    /* Its data passed before: so did another copy of it, unseen. */
    capan_arrival_set(arrival, F(SAME_ISN), me->marks & CAPAN_HALF_SPOKE && me->base == header->seq);
    if (!(me->marks & CAPAN_HALF_BASED)) me->una = me->board.end = 0;
    if (me->board.count == 0) me->base = header->seq;
    if (!(arrival->facts & F(SAME_ISN))) me->marks &= ~(uint32_t)CAPAN_HALF_UNACKED;
    me->marks = (me->marks | CAPAN_HALF_BASED) & ~(uint32_t)CAPAN_HALF_ENDLESS;
    side->isn_known = true;
    side->isn = header->seq;
    side->mss_announced = header->has_mss ? header->mss : 0;
    side->window_scale = header->has_window_scale ? (int8_t)header->window_scale : header->options_cut ? -2 : -1;
    side->options_cut = header->options_cut;
    side->sack_permitted = header->sack_permitted;
    side->timestamps = header->has_timestamps;
}

/* Its answer passes here. Of what was sent more than once only a timestamp tells which one was answered (RFC 6298 3,
 * RFC 7323 4.1). */
static void answered(struct capan_arrival *arrival) {
    struct capan_opening *opening = &arrival->tcp->opening[!arrival->segment->direction];
    const struct capan_half *sender = arrival->peer;
    if (opening->answered || !opening->sends) return;
    opening->answered = true;
    const uint32_t echoed = arrival->header->ts_ecr;
    if (opening->sends == 1)
        opening->answer_ns = arrival->now - sender->syn_ns;
    else if (!arrival->header->has_timestamps || !sender->side.timestamps || opening->first_ts == sender->ts_max)
        return;
    else if (echoed == sender->ts_max)
        opening->answer_ns = arrival->now - sender->syn_ns;
    else if (echoed == opening->first_ts)
        opening->answer_ns = arrival->now - opening->first_ns;
}

/* The first ACK of the SYN-ACK, or, where the capture has nothing of the server, of one that must have been. */
static void look_at_opening(struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const unsigned any = CAPAN_HALF_SYN | CAPAN_HALF_SYN_ACK | CAPAN_HALF_SPOKE | CAPAN_HALF_RST;
    if (me->marks & CAPAN_HALF_SPOKE || !(arrival->header->flags & CAPAN_TH_ACK)) return;
    if (arrival->header->flags & (CAPAN_TH_SYN | CAPAN_TH_RST) || arrival->ack < 1) return;
    const bool unseen = (me->marks & any) == CAPAN_HALF_SYN && !(peer->marks & any);
    if (!unseen && !(peer->marks & CAPAN_HALF_SYN_ACK)) return;
    arrival->facts |= F(OPENS);
    capan_arrival_set(arrival, F(ACKS_UNSEEN), unseen);
    if (arrival->tcp->handshake_frames[2] == 0) arrival->tcp->handshake_frames[2] = arrival->segment->frame;
    answered(arrival);
}

/* A window that opens long after the probe opened by itself (RFC 9293 3.8.6.2.2): the answer would have come after a
 * round trip. */
static bool answers_probe(const struct capan_arrival *arrival) {
    const struct capan_rtt *rtt = &arrival->peer->rtt;
    const int64_t since = arrival->now - capan_incidents(arrival->peer)->probe_ns;
    return !(arrival->facts & F(WINDOW_CHANGED)) || !rtt->count || since < LATE_MS * MS ||
           since < 4 * (rtt->srtt_ns + rtt->rttvar_ns);
}

/* What a bare ACK answers. */
static void look_at_answer(struct capan_arrival *arrival) {
    const struct capan_incidents *peer = capan_incidents(arrival->peer);
    if (arrival->start != arrival->end || arrival->header->flags & CAPAN_TH_RST || arrival->facts & F(ACKS_OLD)) return;
    capan_arrival_set(arrival, F(AFTER_WINDOW_PROBE), peer->probe == CAPAN_KIND_WINDOW_PROBE && answers_probe(arrival));
    capan_arrival_set(arrival, F(AFTER_KEEPALIVE), peer->probe == CAPAN_KIND_KEEPALIVE);
    capan_arrival_set(arrival, F(CHALLENGED), arrival->me->marks & CAPAN_HALF_CHALLENGE);
}

void capan_arrival_look(struct capan_arrival *arrival) {
    if (arrival->facts & F(RST)) {
        capan_reset_look(arrival);
        return;
    }
    if (arrival->facts & F(SYN))
        capan_arrival_set(arrival, F(ANSWERS_SYN), arrival->facts & F(ACK) && arrival->peer->marks & CAPAN_HALF_SYN);
    look_at_opening(arrival);
    look_at_answer(arrival);
}

static void sent(const struct capan_arrival *arrival, struct capan_opening *opening) {
    if (opening->sends < UINT8_MAX) opening->sends++;
    if (opening->sends > 1) return;
    opening->serial = arrival->segment->serial;
    opening->first_ns = arrival->now;
    opening->first_ts = arrival->header->ts_val;
}

static void revise(const struct capan_arrival *arrival, uint64_t serial) {
    struct capan_segment *syn_ack = capan_records_at(arrival->tcp->records, serial);
    if (!syn_ack) return;
    uint8_t *state = arrival->segment->direction == CAPAN_C2S ? &syn_ack->client_state : &syn_ack->server_state;
    if (*state == CAPAN_TCP_ESTABLISHED) *state = CAPAN_TCP_SYN_SENT;
}

/* A SYN that comes again says that none of the SYN-ACKs before it has reached its sender (RFC 9293 3.10.7.3). */
static void note_unanswered(struct capan_arrival *arrival) {
    const struct capan_incidents *incidents = capan_incidents(arrival->peer);
    const struct capan_opening *answer = &arrival->tcp->opening[!arrival->segment->direction];
    if (arrival->me->marks & CAPAN_HALF_SPOKE || !(arrival->peer->marks & CAPAN_HALF_SYN_ACK)) return;
    capan_tcp_states_unanswered(&arrival->tcp->states, (enum capan_direction)arrival->segment->direction);
    revise(arrival, answer->serial);
    for (unsigned i = 0; i < incidents->syn_ack_count; i++) revise(arrival, incidents->syn_acks[i]);
}

/* Its records are kept for the time when its peer is found not to have got it. */
static void note_syn_ack_again(struct capan_arrival *arrival) {
    struct capan_incidents *incidents = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
    if (incidents && incidents->syn_ack_count < CAPAN_SYN_ACKS_MAX)
        incidents->syn_acks[incidents->syn_ack_count++] = arrival->segment->serial;
}

static void note_syn(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    struct capan_tcp *tcp = arrival->tcp;
    const unsigned both = CAPAN_HALF_SYN | CAPAN_HALF_SYN_ACK;
    const bool answer = arrival->header->flags & CAPAN_TH_ACK;
    if (tcp->handshake_frames[answer] == 0) tcp->handshake_frames[answer] = arrival->segment->frame;
    if (answer) answered(arrival);
    if (answer && me->marks & CAPAN_HALF_SYN_ACK) note_syn_ack_again(arrival);
    if (!answer && arrival->facts & F(SAME_ISN)) note_unanswered(arrival);
    sent(arrival, &tcp->opening[arrival->segment->direction]);
    if (!answer && !(me->marks & CAPAN_HALF_SYN) && (arrival->peer->marks & both) == CAPAN_HALF_SYN)
        tcp->crossed = true;
    me->marks |= answer ? CAPAN_HALF_SYN | CAPAN_HALF_SYN_ACK : CAPAN_HALF_SYN;
    me->syn_ns = arrival->now;
    me->syn_frame = arrival->segment->frame;
    if (tcp->crossed) capan_flag(arrival->segment, CAPAN_FLAG_SIMULTANEOUS_OPEN);
}

static void note_fin(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    if (!(me->marks & CAPAN_HALF_FIN)) {
        me->side.fin_ns = arrival->now;
        me->side.fin_frame = arrival->segment->frame;
        me->fin = arrival->end - 1;
        if (!(arrival->peer->marks & CAPAN_HALF_FIN))
            arrival->tcp->server_first = arrival->segment->direction == CAPAN_S2C;
    }
    me->marks |= CAPAN_HALF_FIN;
    if (arrival->header->payload_len) capan_flag(arrival->segment, CAPAN_FLAG_FIN_DATA);
}

static void note_probe(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me, *peer = arrival->peer;
    const uint8_t kind = arrival->segment->kind;
    const bool probes = capan_segment_is(arrival->segment, CAPAN_TRAIT_PROBE);
    if (me->incidents && arrival->start != arrival->end) me->incidents->probe = 0;
    if (peer->incidents && arrival->start == arrival->end && !probes && !(arrival->facts & F(ACKS_OLD)))
        peer->incidents->probe = 0;
    if (!probes || !capan_incidents_begin(me, arrival->tcp->alloc)) return;
    me->incidents->probes++;
    me->incidents->probe_ns = arrival->now;
    me->incidents->probe = kind;
    me->incidents->probe_frame = arrival->segment->frame;
    if (arrival->end > me->board.end) me->incidents->probe_end = arrival->end;
}

/* Its peer's silence ends: it was a pause, if it was told and can be taken back. */
static void end_silence(const struct capan_tcp *tcp, struct capan_incidents *waiting) {
    struct capan_segment *told = waiting->tries < SILENT_TRIES ? NULL : capan_records_at(tcp->records, waiting->silent);
    if (told) told->flags &= ~(UINT64_C(1) << CAPAN_FLAG_PEER_SILENT);
    waiting->tries = 0;
}

/* It asks on its timer, again and again, and nothing came from its peer meanwhile (RFC 9293 3.8.3). Told the third time
 * alone: what goes on is one silence. */
static void note_silence(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me, *peer = arrival->peer;
    if (peer->incidents && peer->incidents->tries) end_silence(arrival->tcp, peer->incidents);
    const bool again = arrival->segment->cause == CAPAN_CAUSE_RTO && arrival->facts & F(HEAD);
    if (!again && !capan_segment_is(arrival->segment, CAPAN_TRAIT_PROBE)) return;
    const bool both_spoke = me->marks & CAPAN_HALF_SPOKE && peer->side.segments;
    struct capan_incidents *incidents = both_spoke ? capan_incidents_begin(me, arrival->tcp->alloc) : NULL;
    if (!incidents || incidents->tries > SILENT_TRIES || ++incidents->tries != SILENT_TRIES) return;
    capan_flag(arrival->segment, CAPAN_FLAG_PEER_SILENT);
    incidents->silent = arrival->segment->serial;
}

/* A SYN on an open connection is answered with a challenge ACK (RFC 5961 4.2), data out of the window likewise. */
static void note_challenge(struct capan_arrival *arrival) {
    if (arrival->start == arrival->end) arrival->me->marks &= ~(uint32_t)CAPAN_HALF_CHALLENGE;
    const bool late_syn = arrival->facts & F(SYN) && arrival->peer->marks & CAPAN_HALF_SPOKE;
    if (late_syn || !arrival->acceptable) arrival->peer->marks |= CAPAN_HALF_CHALLENGE;
}

static void note_data_after_close(struct capan_arrival *arrival) {
    struct capan_half *peer = arrival->peer;
    if (arrival->segment->kind == CAPAN_KIND_DATA_NEW && peer->marks & CAPAN_HALF_FIN && arrival->ack > peer->fin)
        arrival->tcp->half_closed = true;
    if (arrival->header->payload_len == 0 || !(peer->marks & (CAPAN_HALF_FIN | CAPAN_HALF_RST))) return;
    peer->marks |= CAPAN_HALF_DATA_AFTER_CLOSE;
    struct capan_incidents *incidents = capan_incidents_begin(peer, arrival->tcp->alloc);
    if (incidents) incidents->late_frame = arrival->segment->frame;
    if (arrival->segment->kind == CAPAN_KIND_DATA_NEW) capan_reset_cuts_off(arrival->tcp, peer);
}

void capan_arrival_note(struct capan_arrival *arrival) {
    if (arrival->facts & F(RST)) capan_reset_note(arrival);
    if (arrival->facts & F(SYN)) note_syn(arrival);
    if (arrival->facts & F(FIN) && arrival->acceptable) note_fin(arrival);
    capan_reset_follow(arrival);
    note_probe(arrival);
    note_silence(arrival);
    note_challenge(arrival);
    note_data_after_close(arrival);
}
