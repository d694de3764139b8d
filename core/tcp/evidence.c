/* SPDX-License-Identifier: MIT */
/* Where a segment's octets lie in what its sender has sent, and what is known of why they were sent. */
#include "bytes.h"
#include "seqnum.h"
#include "turn.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

enum {
    ID_NEAR = 8192, /* ids further apart say nothing */
    KEEPALIVE_MS = 900,
    SWAP_MS = 1, /* so far apart the queues of one network card may hand over packets */
    FEW = 4,     /* segments in flight: fewer duplicate ACKs must do (RFC 5827 3.1) */
    UNKNOWN_NEAR_MS = 3
};

/* Where its octets lie in what its sender has sent. */
static void place(struct capan_turn *turn) {
    const struct capan_half *me = turn->me;
    const struct capan_scoreboard *board = &me->board;
    if (turn->start >= board->end) return;
    capan_turn_set(turn, F(PART_NEW), turn->end > board->end);
    capan_turn_set(turn, F(TAIL), turn->end >= board->end);
    capan_turn_set(turn, F(HEAD), turn->start <= me->una);
    if (turn->end <= me->una) {
        turn->facts |= F(BELOW) | F(SEEN);
        const struct capan_unseen *unseen = capan_trouble(me)->unseen;
        for (unsigned i = 0; i < CAPAN_UNSEEN_MAX; i++) {
            capan_turn_set(turn, F(MISSED), turn->start >= unseen[i].start && turn->end <= unseen[i].end);
        }
        const bool just_now = me->marks & CAPAN_HALF_UNSEEN_TAIL && turn->now - me->advance_ns <= SWAP_MS * MS;
        capan_turn_set(turn, F(SWAPPED), just_now && turn->facts & F(MISSED) && turn->start == unseen[0].start);
        return;
    }
    capan_turn_set(turn, F(SEEN), turn->start < me->una);
    const uint32_t first = capan_scoreboard_find(board, max_i64(turn->start, me->una));
    if (first == board->count) { /* not on the board: no memory was left, or its sender is gone */
        turn->facts |= F(SEEN);
        return;
    }
    turn->before = *capan_piece_at(board, first);
    turn->has_before = true;
    for (uint32_t i = first; i < board->count && capan_piece_at(board, i)->start < turn->end; i++) {
        turn->facts |= capan_piece_at(board, i)->marks & CAPAN_PIECE_HOLE ? F(FILLS) : F(SEEN);
        if ((turn->facts & (F(FILLS) | F(SEEN))) == (F(FILLS) | F(SEEN))) break;
    }
}

/* The piece that overtook it: behind the hole that it fills, or the resend of the same octets. */
static const struct capan_piece *overtaker(const struct capan_turn *turn) {
    const struct capan_scoreboard *board = &turn->me->board;
    if (!turn->has_before) return NULL;
    uint32_t index = capan_scoreboard_find(board, max_i64(turn->start, turn->me->una));
    if (turn->before.marks & CAPAN_PIECE_HOLE) index++;
    return index < board->count && !(capan_piece_at(board, index)->marks & CAPAN_PIECE_HOLE)
               ? capan_piece_at(board, index)
               : NULL;
}

static bool ids_count(const struct capan_turn *turn) {
    return turn->packet->has_ip_id && turn->packet->ip_id != 0 && turn->me->id_trust >= CAPAN_ID_TRUSTED;
}

/* Original order by IP id and timestamp: both only grow from one sending to the next. What is acknowledged already is
 * compared with the newest of all. */
static void compare_order(struct capan_turn *turn) {
    const struct capan_half *me = turn->me;
    const struct capan_piece *other = overtaker(turn);
    if (!other && !(turn->facts & F(BELOW))) return;
    if (ids_count(turn)) {
        const int16_t ahead = (int16_t)(uint16_t)(turn->packet->ip_id - (other ? other->ip_id : me->id_max));
        capan_turn_set(turn, F(OLD_ID), ahead < 0 && ahead > -ID_NEAR);
        capan_turn_set(turn, F(NEW_ID), ahead > 0 && ahead < ID_NEAR);
    }
    if (turn->header->has_timestamps && me->marks & CAPAN_HALF_TS_SEEN) {
        const uint32_t ts_val = other ? other->ts_val : me->ts_max;
        capan_turn_set(turn, F(OLD_TS), capan_seq_lt(turn->header->ts_val, ts_val));
        capan_turn_set(turn, F(NEW_TS), capan_seq_gt(turn->header->ts_val, ts_val));
    }
    if (turn->facts & (F(OLD_ID) | F(OLD_TS)))
        capan_turn_set(turn, F(RESENT), capan_resends_hold(me, turn->start, turn->end));
}

/* The id of the octets in flight, or, without ids, a timestamp that newer segments have passed. */
static bool same_packet_again(const struct capan_turn *turn) {
    const struct capan_piece *before = &turn->before;
    if (!turn->has_before || before->sends != 1 || before->start != turn->start || before->digest != turn->digest)
        return false;
    if (before->segment_len != turn->end - turn->start) return false;
    const bool stamped = turn->header->has_timestamps;
    if (stamped && before->ts_val != turn->header->ts_val) return false;
    if (turn->packet->has_ip_id && turn->packet->ip_id != 0) return before->ip_id == turn->packet->ip_id;
    return stamped && capan_seq_lt(turn->header->ts_val, turn->me->ts_max);
}

/* What passed here so short a time ago cannot have reached the sender before it sent this. */
static int64_t known_to_sender(const struct capan_turn *turn, int64_t event_ns) {
    return turn->now - event_ns < capan_near(turn->me) * 4 / 5 ? 0 : event_ns;
}

/* From where the timer must have run: the last thing that restarts it (RFC 6298 5). */
static int64_t timer_started(const struct capan_turn *turn) {
    const struct capan_half *me = turn->me;
    if (turn->facts & F(SYN)) return me->syn_ns;
    const int64_t from = max_i64(known_to_sender(turn, me->advance_ns), capan_trouble(me)->timer_ns);
    return max_i64(from, turn->has_before ? turn->before.time_ns : me->data_ns);
}

static bool evidence(const struct capan_turn *turn) {
    const struct capan_half *me = turn->me;
    if (me->board.sacked_high > turn->end) return true;
    if (turn->facts & F(SACK_OK) && turn->has_before && me->rack_ns > turn->before.time_ns) return true;
    const uint32_t dup_acks = capan_trouble(me)->dup_acks;
    return dup_acks >= 3 || (dup_acks > 0 && me->board.count <= FEW);
}

/* Whether nothing that happened since these octets passed, or their hole showed, can have reached the sender and
 * brought them here. Of octets acknowledged already only the newest segment's time is known. */
static bool too_soon(const struct capan_turn *turn) {
    const struct capan_half *me = turn->me;
    const int64_t near = capan_near(me), word = near || !(turn->facts & F(FILLS)) ? near * 4 / 5 : UNKNOWN_NEAR_MS * MS;
    if (turn->has_before) return turn->now - turn->before.time_ns < word;
    return turn->start >= me->board.end - (int64_t)me->last_len && turn->now - me->sent_ns < word;
}

/* Recovery goes on until word of its end has reached the sender; without SACK, until more is acknowledged than had been
 * sent when it began (RFC 6582 4.1). Returns where it ends. */
static int64_t recovery_end(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    const int64_t end = capan_trouble(me)->recover + (turn->facts & F(SACK_OK) ? 0 : 1);
    if (me->trouble && me->una >= end && turn->now > me->trouble->recovery_ns)
        me->trouble->episode = CAPAN_EPISODE_NONE;
    return end;
}

/* Everything that bears on what made the sender send again. */
static void find_trigger(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    const struct capan_half *peer = turn->peer;
    const struct capan_trouble *trouble = capan_trouble(me);
    const int64_t near = capan_near(me);
    const struct capan_timers timers = capan_timers(&me->rtt, near);
    const int64_t quiet = turn->now - max_i64(known_to_sender(turn, me->told_ns), me->data_ns);
    const int64_t waited = turn->now - timer_started(turn);
    turn->segment->rto_ns = waited;
    capan_turn_set(turn, F(SACK_OK), capan_sack_use(me, peer) != CAPAN_SACK_OFF);
    capan_turn_set(turn, F(TOO_BIG),
                   trouble->icmp_ns && trouble->icmp_ns >= me->told_ns && turn->start < trouble->icmp_high);
    capan_turn_set(turn, F(AGAIN), turn->has_before && turn->before.sends > 1);
    capan_turn_set(turn, F(TIMER), waited >= timers.rto_ns * 17 / 20);
    capan_turn_set(turn, F(PROBE_TIME), quiet >= timers.pto_ns * 3 / 4);
    capan_turn_set(turn, F(SILENT), quiet >= max_i64(timers.silent_ns, turn->facts & F(SACK_OK) ? timers.rtt_ns : 0));
    capan_turn_set(turn, F(LONG), waited >= 3 * timers.rto_ns / 2);
    capan_turn_set(turn, F(CLOCKED), turn->now - me->told_ns <= near + timers.rtt_ns / 2 + 4 * MS);
    capan_turn_set(turn, F(EVIDENCE), evidence(turn));
    const int64_t recover = recovery_end(turn);
    capan_turn_set(turn, F(IN_FAST), trouble->episode == CAPAN_EPISODE_FAST && turn->start < recover);
    capan_turn_set(turn, F(IN_LOSS), trouble->episode == CAPAN_EPISODE_LOSS && turn->start < recover);
    capan_turn_set(turn, F(PROBED), trouble->tlp_high != 0);
    capan_turn_set(turn, F(FROM_SYN),
                   turn->has_before && turn->before.last_frame == me->syn_frame && !(turn->facts & F(SYN)));
    capan_turn_set(turn, F(SMALLER),
                   turn->has_before && turn->before.start == turn->start &&
                       turn->end - turn->start < turn->before.segment_len);
    capan_turn_set(turn, F(TOO_SOON), too_soon(turn));
}

/* Answers to the peer's own keep-alives do not count: only data restarts the clock (RFC 9293 3.8.4). */
int64_t capan_silence(const struct capan_turn *turn) {
    const bool bare = turn->start == turn->end;
    return turn->now - (bare ? max_i64(turn->me->data_ns, turn->peer->data_ns) : turn->tcp->last_ns);
}

/* Zero octets just below what is unacknowledged, or one octet at the edge (RFC 9293 3.8.4, 3.8.6.1). */
static void look_for_probe(struct capan_turn *turn) {
    const struct capan_half *me = turn->me, *peer = turn->peer;
    const int64_t len = turn->end - turn->start;
    if (len > 1 || !(me->marks & CAPAN_HALF_SPOKE) || !(me->marks & CAPAN_HALF_BASED)) return;
    if (turn->header->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN | CAPAN_TH_RST) || !(turn->header->flags & CAPAN_TH_ACK))
        return;
    const bool closed = peer->marks & CAPAN_HALF_SPOKE && peer->window == 0;
    const bool below = turn->start == me->una - 1;
    const bool at_edge = len == 1 && closed && (turn->start == me->una || turn->start == me->board.end);
    if (!below && !at_edge) return;
    const int64_t silence = capan_silence(turn);
    const int64_t rto = capan_timers(&me->rtt, capan_near(me)).rto_ns;
    turn->facts |= F(PROBE_SHAPE);
    capan_turn_set(turn, F(PEER_CLOSED), closed);
    capan_turn_set(turn, F(NOTHING_OUT), below && me->una == me->board.end);
    const bool written = turn->header->flags & CAPAN_TH_PSH; /* one octet that an application wrote */
    capan_turn_set(turn, F(IDLE),
                   silence >= (len == 0 ? KEEPALIVE_MS * MS : max_i64(KEEPALIVE_MS * MS, 2 * rto)) &&
                       !(len && written));
}

void capan_turn_places(struct capan_turn *turn) {
    look_for_probe(turn);
    if (turn->end == turn->start) return;
    const uint64_t probe = F(PROBE_SHAPE) | F(NOTHING_OUT) | F(IDLE);
    if ((turn->facts & probe) == probe ||
        (turn->facts & (F(PROBE_SHAPE) | F(PEER_CLOSED))) == (F(PROBE_SHAPE) | F(PEER_CLOSED)))
        return;
    turn->facts &= ~F(PROBE_SHAPE);
    place(turn);
    if (!(turn->facts & (F(SEEN) | F(FILLS))) || turn->facts & F(SWAPPED)) return;
    if (same_packet_again(turn)) {
        turn->facts |= F(TWIN);
        return;
    }
    find_trigger(turn);
    compare_order(turn);
}
