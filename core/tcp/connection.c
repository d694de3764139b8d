/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include "alloc.h"
#include "bytes.h"
#include "flags.h"
#include "near.h"
#include "operands.h"
#include "seqnum.h"
#include "turn.h"

#define F(name) CAPAN_FACT(name)

enum { FAR = 1 << 30, FITS_WITHIN = 1 << 16 };

struct capan_tcp *capan_tcp_new(const struct capan_alloc *alloc, struct capan_records *records) {
    struct capan_tcp *tcp = capan_new(alloc, sizeof *tcp);
    if (!tcp) return NULL;
    tcp->alloc = alloc;
    tcp->records = records;
    for (unsigned i = 0; i < 2; i++) {
        tcp->half[i].side.window_scale = -2;
        tcp->half[i].answer_ns = -1;
    }
    for (unsigned i = 0; i < 3; i++) tcp->handshake_ns[i] = -1;
    return tcp;
}

void capan_tcp_free(struct capan_tcp *tcp) {
    if (!tcp) return;
    for (unsigned i = 0; i < 2; i++) {
        capan_scoreboard_free(&tcp->half[i].board, tcp->alloc);
        if (!tcp->half[i].trouble) continue;
        capan_resends_free(&tcp->half[i], tcp->alloc);
        capan_delete(tcp->alloc, tcp->half[i].trouble, sizeof *tcp->half[i].trouble);
    }
    capan_delete(tcp->alloc, tcp, sizeof *tcp);
}

void capan_tcp_expect(const struct capan_tcp *tcp) {
    bring_near(tcp, sizeof *tcp);
}

void capan_answered(const struct capan_tcp *tcp, uint64_t serial) {
    struct capan_segment *segment = capan_records_at(tcp->records, serial);
    if (segment && segment->open_questions) segment->open_questions--;
}

bool capan_tcp_reused(const struct capan_tcp *tcp, const struct capan_tcp_header *header,
                      enum capan_direction direction) {
    const struct capan_half *me = &tcp->half[direction], *peer = &tcp->half[!direction];
    if (!(header->flags & CAPAN_TH_SYN) || header->flags & CAPAN_TH_RST) return false;
    const bool over = (me->marks | peer->marks) & (CAPAN_HALF_FIN | CAPAN_HALF_RST);
    const bool same = me->side.isn_known && me->base == header->seq;
    if (header->flags & CAPAN_TH_ACK) return me->side.isn_known && !same && over;
    if (me->side.isn_known) return !same || over;
    return (me->marks & CAPAN_HALF_BASED && me->marks & CAPAN_HALF_SPOKE) || over;
}

bool capan_tcp_same_packet(const struct capan_tcp *tcp, const struct capan_packet *packet,
                           const struct capan_tcp_header *header, enum capan_direction direction) {
    const uint32_t print = capan_print(header, capan_digest(header->payload, header->payload_len));
    return capan_copy_age(&tcp->half[direction], &tcp->half[!direction], packet, header, print) >= 0;
}

static bool is_near(const struct capan_half *half, uint32_t raw, int64_t reach) {
    const int64_t distance = capan_seq_distance((uint32_t)half->board.end + half->base, raw);
    return half->marks & CAPAN_HALF_BASED && distance <= reach && distance >= -reach;
}

bool capan_tcp_fits(const struct capan_tcp *tcp, const struct capan_tcp_header *header,
                    enum capan_direction direction) {
    const struct capan_half *me = &tcp->half[direction], *peer = &tcp->half[!direction];
    const int64_t reach = FITS_WITHIN + (int64_t)max_u64(me->side.window_max, peer->side.window_max);
    if (header->flags & CAPAN_TH_SYN)
        return me->side.isn_known ? me->base == header->seq : !(me->marks & CAPAN_HALF_BASED);
    if (me->marks & CAPAN_HALF_BASED && !is_near(me, header->seq, reach)) return false;
    return !(header->flags & CAPAN_TH_ACK) || !(peer->marks & CAPAN_HALF_BASED) || is_near(peer, header->ack, reach);
}

static void find_numbers(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    const struct capan_tcp_header *header = turn->header;
    if (header->flags & CAPAN_TH_SYN) capan_turn_learn_syn(turn);
    if (!(me->marks & CAPAN_HALF_BASED)) {
        me->base = header->seq - 1;
        me->una = me->board.end = 1;
        me->marks |= CAPAN_HALF_BASED | CAPAN_HALF_UNACKED;
    }
    turn->start = capan_seq_unwrap(header->seq, me->base, me->board.end);
    turn->end = turn->start + header->payload_len + !!(header->flags & CAPAN_TH_SYN) + !!(header->flags & CAPAN_TH_FIN);
    turn->segment->seq = turn->start;
}

/* RFC 9293 3.10.7.4, first check: what lies outside the window is answered and forgotten. What a capture missed moves
 * the window unseen; so only what is far out is not believed, and only when its ACK is no better. */
static bool is_acceptable(struct capan_turn *turn) {
    const struct capan_half *me = turn->me, *peer = turn->peer;
    if (turn->header->flags & CAPAN_TH_SYN || !(peer->marks & CAPAN_HALF_WINDOW) || !(me->marks & CAPAN_HALF_SPOKE))
        return true;
    const int64_t room = 1 + (int64_t)peer->side.window_max;
    if (turn->start <= peer->edge + room && turn->end > me->una - FAR) return true;
    return turn->start == capan_trouble(me)->stray_end;
}

static void decide(struct capan_turn *turn) {
    struct capan_segment *segment = turn->segment;
    segment->rule = capan_tcp_rule(turn->facts);
    const struct capan_tcp_rule *rule = capan_tcp_rule_at(segment->rule);
    segment->kind = rule->kind;
    segment->certainty = rule->certainty;
    segment->cause = rule->cause;
    if (rule->cause == CAPAN_CAUSE_BY_RESEND)
        segment->cause = capan_tcp_rule_at(capan_tcp_resend_rule(turn->facts))->cause;
    if (segment->cause != CAPAN_CAUSE_RTO) segment->rto_ns = -1;
    capan_operands_keep(turn);
}

static void move_states(struct capan_turn *turn) {
    const struct capan_half *me = turn->me, *peer = turn->peer;
    const bool acks = turn->header->flags & CAPAN_TH_ACK && !(turn->facts & F(ACKS_NEVER_SENT));
    const struct capan_tcp_facts facts = {
        .syn = turn->facts & F(SYN),
        .ack = turn->facts & F(ACK),
        .fin = turn->facts & F(FIN),
        .rst = capan_turn_resets(turn),
        .acks_syn = acks && turn->ack >= 1 && (peer->side.isn_known || turn->facts & F(SYN)),
        .acks_fin = acks && peer->marks & CAPAN_HALF_FIN && turn->ack > peer->fin,
        .data = turn->header->payload_len > 0,
        .again = turn->facts & F(SEEN) && !(turn->facts & (F(FILLS) | F(PART_NEW) | F(MISSED))),
        .fin_complete = me->marks & CAPAN_HALF_FIN && me->board.holes == 0,
        .reused = turn->facts & F(REUSED)};
    capan_tcp_states_segment(&turn->tcp->states, (enum capan_direction)turn->segment->direction, &facts);
    if (turn->tcp->states.state[0] == CAPAN_TCP_CLOSING || turn->tcp->states.state[1] == CAPAN_TCP_CLOSING)
        turn->tcp->fins_crossed = true;
}

static void show_states(const struct capan_turn *turn) {
    turn->segment->client_state = turn->tcp->states.state[CAPAN_C2S];
    turn->segment->server_state = turn->tcp->states.state[CAPAN_S2C];
}

static bool is_resend(const struct capan_segment *segment) {
    return segment->kind == CAPAN_KIND_FIN_RETRANSMIT || segment->kind == CAPAN_KIND_OVERLAP_NEW ||
           segment->kind == CAPAN_KIND_DATA_RECOVERED ||
           (segment->kind >= CAPAN_KIND_RETRANSMIT_FAST && segment->kind <= CAPAN_KIND_RETRANSMIT_UNCLEAR);
}

static void count_resend(const struct capan_turn *turn, uint64_t octets) {
    struct capan_trouble *trouble = capan_trouble_begin(turn->me, turn->tcp->alloc);
    if (!trouble) return;
    trouble->resent_segments++;
    trouble->resent_bytes += octets;
}

static void count_oddity(const struct capan_turn *turn) {
    const uint8_t kind = turn->segment->kind;
    const bool copy = kind == CAPAN_KIND_DUPLICATE_PACKET, late = kind == CAPAN_KIND_DATA_LATE;
    const bool ack = kind == CAPAN_KIND_ACK_DUPLICATE || kind == CAPAN_KIND_ACK_DSACK;
    if (!copy && !late && !ack) return;
    struct capan_trouble *trouble = capan_trouble_begin(turn->me, turn->tcp->alloc);
    if (!trouble) return;
    trouble->duplicate_packets += copy;
    trouble->late_segments += late;
    trouble->duplicate_acks += ack;
}

static void count(struct capan_turn *turn) {
    struct capan_side *side = &turn->me->side;
    const uint32_t len = turn->header->payload_len;
    side->segments++;
    side->data_segments += len > 0;
    if (len > side->mss_observed && !(turn->segment->flags >> CAPAN_FLAG_OFFLOAD_MERGED & 1)) side->mss_observed = len;
    if (is_resend(turn->segment)) {
        const uint64_t fresh = turn->facts & F(PART_NEW) ? (uint64_t)(turn->me->board.end - turn->old_end)
                               : turn->facts & F(FILLS)  ? len
                                                         : 0;
        count_resend(turn, fresh < len ? len - fresh : 0);
        side->bytes += fresh < len ? fresh : len;
    } else if (!(turn->facts & F(PROBE_SHAPE))) {
        side->bytes += len;
    }
    count_oddity(turn);
    if (turn->header->payload.len < len) turn->tcp->snapped = true;
}

/* The first segment with a new timestamp is watched until the peer echoes it: so long is the way to the peer and back.
 */
static void watch_echo(struct capan_turn *turn) {
    struct capan_half *me = turn->me, *peer = turn->peer;
    const struct capan_tcp_header *header = turn->header;
    if (peer->marks & CAPAN_HALF_ECHO && !capan_seq_lt(header->ts_ecr, peer->echo_ts)) {
        capan_answers_after(me, turn->now - peer->echo_ns);
        peer->marks &= ~(uint32_t)CAPAN_HALF_ECHO;
    }
    const bool newer = me->marks & CAPAN_HALF_TS_SEEN && capan_seq_gt(header->ts_val, me->ts_max);
    if (newer && !(me->marks & CAPAN_HALF_ECHO)) {
        me->echo_ts = header->ts_val;
        me->echo_ns = turn->now;
        me->marks |= CAPAN_HALF_ECHO;
    }
    if (newer || !(me->marks & CAPAN_HALF_TS_SEEN)) me->ts_max = header->ts_val;
    me->marks |= CAPAN_HALF_TS_SEEN;
}

static void remember(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    const struct capan_tcp_header *header = turn->header;
    if (header->has_timestamps && !(turn->facts & F(ACKS_OLD))) watch_echo(turn);
    capan_ids_follow(me, turn->packet);
    if (!(header->flags & (CAPAN_TH_SYN | CAPAN_TH_RST))) me->marks |= CAPAN_HALF_SPOKE;
    turn->peer->marks |= CAPAN_HALF_HEARD;
    me->last_frame = turn->segment->frame;
    turn->tcp->last_ns = turn->now;
}

/* The payload, for reassembly. A keep-alive's octet and what lies outside the window never reach the application. */
static void give_data(const struct capan_turn *turn, struct capan_tcp_data *data) {
    const struct capan_segment *segment = turn->segment;
    const bool fin_acked = turn->peer->marks & CAPAN_HALF_FIN && turn->ack > turn->peer->fin;
    data->offset = turn->start + !!(turn->facts & F(SYN)) - 1;
    if (segment->kind != CAPAN_KIND_KEEPALIVE && turn->acceptable && !(turn->facts & F(RST))) {
        data->octets = turn->header->payload;
        data->len = turn->header->payload_len;
    }
    if (turn->facts & F(ACK) && !(turn->facts & (F(ACKS_NEVER_SENT) | F(RST))))
        data->peer_acked = turn->ack - 1 - fin_acked;
    data->fin = turn->facts & F(FIN) && turn->acceptable;
    data->rst = capan_turn_resets(turn);
}

static void show_numbers(struct capan_turn *turn) {
    struct capan_segment *segment = turn->segment;
    const struct capan_half *me = turn->me;
    segment->window = me->window;
    segment->outstanding = (uint64_t)(me->board.end - max_i64(me->una, 0)) - me->board.sacked;
}

/* A copy, or a header that contradicts itself: it changes nothing. */
static bool stands_apart(struct capan_turn *turn, uint32_t print) {
    if (turn->header->malformed) {
        turn->facts |= F(BROKEN);
    } else {
        turn->copy_age_ns = capan_copy_age(turn->me, turn->peer, turn->packet, turn->header, print);
        if (turn->copy_age_ns < 0) return false;
        turn->facts |= F(TWIN);
    }
    return true;
}

/* What is known of it goes into its record; the connection stays as it was. */
static enum capan_result leave(struct capan_turn *turn) {
    decide(turn);
    turn->me->side.segments++;
    count_oddity(turn);
    show_states(turn);
    show_numbers(turn);
    return CAPAN_OK;
}

static void header_facts(struct capan_turn *turn) {
    const uint8_t flags = turn->header->flags;
    capan_turn_set(turn, F(SYN), flags & CAPAN_TH_SYN);
    capan_turn_set(turn, F(ACK), flags & CAPAN_TH_ACK);
    capan_turn_set(turn, F(FIN), flags & CAPAN_TH_FIN);
    capan_turn_set(turn, F(RST), flags & CAPAN_TH_RST);
    capan_turn_set(turn, F(DATA), turn->header->payload_len > 0);
    capan_turn_set(turn, F(FIN_BEFORE), flags & CAPAN_TH_FIN && turn->me->marks & CAPAN_HALF_FIN);
}

static void look(struct capan_turn *turn, bool reused) {
    turn->acceptable = is_acceptable(turn);
    capan_turn_set(turn, F(REUSED), reused);
    capan_turn_acks(turn);
    capan_turn_looks(turn);
    if (turn->acceptable && !(turn->facts & F(RST))) capan_turn_places(turn);
}

static void note(struct capan_turn *turn) {
    if (turn->acceptable && !(turn->facts & F(RST))) capan_turn_sent(turn);
    if (turn->start == turn->end) turn->peer->marks &= ~(uint32_t)CAPAN_HALF_REPEATED;
    if (turn->facts & F(BELOW)) turn->me->marks |= CAPAN_HALF_REPEATED;
    if (!turn->acceptable) {
        capan_flag(turn->segment, CAPAN_FLAG_BEYOND_WINDOW);
        struct capan_trouble *trouble = capan_trouble_begin(turn->me, turn->tcp->alloc);
        if (trouble) trouble->stray_end = turn->end;
    }
    capan_turn_notes(turn);
}

static void begin(struct capan_turn *turn) {
    struct capan_tcp *tcp = turn->tcp;
    struct capan_segment *segment = turn->segment;
    segment->raw_seq = turn->header->seq;
    segment->raw_ack = turn->header->flags & CAPAN_TH_ACK ? turn->header->ack : 0;
    segment->len = turn->header->payload_len;
    segment->header_flags = turn->header->flags;
    turn->me = &tcp->half[segment->direction];
    turn->peer = &tcp->half[!segment->direction];
    turn->now = turn->packet->time_ns;
    turn->digest = capan_digest(turn->header->payload, turn->header->payload_len);
}

enum capan_result capan_tcp_segment(struct capan_tcp *tcp, const struct capan_packet *packet,
                                    const struct capan_tcp_header *header, bool reused, struct capan_segment *segment,
                                    struct capan_tcp_data *data) {
    struct capan_turn turn = {.tcp = tcp, .packet = packet, .header = header, .segment = segment, .behind = UINT64_MAX};
    begin(&turn);
    *data = (struct capan_tcp_data){.peer_acked = INT64_MIN};
    const uint32_t print = capan_print(header, turn.digest);
    if (stands_apart(&turn, print)) return leave(&turn);
    capan_recent_add(&turn.me->recent, packet, print);
    find_numbers(&turn);
    turn.old_end = turn.me->board.end;
    header_facts(&turn);
    if (capan_turn_has_known_id(&turn))
        turn.facts |= F(SAME_ID);
    else
        look(&turn, reused);
    if (turn.facts & (F(TWIN) | F(SAME_ID))) return leave(&turn);
    decide(&turn);
    note(&turn);
    move_states(&turn);
    show_states(&turn);
    capan_turn_flags(&turn);
    count(&turn);
    remember(&turn);
    show_numbers(&turn);
    give_data(&turn, data);
    for (unsigned i = 0; i < 2; i++) {
        if (capan_trouble(&tcp->half[i])->resends.count) capan_resends_settle(tcp, &tcp->half[i], turn.now, false);
    }
    return CAPAN_OK;
}

void capan_tcp_icmp(struct capan_tcp *tcp, enum capan_direction direction, bool too_big, uint32_t mtu,
                    uint32_t quoted_seq, uint32_t frame, int64_t time_ns) {
    struct capan_half *half = &tcp->half[direction];
    if (!too_big || !(half->marks & CAPAN_HALF_BASED)) return;
    const int64_t seq = capan_seq_unwrap(quoted_seq, half->base, half->una);
    if (seq < half->una || seq >= half->board.end) return;
    struct capan_trouble *trouble = capan_trouble_begin(half, tcp->alloc);
    if (!trouble) return;
    if (mtu != 0 && trouble->icmp_mtu != 0 && mtu >= trouble->icmp_mtu) return; /* the sender knows already */
    trouble->icmp_ns = time_ns;
    trouble->icmp_high = half->board.end;
    trouble->icmp_mtu = mtu;
    trouble->icmp_frame = frame;
    if (mtu == 0 || (tcp->pmtu && tcp->pmtu <= mtu)) return;
    tcp->pmtu = mtu;
    tcp->pmtu_frame = frame;
}

static void close_pieces(const struct capan_tcp *tcp, const struct capan_half *half) {
    for (uint32_t i = 0; i < half->board.count; i++) {
        const struct capan_piece *piece = capan_piece_at(&half->board, i);
        if (piece->marks & CAPAN_PIECE_LAST) capan_answered(tcp, piece->serial);
    }
}

void capan_tcp_finish(struct capan_tcp *tcp) {
    for (unsigned i = 0; i < 2; i++) {
        if (tcp->half[i].trouble) capan_resends_settle(tcp, &tcp->half[i], tcp->last_ns, true);
        close_pieces(tcp, &tcp->half[i]);
        if (tcp->half[i].marks & CAPAN_HALF_UNSEEN_TAIL) capan_answered(tcp, capan_trouble(&tcp->half[i])->doubted);
        capan_scoreboard_free(&tcp->half[i].board, tcp->alloc);
    }
}

bool capan_tcp_closed(const struct capan_tcp *tcp) {
    const struct capan_half *client = &tcp->half[CAPAN_C2S], *server = &tcp->half[CAPAN_S2C];
    if ((client->marks | server->marks) & CAPAN_HALF_RST) return true;
    if (!(client->marks & server->marks & CAPAN_HALF_FIN)) return false;
    return client->una > client->fin && server->una > server->fin;
}
