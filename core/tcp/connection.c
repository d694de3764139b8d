/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include "alloc.h"
#include "arrival.h"
#include "budget.h"
#include "bytes.h"
#include "claims.h"
#include "counts.h"
#include "flags.h"
#include "operands.h"
#include "refusal.h"
#include "resets.h"
#include "seqnum.h"
#include "stamps.h"
#include "unseen.h"

#define F(name) CAPAN_FACT(name)

enum {
    FAR = 1 << 30,
    BLACK_HOLE_SENDS = 4 /* in vain; chance would have let one through */
};

void capan_answered(const struct capan_tcp *tcp, uint64_t serial) {
    struct capan_segment *segment = capan_records_at(tcp->records, serial);
    if (segment && segment->open_questions) segment->open_questions--;
}

static void find_numbers(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const struct capan_tcp_header *header = arrival->header;
    if (header->flags & CAPAN_TH_SYN) capan_arrival_learn_syn(arrival);
    if (!(me->marks & CAPAN_HALF_BASED)) {
        capan_arrival_set(arrival, F(UNTOLD), header->flags & CAPAN_TH_RST);
        me->base = header->seq - 1;
        me->una = me->board.end = 1;
        me->marks |= CAPAN_HALF_BASED | CAPAN_HALF_UNACKED;
    }
    arrival->start = capan_seq_unwrap(header->seq, me->base, me->board.end);
    arrival->end =
        arrival->start + header->payload_len + !!(header->flags & CAPAN_TH_SYN) + !!(header->flags & CAPAN_TH_FIN);
    arrival->segment->seq = arrival->start;
}

/* RFC 9293 3.10.7.4, first check: what lies outside the window is answered and forgotten. What a capture missed moves
 * the window unseen; so only what is far out is not believed, and only when its ACK is no better. What goes on where
 * its sender was is the sender's own. */
static bool is_acceptable(struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    if (arrival->header->flags & CAPAN_TH_SYN || !(peer->marks & CAPAN_HALF_WINDOW) || !(me->marks & CAPAN_HALF_SPOKE))
        return true;
    const int64_t room = 1 + (int64_t)peer->side.window_max;
    if (arrival->start <= max_i64(peer->edge + room, me->board.end) && arrival->end > me->una - FAR) return true;
    return arrival->start == capan_incidents(me)->stray_end;
}

static void decide(struct capan_arrival *arrival) {
    struct capan_segment *segment = arrival->segment;
    segment->rule = capan_tcp_rule(arrival->facts);
    const struct capan_tcp_rule *rule = capan_tcp_rule_at(segment->rule);
    segment->kind = rule->kind;
    segment->certainty = rule->certainty;
    segment->cause = rule->cause;
    if (rule->cause == CAPAN_CAUSE_BY_RESEND) {
        const struct capan_tcp_rule *resend = capan_tcp_rule_at(capan_tcp_resend_rule(arrival->facts));
        segment->cause = resend->cause;
        if (resend->certainty > segment->certainty) segment->certainty = resend->certainty;
    }
    if (segment->cause != CAPAN_CAUSE_RTO) segment->rto_ns = -1;
    capan_operands_keep(arrival);
}

/* Most segments: known without all that the states ask for. */
static bool states_stay(const struct capan_arrival *arrival) {
    return capan_tcp_states_are_open(&arrival->tcp->states) && !(arrival->me->marks & CAPAN_HALF_FIN) &&
           !(arrival->facts & (F(SYN) | F(FIN) | F(RST) | F(REUSED)));
}

static void move_states(struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    if (states_stay(arrival)) {
        arrival->tcp->states.move[0] = arrival->tcp->states.move[1] = 0;
        return;
    }
    const bool acks =
        arrival->header->flags & CAPAN_TH_ACK && !arrival->refused && !(arrival->facts & F(ACKS_NEVER_SENT));
    const struct capan_tcp_facts facts = {
        .syn = arrival->facts & F(SYN),
        .ack = arrival->facts & F(ACK),
        .fin = arrival->facts & F(FIN) && arrival->acceptable,
        .rst = capan_arrival_resets(arrival),
        .forged = arrival->facts & F(FORGED),
        .refused = arrival->refused,
        .acks_syn = acks && arrival->ack >= 1 && (peer->side.isn_known || arrival->facts & (F(SYN) | F(OPENS))),
        .acks_fin = acks && peer->marks & CAPAN_HALF_FIN && arrival->ack > peer->fin,
        .data = arrival->header->payload_len > 0 && arrival->acceptable,
        .again = arrival->facts & F(SEEN) && !(arrival->facts & (F(FILLS) | F(PART_NEW) | F(MISSED))),
        .fin_complete = me->marks & CAPAN_HALF_FIN && me->board.holes == 0,
        .reused = arrival->facts & F(REUSED)};
    capan_tcp_states_segment(&arrival->tcp->states, (enum capan_direction)arrival->segment->direction, &facts);
    if (arrival->tcp->states.state[0] == CAPAN_TCP_CLOSING || arrival->tcp->states.state[1] == CAPAN_TCP_CLOSING)
        arrival->tcp->fins_crossed = true;
}

static void show_states(const struct capan_arrival *arrival) {
    arrival->segment->client_state = arrival->tcp->states.state[CAPAN_C2S];
    arrival->segment->server_state = arrival->tcp->states.state[CAPAN_S2C];
}

/* Where something comes again, so may packets. */
static void count_resend(const struct capan_arrival *arrival, uint64_t octets) {
    struct capan_incidents *incidents = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
    if (!incidents) return;
    incidents->resent_segments++;
    incidents->resent_bytes += octets;
    capan_seen_set_begin(&incidents->seen, &arrival->me->recent, arrival->tcp->alloc);
}

static void count_oddity(const struct capan_arrival *arrival) {
    const uint8_t kind = arrival->segment->kind;
    const bool copy = kind == CAPAN_KIND_DUPLICATE_PACKET, late = kind == CAPAN_KIND_DATA_LATE;
    const bool ack = capan_segment_is(arrival->segment, CAPAN_TRAIT_DUPLICATE_ACK);
    if (!copy && !late && !ack) return;
    struct capan_incidents *incidents = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
    if (!incidents) return;
    incidents->duplicate_packets += copy;
    incidents->late_segments += late;
    incidents->duplicate_acks += ack;
}

static void count(struct capan_arrival *arrival) {
    struct capan_side *side = &arrival->me->side;
    const uint32_t len = arrival->header->payload_len;
    side->segments++;
    side->data_segments += len > 0;
    if (len > side->mss_observed && !(arrival->segment->flags >> CAPAN_FLAG_OFFLOAD_MERGED & 1))
        side->mss_observed = len;
    if (capan_segment_is(arrival->segment, CAPAN_TRAIT_AGAIN)) {
        const uint64_t fresh = arrival->facts & F(PART_NEW) ? (uint64_t)(arrival->me->board.end - arrival->old_end)
                               : arrival->facts & F(FILLS)  ? len
                                                            : 0;
        count_resend(arrival, fresh < len ? len - fresh : 0);
        side->bytes += fresh < len ? fresh : len;
    } else if (!(arrival->facts & (F(PROBE_SHAPE) | F(ACKS_NEVER_SENT)))) {
        side->bytes += len;
    }
    count_oddity(arrival);
    if (arrival->header->payload.len < len) arrival->tcp->snapped = true;
}

static void await_sign(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    me->echo_ns = arrival->now;
    me->echo_edge = arrival->old_edge ? arrival->old_edge : INT64_MAX;
    me->marks |= CAPAN_HALF_ECHO;
}

/* The first segment with a new timestamp is watched until the peer echoes it: so long is the path to the peer and back.
 */
static void watch_echo(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me, *peer = arrival->peer;
    const struct capan_tcp_header *header = arrival->header;
    if (peer->marks & CAPAN_HALF_ECHO && header->has_ts_ecr && !capan_seq_lt(header->ts_ecr, peer->echo_ts)) {
        capan_answers_after(me, arrival->now - peer->echo_ns);
        peer->marks &= ~(uint32_t)CAPAN_HALF_ECHO;
    }
    const bool newer = me->marks & CAPAN_HALF_TS_SEEN && capan_seq_gt(header->ts_val, me->ts_max);
    if (newer && !(me->marks & CAPAN_HALF_ECHO)) {
        me->echo_ts = header->ts_val;
        await_sign(arrival);
    }
    if (newer || !(me->marks & CAPAN_HALF_TS_SEEN)) me->ts_max = header->ts_val;
    me->marks |= CAPAN_HALF_TS_SEEN;
}

static void remember(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const struct capan_tcp_header *header = arrival->header;
    capan_arrival_learn_sender(arrival);
    if (header->has_timestamps && !arrival->refused && !(arrival->facts & F(ACKS_OLD))) {
        capan_stamps_follow(arrival);
        watch_echo(arrival);
    } else if (!(me->marks & (CAPAN_HALF_TS_SEEN | CAPAN_HALF_ECHO))) {
        await_sign(arrival);
    }
    capan_ids_follow(me, arrival->packet);
    if (!(header->flags & (CAPAN_TH_SYN | CAPAN_TH_RST))) me->marks |= CAPAN_HALF_SPOKE;
    me->last_frame = arrival->segment->frame;
    arrival->tcp->last_ns = arrival->now;
}

/* The payload, for reassembly. A keep-alive's octet and what lies outside the window never reach the application. */
static void give_data(const struct capan_arrival *arrival, struct capan_tcp_data *data) {
    const struct capan_segment *segment = arrival->segment;
    const bool fin_acked = arrival->peer->marks & CAPAN_HALF_FIN && arrival->ack > arrival->peer->fin;
    data->offset = arrival->start + !!(arrival->facts & F(SYN)) - 1;
    if (arrival->refused) return;
    if (segment->kind != CAPAN_KIND_KEEPALIVE && arrival->acceptable && !(arrival->facts & F(RST))) {
        data->octets = arrival->header->payload;
        data->len = arrival->header->payload_len;
    }
    if (arrival->facts & F(ACK) && !(arrival->facts & (F(ACKS_NEVER_SENT) | F(RST))))
        data->peer_acked = arrival->ack - 1 - fin_acked;
    const unsigned direction = segment->direction;
    data->fin_at[!direction] = arrival->fin_at;
    data->fin_at[direction] = arrival->facts & F(FIN) && arrival->acceptable && !capan_claim_holds(arrival)
                                  ? data->offset + arrival->header->payload_len
                                  : arrival->own_fin_at;
    data->rst = capan_arrival_resets(arrival) && !(arrival->facts & F(FORGED));
}

static void show_numbers(struct capan_arrival *arrival) {
    struct capan_segment *segment = arrival->segment;
    const struct capan_half *me = arrival->me;
    segment->window =
        arrival->facts & F(SYN) ? me->window : capan_window_shown(me->window, &me->side, &arrival->peer->side);
    segment->outstanding = (uint32_t)(me->board.end - max_i64(me->una, 0)) - me->board.sacked;
}

/* A copy, or a header that contradicts itself: it changes nothing. */
static bool stands_apart(struct capan_arrival *arrival, const struct capan_seen *seen) {
    if (arrival->header->malformed || !(arrival->facts & (F(SYN) | F(RST) | F(ACK)))) {
        arrival->facts |= F(BROKEN);
        return true;
    }
    const struct capan_seen *first = capan_copied(arrival->me, arrival->peer, arrival->packet, arrival->header, seen);
    if (!first) return false;
    arrival->copied_frame = first->frame;
    arrival->copy_age_ns = capan_seen_age_ns(first, seen);
    arrival->facts |= F(TWIN);
    return true;
}

/* Its numbers, in those of a connection that is left as it is. */
static void show_position(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const struct capan_tcp_header *header = arrival->header;
    if (me->marks & CAPAN_HALF_BASED) arrival->segment->seq = capan_seq_unwrap(header->seq, me->base, me->board.end);
    if (header->flags & CAPAN_TH_ACK && peer->marks & CAPAN_HALF_BASED)
        arrival->segment->ack = capan_seq_unwrap(header->ack, peer->base, peer->una);
}

/* What is known of it goes into its record; the connection stays as it was. */
static void leave(struct capan_arrival *arrival) {
    show_position(arrival);
    decide(arrival);
    arrival->me->side.segments++;
    count_oddity(arrival);
    if (arrival->copied_frame) {
        capan_expect_copies(arrival->me, arrival->copy_age_ns, arrival->tcp->alloc);
        capan_resends_copied(arrival);
    }
    show_states(arrival);
    show_numbers(arrival);
}

static void header_facts(struct capan_arrival *arrival) {
    const uint8_t flags = arrival->header->flags;
    capan_arrival_set(arrival, F(SYN), flags & CAPAN_TH_SYN);
    capan_arrival_set(arrival, F(ACK), flags & CAPAN_TH_ACK);
    capan_arrival_set(arrival, F(FIN), flags & CAPAN_TH_FIN);
    capan_arrival_set(arrival, F(RST), flags & CAPAN_TH_RST);
    capan_arrival_set(arrival, F(DATA), arrival->header->payload_len > 0);
}

/* RFC 9293 3.10.7.4, fifth check. */
static void drop(struct capan_arrival *arrival) {
    arrival->refused = true;
    arrival->acceptable = false;
}

static void look(struct capan_arrival *arrival, bool reused) {
    if ((arrival->me->marks | arrival->peer->marks) & CAPAN_HALF_CLAIMED) capan_claim_look(arrival);
    arrival->old_end = arrival->me->board.end;
    arrival->old_edge = arrival->me->edge;
    arrival->old_data_ns = arrival->me->data_ns;
    arrival->acceptable = is_acceptable(arrival);
    capan_arrival_set(arrival, F(REUSED), reused);
    arrival->refused = capan_arrival_is_refused(arrival);
    if (arrival->segment->flags >> CAPAN_FLAG_BAD_CHECKSUM & 1) arrival->digest = 0; /* not what was sent */
    if (arrival->refused) {
        show_position(arrival);
    } else {
        capan_arrival_acks(arrival);
        capan_arrival_look(arrival);
        if (arrival->facts & F(ACKS_NEVER_SENT)) drop(arrival);
    }
    if (arrival->acceptable && !(arrival->facts & F(RST))) capan_arrival_locate(arrival);
}

static void note(struct capan_arrival *arrival) {
    if (capan_claim_holds(arrival) && arrival->segment->kind == CAPAN_KIND_ACK_UNSEEN)
        arrival->segment->certainty = CAPAN_LIKELY;
    if (arrival->acceptable && !(arrival->facts & F(RST))) capan_arrival_sent(arrival);
    if (arrival->start == arrival->end) arrival->peer->marks &= ~(uint32_t)CAPAN_HALF_REPEATED;
    if (arrival->facts & F(BELOW) && !(arrival->facts & F(SYN)) && arrival->start < arrival->end)
        arrival->me->marks |= CAPAN_HALF_REPEATED;
    if (!arrival->acceptable && !(arrival->facts & F(ACKS_NEVER_SENT))) {
        capan_flag(arrival->segment, CAPAN_FLAG_BEYOND_WINDOW);
        struct capan_incidents *incidents = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
        if (incidents) incidents->stray_end = arrival->end;
    }
    capan_arrival_note(arrival);
}

static void begin(struct capan_arrival *arrival) {
    struct capan_tcp *tcp = arrival->tcp;
    struct capan_segment *segment = arrival->segment;
    segment->raw_seq = arrival->header->seq;
    segment->raw_ack = arrival->header->flags & CAPAN_TH_ACK ? arrival->header->ack : 0;
    segment->len = arrival->header->payload_len;
    segment->header_flags = arrival->header->flags;
    arrival->me = &tcp->half[segment->direction];
    arrival->peer = &tcp->half[!segment->direction];
    arrival->now = arrival->packet->time_ns;
    arrival->digest = capan_digest(arrival->header->payload, arrival->header->payload_len);
}

void capan_tcp_segment(struct capan_tcp *tcp, const struct capan_packet *packet, const struct capan_tcp_header *header,
                       bool reused, struct capan_segment *segment, struct capan_tcp_data *data) {
    struct capan_arrival arrival = {.tcp = tcp,
                                    .packet = packet,
                                    .header = header,
                                    .segment = segment,
                                    .behind = UINT64_MAX,
                                    .fin_at = INT64_MAX,
                                    .own_fin_at = INT64_MAX};
    begin(&arrival);
    *data = (struct capan_tcp_data){.peer_acked = INT64_MIN, .fin_at = {INT64_MAX, INT64_MAX}};
    const struct capan_seen seen = capan_seen_of(packet, header, arrival.digest);
    header_facts(&arrival);
    if (stands_apart(&arrival, &seen)) {
        leave(&arrival);
        return;
    }
    capan_remember_packet(arrival.me, &seen, tcp->alloc);
    find_numbers(&arrival);
    if (capan_arrival_has_known_id(&arrival))
        arrival.facts |= F(TWIN) | F(OLD_ID);
    else
        look(&arrival, reused);
    if (arrival.facts & F(TWIN)) {
        leave(&arrival);
        return;
    }
    decide(&arrival);
    note(&arrival);
    move_states(&arrival);
    show_states(&arrival);
    capan_arrival_flags(&arrival);
    count(&arrival);
    capan_budget_segment(&arrival);
    remember(&arrival);
    show_numbers(&arrival);
    give_data(&arrival, data);
    if (tcp->counts) capan_counts_segment(&arrival);
    capan_tcp_settle(tcp, arrival.now);
}

void capan_tcp_settle(struct capan_tcp *tcp, int64_t now_ns) {
    for (unsigned i = 0; i < 2; i++) {
        const struct capan_incidents *incidents = capan_incidents(&tcp->half[i]);
        if (incidents->resends.count) capan_resends_settle(tcp, &tcp->half[i], now_ns, false);
        if (incidents->unseens.open) capan_unseen_settle(tcp, &tcp->half[i], now_ns, false);
    }
}

static void close_pieces(const struct capan_tcp *tcp, const struct capan_half *half) {
    for (uint32_t i = 0; i < half->board.count; i++) {
        const struct capan_piece *piece = capan_piece_at(&half->board, i);
        if (piece->marks & CAPAN_PIECE_LAST) capan_answered(tcp, piece->serial);
    }
}

/* Full segments are lost each time, and smaller ones behind them came through: nobody told the sender that they are too
 * big (RFC 2923 2.1). */
static void look_for_black_hole(const struct capan_tcp *tcp, struct capan_half *half) {
    if (!half->board.count || !half->board.sacked) return;
    const struct capan_piece *first = capan_piece_at(&half->board, 0);
    if (first->sends < BLACK_HOLE_SENDS || first->marks & (CAPAN_PIECE_HOLE | CAPAN_PIECE_SACKED)) return;
    for (uint32_t i = 1; i < half->board.count; i++) {
        const struct capan_piece *piece = capan_piece_at(&half->board, i);
        if (piece->marks & CAPAN_PIECE_SACKED && piece->segment_len >= first->segment_len) return;
    }
    if (half->incidents) half->incidents->too_big_ns += tcp->last_ns - half->advance_ns;
}

void capan_tcp_rest(struct capan_tcp *tcp) {
    for (unsigned i = 0; i < 2; i++) {
        if (!tcp->half[i].board.count) capan_scoreboard_free(&tcp->half[i].board, tcp->alloc);
        capan_budget_rest(&tcp->half[i], tcp->alloc);
    }
}

void capan_tcp_cut_off(const struct capan_tcp *tcp) {
    for (unsigned i = 0; i < 2; i++) capan_reset_cuts_off(tcp, &tcp->half[i]);
}

void capan_tcp_finish(struct capan_tcp *tcp) {
    for (unsigned i = 0; i < 2; i++) {
        look_for_black_hole(tcp, &tcp->half[i]);
        if (tcp->half[i].incidents) {
            capan_resends_settle(tcp, &tcp->half[i], tcp->last_ns, true);
            capan_unseen_settle(tcp, &tcp->half[i], tcp->last_ns, true);
        }
        close_pieces(tcp, &tcp->half[i]);
        capan_claim_end(tcp, &tcp->half[i]);
        capan_scoreboard_free(&tcp->half[i].board, tcp->alloc);
    }
}

static bool has_reset(const struct capan_half *half) {
    return (half->marks & (CAPAN_HALF_RST | CAPAN_HALF_DISOWNED)) == CAPAN_HALF_RST;
}

bool capan_tcp_closed(const struct capan_tcp *tcp) {
    const struct capan_half *client = &tcp->half[CAPAN_C2S], *server = &tcp->half[CAPAN_S2C];
    if (has_reset(client) || has_reset(server)) return true;
    if (!(client->marks & server->marks & CAPAN_HALF_FIN)) return false;
    return client->una > client->fin && server->una > server->fin;
}

bool capan_tcp_began(const struct capan_tcp *tcp) {
    return tcp->half[CAPAN_C2S].side.isn_known || tcp->half[CAPAN_S2C].side.isn_known;
}
