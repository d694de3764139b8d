/* SPDX-License-Identifier: MIT */
/* After the verdict: the sender's scoreboard, and its recovery as far as its segments show it. */
#include "bytes.h"
#include "turn.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

static struct capan_piece piece_of(const struct capan_turn *turn, uint8_t marks) {
    return (struct capan_piece){.time_ns = turn->now,
                                .serial = turn->segment->serial,
                                .frame = turn->segment->frame,
                                .last_frame = turn->segment->frame,
                                .ts_val = turn->header->ts_val,
                                .digest = turn->digest,
                                .segment_len = (uint32_t)(turn->end - turn->start),
                                .ip_id = turn->packet->has_ip_id ? turn->packet->ip_id : 0,
                                .sends = 1,
                                .marks = marks};
}

static uint8_t data_mark(const struct capan_turn *turn) {
    return turn->header->payload_len ? CAPAN_PIECE_DATA : 0;
}

/* The sender's data goes on, perhaps behind octets that this capture did not see. */
static void append(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    if (turn->start > me->board.end && me->marks & CAPAN_HALF_ENDLESS) {
        const struct capan_piece prior = {
            .time_ns = turn->now, .serial = UINT64_MAX, .sends = 1, .marks = CAPAN_PIECE_PRIOR};
        capan_scoreboard_append(&me->board, turn->tcp->alloc, turn->start, &prior);
    } else if (turn->start > me->board.end) {
        struct capan_piece hole = piece_of(turn, CAPAN_PIECE_HOLE | CAPAN_PIECE_LAST);
        hole.sends = 0;
        if (capan_scoreboard_append(&me->board, turn->tcp->alloc, turn->start, &hole)) turn->segment->open_questions++;
        capan_flag(turn->segment, CAPAN_FLAG_GAP_BEFORE);
    } else if (me->marks & CAPAN_HALF_UNSEEN_TAIL) {
        capan_flag(turn->segment, CAPAN_FLAG_GAP_BEFORE);
        capan_flag(turn->segment, CAPAN_FLAG_GAP_CAPTURE_LOSS);
    }
    if (me->marks & CAPAN_HALF_UNSEEN_TAIL) capan_answered(turn->tcp, capan_trouble(me)->doubted);
    me->marks &= ~(uint32_t)(CAPAN_HALF_UNSEEN_TAIL | CAPAN_HALF_ENDLESS);
    const struct capan_piece piece = piece_of(turn, CAPAN_PIECE_LAST | data_mark(turn));
    if (capan_scoreboard_append(&me->board, turn->tcp->alloc, turn->end, &piece)) turn->segment->open_questions++;
}

/* The sender's answers take next to none of the round trip: what it sends passes here before any path can lose it. */
static bool at_sender(const struct capan_turn *turn) {
    const struct capan_half *me = turn->me, *peer = turn->peer;
    return me->answer_ns >= 0 && peer->answer_ns >= 0 && me->answer_ns < peer->answer_ns / 8;
}

/* Octets of a hole came after all: on time, or because they were sent again. */
static void fill(struct capan_turn *turn, uint32_t index, bool recovered) {
    struct capan_scoreboard *board = &turn->me->board;
    struct capan_piece *piece = capan_piece_at(board, index);
    struct capan_segment *behind = capan_records_at(turn->tcp->records, piece->serial);
    if (behind && recovered)
        capan_flag(behind, at_sender(turn) ? CAPAN_FLAG_GAP_CAPTURE_LOSS : CAPAN_FLAG_GAP_PATH_LOSS);
    if (recovered && !at_sender(turn)) turn->tcp->path_gaps = true;
    if (piece->marks & CAPAN_PIECE_LAST) capan_answered(turn->tcp, piece->serial);
    capan_scoreboard_fill(board, index);
    turn->behind = piece->serial;
    const uint8_t kept = piece->marks & CAPAN_PIECE_SACKED;
    const int64_t start = piece->start;
    *piece = piece_of(turn, (uint8_t)(kept | data_mark(turn)));
    piece->start = start;
    piece->sends = recovered ? 2 : 1;
    if (capan_piece_end(board, index) != turn->end) return;
    piece->marks |= CAPAN_PIECE_LAST;
    turn->segment->open_questions++;
}

/* Octets in flight are sent once more. */
static void send_again(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    const bool recovered = turn->segment->kind != CAPAN_KIND_DATA_LATE;
    uint32_t index = capan_scoreboard_cut(&me->board, turn->tcp->alloc, max_i64(turn->start, me->una));
    if (turn->end < me->board.end) capan_scoreboard_cut(&me->board, turn->tcp->alloc, turn->end);
    for (; index < me->board.count && capan_piece_at(&me->board, index)->start < turn->end; index++) {
        struct capan_piece *piece = capan_piece_at(&me->board, index);
        if (piece->marks & CAPAN_PIECE_HOLE) {
            fill(turn, index, recovered);
        } else if (recovered) {
            if (piece->sends < UINT8_MAX) piece->sends++;
            piece->time_ns = turn->now;
            piece->last_frame = turn->segment->frame;
            piece->segment_len = (uint32_t)(turn->end - turn->start);
        }
    }
}

/* The sender's own view of recovery, as far as its segments show it. */
static void follow_recovery(struct capan_turn *turn) {
    const int64_t high = turn->me->board.end;
    struct capan_trouble *me = capan_trouble_begin(turn->me, turn->tcp->alloc);
    if (!me) return;
    switch (turn->segment->cause) {
    case CAPAN_CAUSE_TLP:
        me->tlp_high = high;
        me->timer_ns = turn->now;
        break;
    case CAPAN_CAUSE_RTO:
        if (turn->facts & F(CLOCKED) && !(turn->facts & F(TIMER))) break;
        me->episode = CAPAN_EPISODE_LOSS;
        me->recover = high;
        me->timer_ns = turn->now;
        me->backoff++;
        break;
    case CAPAN_CAUSE_FAST:
    case CAPAN_CAUSE_SACK:
    case CAPAN_CAUSE_PMTU:
        if (me->episode != CAPAN_EPISODE_NONE) break;
        me->episode = turn->segment->cause == CAPAN_CAUSE_PMTU ? CAPAN_EPISODE_LOSS : CAPAN_EPISODE_FAST;
        me->recover = high;
        break;
    default: break;
    }
}

/* The timer ran out again and again for a large segment, and now it comes in smaller pieces: nobody told the sender
 * that it was too big (RFC 2923 2.1, RFC 4821 7.6). Or an ICMP message did. */
static void learn_path_mtu(struct capan_turn *turn) {
    const struct capan_half *me = turn->me;
    if (!(turn->facts & F(SMALLER)) || (capan_trouble(me)->backoff < 2 && !(turn->facts & F(TOO_BIG)))) return;
    turn->tcp->pmtu_stall_ms += (uint32_t)min_i64((turn->now - turn->before.time_ns) / MS, INT32_MAX);
    if (turn->facts & F(TOO_BIG)) return;
    turn->tcp->pmtu = turn->packet->ip_header_len + turn->packet->wire_len;
    turn->tcp->pmtu_frame = turn->segment->frame;
}

static void conflict(struct capan_turn *turn) {
    const struct capan_piece *before = &turn->before;
    if (!turn->has_before || before->marks & CAPAN_PIECE_HOLE || before->start != turn->start) return;
    if (before->segment_len != turn->end - turn->start || before->digest == turn->digest) return;
    if (turn->header->flags & CAPAN_TH_FIN) return;
    capan_flag(turn->segment, CAPAN_FLAG_OVERLAP_CONFLICT);
}

/* The capture swapped a segment and its ACK: the ACK covered nothing unseen after all. */
static void unswap(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    struct capan_trouble *trouble = me->trouble;
    struct capan_segment *ack = capan_records_at(turn->tcp->records, trouble->doubted);
    trouble->missing_bytes -= (uint64_t)(turn->end - turn->start);
    trouble->unseen[0].start = turn->end;
    turn->segment->acked_in = me->ack_frame;
    if (turn->end < trouble->unseen[0].end) return;
    me->marks &= ~(uint32_t)CAPAN_HALF_UNSEEN_TAIL;
    if (!ack) return;
    ack->rule = capan_tcp_rule(F(ACK) | F(ADVANCES));
    ack->kind = CAPAN_KIND_ACK_ADVANCE;
    ack->operand[0] = ack->because[0] = 0;
    capan_answered(turn->tcp, trouble->doubted);
}

void capan_turn_sent(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    if (turn->facts & F(SWAPPED)) {
        unswap(turn);
        me->data_ns = turn->now;
        return;
    }
    if (turn->end == turn->start || turn->facts & F(PROBE_SHAPE) || turn->segment->kind == CAPAN_KIND_DUPLICATE_PACKET)
        return;
    if (turn->facts & (F(SEEN) | F(FILLS))) {
        const int64_t high = me->board.end;
        if (turn->facts & F(SEEN)) conflict(turn);
        learn_path_mtu(turn);
        send_again(turn);
        if (turn->facts & F(PART_NEW)) {
            const int64_t start = turn->start;
            turn->start = high;
            append(turn);
            turn->start = start;
        }
        if (turn->segment->kind == CAPAN_KIND_DATA_LATE) {
            capan_resends_original(turn);
        } else if (turn->segment->kind != CAPAN_KIND_SYN_ACK) {
            follow_recovery(turn);
            capan_resends_add(turn);
        }
    } else {
        append(turn);
    }
    me->data_ns = turn->now;
}
