/* SPDX-License-Identifier: MIT */
/* After the verdict: the sender's scoreboard, and its recovery as far as its segments show it. */
#include "arrival.h"
#include "bytes.h"
#include "unseen.h"

#define F(name) CAPAN_FACT(name)

struct capan_piece capan_piece_of(const struct capan_arrival *arrival, uint8_t marks) {
    return (struct capan_piece){.time_ns = arrival->now,
                                .serial = arrival->segment->serial,
                                .frame = arrival->segment->frame,
                                .last_frame = arrival->segment->frame,
                                .ts_val = arrival->header->ts_val,
                                .digest = arrival->digest,
                                .segment_len = (uint32_t)(arrival->end - arrival->start),
                                .ip_id = arrival->packet->has_ip_id ? arrival->packet->ip_id : 0,
                                .sends = 1,
                                .marks = marks};
}

static uint8_t data_mark(const struct capan_arrival *arrival) {
    return arrival->header->payload_len ? CAPAN_PIECE_DATA : 0;
}

/* Octets up to the start of this segment have not been seen. Only data is told to lie behind a hole: after a bare ACK
 * the hole waits for it, without a record. */
static void append_hole(struct capan_arrival *arrival) {
    struct capan_piece hole = capan_piece_of(arrival, CAPAN_PIECE_HOLE);
    hole.sends = 0;
    hole.serial = UINT64_MAX;
    capan_scoreboard_append(&arrival->me->board, arrival->tcp->alloc, arrival->start, &hole);
}

/* Data goes on behind what may be a hole. */
static void close_hole(struct capan_arrival *arrival) {
    struct capan_scoreboard *board = &arrival->me->board;
    struct capan_piece *last = board->count ? capan_piece_at(board, board->count - 1) : NULL;
    if (!last || !(last->marks & CAPAN_PIECE_HOLE)) return;
    capan_flag(arrival->segment, CAPAN_FLAG_GAP_BEFORE);
    if (last->serial != UINT64_MAX) return;
    last->serial = arrival->segment->serial;
    last->marks |= CAPAN_PIECE_LAST;
    arrival->segment->open_questions++;
}

/* The sender's data goes on, perhaps behind octets that this capture did not see. */
static void append(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    if (arrival->start > me->board.end && me->marks & CAPAN_HALF_ENDLESS) {
        const struct capan_piece prior = {
            .time_ns = arrival->now, .serial = UINT64_MAX, .sends = 1, .marks = CAPAN_PIECE_PRIOR};
        capan_scoreboard_append(&me->board, arrival->tcp->alloc, arrival->start, &prior);
    } else {
        if (arrival->start > me->board.end) append_hole(arrival);
        close_hole(arrival);
    }
    if (me->marks & CAPAN_HALF_UNSEEN_TAIL && me->incidents) capan_unseen_passed(arrival);
    me->marks &= ~(uint32_t)(CAPAN_HALF_UNSEEN_TAIL | CAPAN_HALF_ENDLESS);
    const struct capan_piece piece = capan_piece_of(arrival, CAPAN_PIECE_LAST | data_mark(arrival));
    if (capan_scoreboard_append(&me->board, arrival->tcp->alloc, arrival->end, &piece))
        arrival->segment->open_questions++;
}

/* What is left of a hole whose end is filled has another end. */
static bool leave_rest(struct capan_scoreboard *board, uint32_t index) {
    struct capan_piece *rest = index > 0 ? capan_piece_at(board, index - 1) : NULL;
    if (!rest || !(rest->marks & CAPAN_PIECE_HOLE) || rest->serial != capan_piece_at(board, index)->serial)
        return false;
    rest->marks |= CAPAN_PIECE_LAST;
    return true;
}

/* Octets of a hole came after all: on time, or because they were sent again. */
static void fill(struct capan_arrival *arrival, uint32_t index, bool recovered) {
    struct capan_scoreboard *board = &arrival->me->board;
    struct capan_piece *piece = capan_piece_at(board, index);
    struct capan_segment *behind = capan_records_at(arrival->tcp->records, piece->serial);
    if (behind && recovered)
        capan_flag(behind, capan_at_sender(arrival) ? CAPAN_FLAG_GAP_CAPTURE_LOSS : CAPAN_FLAG_GAP_PATH_LOSS);
    if (recovered && !capan_at_sender(arrival)) arrival->tcp->path_gaps = true;
    if (piece->marks & CAPAN_PIECE_LAST && !leave_rest(board, index)) {
        capan_answered(arrival->tcp, piece->serial);
        if (behind && arrival->facts & F(SWAPPED)) behind->flags &= ~(UINT64_C(1) << CAPAN_FLAG_GAP_BEFORE);
    }
    capan_scoreboard_fill(board, index);
    arrival->behind = piece->serial;
    const uint8_t kept = piece->marks & CAPAN_PIECE_SACKED;
    const int64_t start = piece->start;
    *piece = capan_piece_of(arrival, (uint8_t)(kept | data_mark(arrival)));
    piece->start = start;
    if (start != arrival->start) piece->digest = 0;
    if (recovered) capan_scoreboard_again(board, index);
    if (capan_piece_end(board, index) != arrival->end) return;
    piece->marks |= CAPAN_PIECE_LAST;
    arrival->segment->open_questions++;
}

/* Octets in flight are sent once more. */
static void send_again(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const bool recovered = arrival->segment->kind != CAPAN_KIND_DATA_LATE && !(arrival->facts & F(SWAPPED));
    uint32_t index = capan_scoreboard_cut(&me->board, arrival->tcp->alloc, max_i64(arrival->start, me->una));
    if (arrival->end < me->board.end) capan_scoreboard_cut(&me->board, arrival->tcp->alloc, arrival->end);
    for (; index < me->board.count && capan_piece_at(&me->board, index)->start < arrival->end; index++) {
        struct capan_piece *piece = capan_piece_at(&me->board, index);
        if (piece->marks & CAPAN_PIECE_HOLE) {
            fill(arrival, index, recovered);
        } else if (recovered) {
            capan_scoreboard_again(&me->board, index);
            piece->time_ns = arrival->now;
            piece->last_frame = arrival->segment->frame;
            piece->segment_len = (uint32_t)(arrival->end - arrival->start);
            piece->digest = piece->start == arrival->start ? arrival->digest : 0;
        }
    }
}

/* The sender's own view of recovery, as far as its segments show it. */
static void follow_recovery(struct capan_arrival *arrival) {
    const int64_t high = arrival->me->board.end;
    struct capan_incidents *me = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
    if (!me) return;
    switch (arrival->segment->cause) {
    case CAPAN_CAUSE_TLP:
        me->tlp_high = high;
        me->timer_ns = arrival->now;
        me->timer_ts = arrival->header->ts_val;
        break;
    case CAPAN_CAUSE_RTO:
        if (arrival->facts & F(CLOCKED) && !(arrival->facts & F(TIMER))) break;
        me->episode = CAPAN_EPISODE_LOSS;
        me->recover = high;
        me->timer_ns = arrival->now;
        me->timer_ts = arrival->header->ts_val;
        if (me->backoff < UINT8_MAX) me->backoff++;
        break;
    case CAPAN_CAUSE_PMTU: me->cut_ns = arrival->now; me->cut_high = high; /* fall through */
    case CAPAN_CAUSE_FAST:
    case CAPAN_CAUSE_SACK:
        if (me->episode != CAPAN_EPISODE_NONE) break;
        me->episode = CAPAN_EPISODE_FAST;
        me->recover = high;
        break;
    default: break;
    }
}

/* The timer ran out again and again for a large segment, and now it comes in smaller pieces: nobody told the sender
 * that it was too big (RFC 2923 2.1, RFC 4821 7.6). Or an ICMP message did. */
static void learn_path_mtu(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    if (!(arrival->facts & F(SMALLER)) || (capan_incidents(me)->backoff < 2 && !(arrival->facts & F(TOO_BIG)))) return;
    if (me->incidents)
        me->incidents->too_big_ns += arrival->now - max_i64(arrival->before.time_ns, me->incidents->cut_ns);
    if (arrival->facts & F(TOO_BIG)) return;
    arrival->tcp->pmtu = arrival->packet->ip_header_len + arrival->packet->wire_len;
    arrival->tcp->pmtu_frame = arrival->segment->frame;
}

static void conflict(struct capan_arrival *arrival) {
    const struct capan_piece *before = &arrival->before;
    if (!arrival->has_before || before->marks & CAPAN_PIECE_HOLE || before->start != arrival->start) return;
    if (!before->digest || !arrival->digest || before->digest == arrival->digest) return;
    if (before->segment_len != arrival->end - arrival->start) return;
    if (arrival->header->flags & CAPAN_TH_FIN) return;
    capan_flag(arrival->segment, CAPAN_FLAG_OVERLAP_CONFLICT);
}

/* The capture recorded it late: behind its ACK, or behind what had come after it. */
static void put_in_order(struct capan_arrival *arrival) {
    if (arrival->facts & (F(BELOW) | F(FILLS))) {
        capan_unseen_came(arrival);
        if (arrival->segment->kind == CAPAN_KIND_DATA_RECOVERED) follow_recovery(arrival);
        return;
    }
    send_again(arrival);
}

/* A bare ACK has the number of what its sender sends next (RFC 9293 3.10.7.4): all before that was sent. */
static bool shows_unseen(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    return arrival->start == arrival->end && arrival->start > me->board.end && arrival->facts & F(ACK) &&
           !(me->marks & CAPAN_HALF_ENDLESS);
}

/* Its SYN-ACK was recorded before it. */
static bool is_answered_syn(const struct capan_arrival *arrival) {
    return arrival->facts & F(SYN) && arrival->facts & F(BELOW) && !(arrival->facts & F(SAME_ISN)) &&
           !(arrival->me->marks & CAPAN_HALF_SYN);
}

/* What a closed window had turned away goes out again as it opens: its receiver had held it back. */
static void count_closed(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const struct capan_incidents *peer = capan_incidents(arrival->peer);
    if (peer->closed_ns <= me->sent_ns || arrival->peer->window == 0 || arrival->start > me->una) return;
    me->sent_ns = arrival->now;
}

/* What its sender sent first after a long silence came alone, and a hole shows behind it. When the IP ids leave no room
 * for what the hole lacks, that was sent before the silence: a timeout (RFC 6298 5.4) ended it, and the first one was
 * sent again. Without ids it may as well be a new flight that lost some. */
static void doubt_the_silence(struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const int64_t lacking = (arrival->start - me->board.end) / max_i64(me->side.mss_observed, 1);
    if (!(me->marks & CAPAN_HALF_RESTARTED) || me->una < me->board.end || capan_at_sender(arrival)) return;
    const uint16_t between = (uint16_t)(arrival->packet->ip_id - me->id_max - 1);
    const bool counted = arrival->packet->has_ip_id && me->id_trust >= CAPAN_ID_TRUSTED;
    if (counted && between >= lacking) return;
    struct capan_incidents *incidents = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
    if (!incidents) return;
    incidents->episode = counted ? CAPAN_EPISODE_LOSS : CAPAN_EPISODE_DOUBT;
    incidents->recover = arrival->end;
}

void capan_arrival_sent(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    if (shows_unseen(arrival)) append_hole(arrival);
    if (arrival->facts & F(SWAPPED)) {
        put_in_order(arrival);
        me->data_ns = arrival->now;
        return;
    }
    if (arrival->end == arrival->start || arrival->facts & F(PROBE_SHAPE) ||
        arrival->segment->kind == CAPAN_KIND_DUPLICATE_PACKET || is_answered_syn(arrival))
        return;
    if (arrival->facts & (F(SEEN) | F(FILLS))) {
        const int64_t high = me->board.end;
        if (arrival->facts & F(SEEN)) conflict(arrival);
        learn_path_mtu(arrival);
        count_closed(arrival);
        send_again(arrival);
        if (arrival->facts & F(PART_NEW)) {
            const int64_t start = arrival->start;
            arrival->start = high;
            append(arrival);
            arrival->start = start;
        }
        if (arrival->segment->kind == CAPAN_KIND_DATA_LATE) {
            capan_resends_original(arrival);
        } else if (arrival->segment->kind != CAPAN_KIND_SYN_ACK) {
            follow_recovery(arrival);
            capan_tail_resent(arrival);
            capan_resends_add(arrival);
            capan_resends_unclear(arrival);
        }
    } else {
        if (me->incidents) capan_tail_followed(arrival);
        if (arrival->start > me->board.end) doubt_the_silence(arrival);
        append(arrival);
    }
    me->data_ns = arrival->now;
}
