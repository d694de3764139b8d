/* SPDX-License-Identifier: MIT */
/* Where a segment's octets lie in what its sender has sent, and what is known of why they were sent. */
#include "arrival.h"
#include "budget.h"
#include "bytes.h"
#include "seqnum.h"
#include "stamps.h"
#include "unseen.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

enum {
    ID_NEAR = 8192, /* ids further apart say nothing */
    KEEPALIVE_MS = 900,
    FEW_DUPLICATES = 2,    /* RFC 5681 3.2 says 3; some stacks take less */
    FIRST_MAX_MS = 3200,   /* RFC 1122 4.2.3.1 began with 3 s */
    TIMER_MAX_MS = 130000, /* RFC 6298 2.5: 60 s or more; stacks stop at 120 */
    FEW = 4,               /* segments in flight: fewer duplicate ACKs must do (RFC 5827 3.1) */
    UNKNOWN_NEAR_MS = 3
};

/* Where its octets lie in what its sender has sent. */
static void locate(struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const struct capan_scoreboard *board = &me->board;
    if (arrival->start >= board->end) return;
    capan_arrival_set(arrival, F(PART_NEW), arrival->end > board->end);
    capan_arrival_set(arrival, F(TAIL), arrival->end >= board->end);
    capan_arrival_set(arrival, F(HEAD), arrival->start <= me->una);
    if (arrival->end <= me->una) {
        arrival->facts |= F(BELOW) | F(SEEN);
        if (capan_incidents(me)->unseens.count) capan_unseen_look(arrival);
        return;
    }
    capan_arrival_set(arrival, F(SEEN), arrival->start < me->una);
    const uint32_t first = capan_scoreboard_find(board, max_i64(arrival->start, me->una));
    if (first == board->count) { /* not on the board: no memory was left, or its sender is gone */
        arrival->facts |= F(SEEN);
        return;
    }
    arrival->before = *capan_piece_at(board, first);
    arrival->has_before = true;
    capan_arrival_set(arrival, F(SMALLER),
                      arrival->before.start == arrival->start && arrival->end < capan_piece_end(board, first) &&
                          arrival->end - arrival->start < arrival->before.segment_len);
    for (uint32_t i = first; i < board->count && capan_piece_at(board, i)->start < arrival->end; i++) {
        arrival->facts |= capan_piece_at(board, i)->marks & CAPAN_PIECE_HOLE ? F(FILLS) : F(SEEN);
        if ((arrival->facts & (F(FILLS) | F(SEEN))) == (F(FILLS) | F(SEEN))) break;
    }
    if ((arrival->facts & (F(FILLS) | F(SEEN) | F(PART_NEW))) == F(FILLS) && arrival->now <= arrival->before.time_ns)
        arrival->facts ^= F(FILLS) | F(SWAPPED);
}

/* Only an ACK without data has shown it. */
static bool is_bare_hole(const struct capan_piece *piece) {
    return piece->marks & CAPAN_PIECE_HOLE && piece->serial == UINT64_MAX;
}

/* The piece that overtook it: behind the hole that it fills, or the resend of the same octets. */
static const struct capan_piece *overtaker(const struct capan_arrival *arrival) {
    const struct capan_scoreboard *board = &arrival->me->board;
    if (!arrival->has_before) return NULL;
    if (arrival->facts & F(SWAPPED) || is_bare_hole(&arrival->before)) return &arrival->before;
    uint32_t index = capan_scoreboard_find(board, max_i64(arrival->start, arrival->me->una));
    if (arrival->before.marks & CAPAN_PIECE_HOLE) index++;
    return index < board->count && !(capan_piece_at(board, index)->marks & CAPAN_PIECE_HOLE)
               ? capan_piece_at(board, index)
               : NULL;
}

static bool ids_count(const struct capan_arrival *arrival) {
    return arrival->packet->has_ip_id && arrival->packet->ip_id != 0 && arrival->me->id_trust >= CAPAN_ID_TRUSTED;
}

/* The packet with these octets had another id: this is no copy of it (RFC 791 3.2). Of acknowledged ones it is known
 * when nothing else was sent since. */
static bool has_another_id(const struct capan_arrival *arrival, const struct capan_piece *other) {
    const struct capan_half *me = arrival->me;
    const uint16_t id = arrival->packet->has_ip_id ? arrival->packet->ip_id : 0;
    const uint16_t before = other ? other->ip_id : me->last_frame == me->sent_frame ? me->id_max : 0;
    return id && before && id != before && !(arrival->facts & (F(FILLS) | F(AGAIN)));
}

/* Original order by IP id and timestamp: both only grow from one sending to the next. What is acknowledged already is
 * compared with the newest of all. */
static void compare_order(struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const struct capan_piece *other = overtaker(arrival);
    if (!other && !(arrival->facts & F(BELOW))) return;
    capan_arrival_set(arrival, F(NEW_ID), arrival->facts & F(TOO_SOON) && has_another_id(arrival, other));
    if (ids_count(arrival)) {
        const int16_t ahead = (int16_t)(uint16_t)(arrival->packet->ip_id - (other ? other->ip_id : me->id_max));
        capan_arrival_set(arrival, F(OLD_ID), ahead < 0 && ahead > -ID_NEAR);
        capan_arrival_set(arrival, F(NEW_ID), ahead > 0 && ahead < ID_NEAR);
    }
    if (arrival->header->has_timestamps && me->marks & CAPAN_HALF_TS_SEEN) {
        const uint32_t ts_val = other ? other->ts_val : me->ts_max;
        capan_arrival_set(arrival, F(OLD_TS), capan_seq_lt(arrival->header->ts_val, ts_val));
        capan_arrival_set(arrival, F(NEW_TS), capan_seq_gt(arrival->header->ts_val, ts_val));
    }
    if (arrival->facts & (F(OLD_ID) | F(OLD_TS)))
        capan_arrival_set(arrival, F(AGAIN), capan_resends_last(me, arrival->start, arrival->end) != NULL);
}

/* Whether nothing that happened since these octets passed, or their hole showed, can have reached the sender and
 * brought them here. Of octets acknowledged already only the newest segment's time is known. */
static bool too_soon(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const int64_t near = capan_near(me),
                  word = near || !(arrival->facts & F(FILLS)) ? near * 4 / 5 : UNKNOWN_NEAR_MS * MS;
    if (arrival->has_before) return arrival->now - arrival->before.time_ns < word;
    return arrival->start >= me->board.end - (int64_t)me->last_len && arrival->now - me->sent_ns < word;
}

/* The packet that brought the octets in flight: with its id, or, without ids, with its timestamp, sooner than a round
 * trip. */
static bool same_packet_again(const struct capan_arrival *arrival) {
    const struct capan_piece *before = &arrival->before;
    if (!arrival->has_before || before->sends != 1 || before->start != arrival->start || !arrival->header->payload_len)
        return false;
    if (before->digest != arrival->digest || before->segment_len != arrival->end - arrival->start) return false;
    const bool stamped = arrival->header->has_timestamps;
    if (stamped && before->ts_val != arrival->header->ts_val) return false;
    const int64_t longest = capan_copy_time(arrival->me, arrival->peer, arrival->packet, arrival->header, false);
    if (arrival->now - before->time_ns > longest) return false;
    return !capan_id_names(arrival->me, arrival->packet) || before->ip_id == arrival->packet->ip_id;
}

/* What passed here so short a time ago cannot have reached the sender before it sent this, unless that is here. */
static int64_t known_to_sender(const struct capan_arrival *arrival, int64_t event_ns) {
    if (capan_at_sender(arrival)) return event_ns;
    return arrival->now - event_ns < capan_near(arrival->me) * 4 / 5 ? 0 : event_ns;
}

/* From where the timer must have run: the last thing that restarts it (RFC 6298 5). */
static int64_t timer_started(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    if (arrival->facts & F(SYN)) return me->syn_ns;
    const int64_t from = max_i64(known_to_sender(arrival, me->advance_ns), capan_incidents(me)->timer_ns);
    return max_i64(from, arrival->has_before ? arrival->before.time_ns : me->data_ns);
}

/* TSval of the last segment before with these octets, or the best that is known of when they were sent: what lies
 * behind their hole was sent after them, and of acknowledged ones the timer has run since the last data. */
static uint32_t stamp_before(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const struct capan_resend *resend = capan_resends_last(me, arrival->start, arrival->end);
    const struct capan_piece *other = overtaker(arrival);
    if (resend && resend->has_ts && !(arrival->facts & F(BELOW))) return resend->ts_val;
    return other ? other->ts_val : me->ts_data;
}

/* How long the timer has run (RFC 6298 5): in the sender's own clock where that is at hand. */
static int64_t timer_ran(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const struct capan_incidents *incidents = capan_incidents(me);
    const int64_t sent = arrival->facts & F(SYN) ? -1 : capan_stamps_since(arrival, stamp_before(arrival));
    const int64_t fired = incidents->timer_ns ? capan_stamps_since(arrival, incidents->timer_ts) : -1;
    if (sent < 0) return arrival->now - timer_started(arrival);
    const int64_t since_ack = arrival->now - known_to_sender(arrival, me->advance_ns);
    return min_i64(since_ack, fired < 0 ? sent : min_i64(sent, fired));
}

/* How long the sender has neither sent data nor heard of any. */
static int64_t quiet_time(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const int64_t sent = capan_stamps_since(arrival, me->ts_data);
    const int64_t unheard = arrival->now - known_to_sender(arrival, me->told_ns);
    return min_i64(unheard, sent < 0 ? arrival->now - me->data_ns : sent);
}

/* The longest that a timer can run: when all is acknowledged it stops (RFC 6298 5.2), though the ACK may be lost on its
 * way to the sender; the first timeout is short, later ones double up to some limit (2.5). */
static int64_t longest_timer(const struct capan_arrival *arrival, int64_t rto_ns) {
    return arrival->facts & F(BELOW) ? max_i64(FIRST_MAX_MS * MS, 3 * rto_ns) : TIMER_MAX_MS * MS;
}

/* Silence here was the network's: without what that added on its way it would have come when the first word of a loss
 * had just reached its sender. */
static bool came_late(const struct capan_arrival *arrival, int64_t react_ns) {
    const struct capan_half *me = arrival->me;
    const int64_t first_ns = capan_incidents(me)->evidence_ns;
    if (!first_ns || !me->budget || capan_at_sender(arrival)) return false;
    const int64_t late_ns = capan_heard_late_ns(arrival, &me->budget->late);
    const int64_t since = arrival->now - late_ns - first_ns;
    return late_ns && since >= capan_near(me) * 4 / 5 && since <= react_ns;
}

/* Something from the peer came so short a time ago that it can have set this off. A FIN not acknowledged yet goes with
 * the ACK of what the peer sends, a SYN-ACK answers a SYN that comes again. */
static bool is_clocked(const struct capan_arrival *arrival, int64_t react_ns) {
    const int64_t syn_ns = arrival->peer->syn_ns;
    if (arrival->facts & F(SYN)) return syn_ns > arrival->me->syn_ns && arrival->now - syn_ns <= react_ns;
    const bool answers = (arrival->facts & (F(FIN) | F(ADVANCES))) == (F(FIN) | F(ADVANCES));
    const int64_t told_ns = answers ? max_i64(arrival->me->told_ns, arrival->peer->data_ns) : arrival->me->told_ns;
    return arrival->now - told_ns <= react_ns ? !capan_stamps_unheard(arrival) : came_late(arrival, react_ns);
}

static bool evidence(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const int64_t first_ns = capan_incidents(me)->evidence_ns, repaired_ns = capan_incidents(me)->repaired_ns;
    /* The sender had not heard yet that all was there. */
    const bool far = !capan_at_sender(arrival);
    if (far && arrival->facts & F(BELOW) && repaired_ns && !known_to_sender(arrival, repaired_ns)) return true;
    if (far && first_ns && !known_to_sender(arrival, first_ns)) return false;
    if (me->board.sacked_high > arrival->end) return true;
    if (arrival->facts & F(SACK_OK) && arrival->has_before && me->rack_ns > arrival->before.time_ns) return true;
    /* Duplicate ACKs ask for what they acknowledge up to, not for what lies below. */
    if (arrival->facts & F(BELOW)) return false;
    const struct capan_incidents *incidents = capan_incidents(me);
    return incidents->dup_acks >= FEW_DUPLICATES ||
           (incidents->dup_acks > 0 && (me->board.count <= FEW || incidents->dup_sacks));
}

/* Recovery goes on until word of its end has reached the sender; without SACK, until more is acknowledged than had been
 * sent when it began (RFC 6582 4.1). Returns where it ends. */
static int64_t recovery_end(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const int64_t end = capan_incidents(me)->recover + (arrival->facts & F(SACK_OK) ? 0 : 1);
    if (me->incidents && me->una >= end && arrival->now > me->incidents->recovery_ns)
        me->incidents->episode = CAPAN_EPISODE_NONE;
    return end;
}

/* An ICMP message about the size of what was in flight is what the sender heard last. */
static bool is_too_big(const struct capan_arrival *arrival) {
    const struct capan_incidents *incidents = capan_incidents(arrival->me);
    if (!incidents->icmp_ns || arrival->start >= incidents->icmp_high) return false;
    const int64_t since = arrival->now - incidents->icmp_ns;
    return incidents->icmp_ns >= arrival->me->told_ns || since <= capan_near(arrival->me) * 5 / 4;
}

/* The recovery that a resend belongs to. By SACK it goes on to what was sent since it began and is reported lost too
 * (RFC 6675 5 C, NextSeg). */
static uint8_t episode_of(struct capan_arrival *arrival) {
    const int64_t recover = recovery_end(arrival);
    const struct capan_incidents *incidents = capan_incidents(arrival->me);
    if (arrival->start < recover || incidents->episode == CAPAN_EPISODE_NONE) return incidents->episode;
    const uint64_t reported = F(SACK_OK) | F(EVIDENCE);
    return (arrival->facts & reported) == reported && arrival->me->una < recover ? CAPAN_EPISODE_FAST
                                                                                 : CAPAN_EPISODE_NONE;
}

/* Everything that bears on what made the sender send again. */
static void find_trigger(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const struct capan_half *peer = arrival->peer;
    const struct capan_incidents *incidents = capan_incidents(me);
    const int64_t near = capan_near(me);
    const struct capan_timers timers = capan_timers(&me->rtt, near);
    const int64_t quiet = quiet_time(arrival), waited = timer_ran(arrival);
    arrival->segment->rto_ns = arrival->waited_ns = waited;
    capan_arrival_set(arrival, F(SACK_OK), capan_sack_use(me, peer) != CAPAN_SACK_OFF);
    capan_arrival_set(arrival, F(TOO_BIG), is_too_big(arrival));
    capan_arrival_set(arrival, F(CUT),
                      incidents->cut_ns && arrival->start < incidents->cut_high &&
                          incidents->cut_ns >= known_to_sender(arrival, me->told_ns));
    capan_arrival_set(arrival, F(AGAIN), arrival->has_before && arrival->before.sends > 1);
    capan_arrival_set(arrival, F(TIMER),
                      waited >= timers.rto_ns * 17 / 20 && waited <= longest_timer(arrival, timers.rto_ns));
    capan_arrival_set(arrival, F(PROBE_TIME), quiet >= timers.pto_ns * 3 / 4 && incidents->tlp_high == 0);
    capan_arrival_set(arrival, F(SILENT),
                      quiet >= max_i64(timers.silent_ns, arrival->facts & F(SACK_OK) ? timers.rtt_ns : 0));
    capan_arrival_set(arrival, F(LONG), waited >= 3 * timers.rto_ns / 2);
    capan_arrival_set(arrival, F(EVIDENCE), evidence(arrival));
    /* Two duplicate ACKs are enough for some stacks only: they do not settle what set it off. */
    const bool few = incidents->dup_acks == FEW_DUPLICATES && me->board.sacked == 0 && me->board.count > FEW;
    capan_arrival_set(arrival, F(CLOCKED), !few && is_clocked(arrival, near + timers.rtt_ns / 2 + 4 * MS));
    const uint8_t episode = episode_of(arrival);
    capan_arrival_set(arrival, F(IN_FAST), episode == CAPAN_EPISODE_FAST || episode == CAPAN_EPISODE_DOUBT);
    capan_arrival_set(arrival, F(IN_LOSS), episode == CAPAN_EPISODE_LOSS || episode == CAPAN_EPISODE_DOUBT);
    capan_arrival_set(arrival, F(FROM_SYN),
                      arrival->has_before && !(arrival->facts & F(SYN)) &&
                          (arrival->before.last_frame == me->syn_frame ||
                           arrival->before.frame == arrival->tcp->handshake_frames[0]));
    arrival->facts |= incidents->tails_before;
    capan_arrival_set(arrival, F(TOO_SOON), too_soon(arrival));
}

/* Answers to the peer's own keep-alives do not count: only data restarts the clock (RFC 9293 3.8.4). Where no data has
 * passed, all that is known is when anything did. */
int64_t capan_silence(const struct capan_arrival *arrival) {
    const bool bare = arrival->start == arrival->end;
    const int64_t data_ns = bare ? max_i64(arrival->me->data_ns, arrival->peer->data_ns) : 0;
    return arrival->now - (data_ns ? data_ns : arrival->tcp->last_ns);
}

/* Zero octets just below what is unacknowledged, or one octet at the edge (RFC 9293 3.8.4, 3.8.6.1). */
static void look_for_probe(struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const int64_t len = arrival->end - arrival->start;
    if (len > 1 || !(me->marks & CAPAN_HALF_SPOKE) || !(me->marks & CAPAN_HALF_BASED)) return;
    if (arrival->header->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN | CAPAN_TH_RST) ||
        !(arrival->header->flags & CAPAN_TH_ACK))
        return;
    const bool closed = peer->marks & CAPAN_HALF_SPOKE && peer->window == 0;
    const bool below = arrival->start == me->una - 1;
    const bool at_edge = len == 1 && closed && (arrival->start == me->una || arrival->start == me->board.end);
    if (!below && !at_edge) return;
    const int64_t silence = capan_silence(arrival);
    const int64_t rto = capan_timers(&me->rtt, capan_near(me)).rto_ns;
    arrival->facts |= F(PROBE_SHAPE);
    capan_arrival_set(arrival, F(PEER_CLOSED), closed);
    capan_arrival_set(arrival, F(NOTHING_OUT), below && me->una == me->board.end);
    const bool written = arrival->header->flags & CAPAN_TH_PSH; /* one octet that an application wrote */
    const bool garbage = me->last_len > 1; /* the last octet of a segment is not sent again alone */
    const int64_t least = len == 0 ? KEEPALIVE_MS * MS : garbage ? 0 : max_i64(KEEPALIVE_MS * MS, 2 * rto);
    capan_arrival_set(arrival, F(IDLE), silence >= least && !(len && written));
}

void capan_arrival_locate(struct capan_arrival *arrival) {
    look_for_probe(arrival);
    if (arrival->end == arrival->start) return;
    const uint64_t probe = F(PROBE_SHAPE) | F(NOTHING_OUT) | F(IDLE);
    if ((arrival->facts & probe) == probe ||
        (arrival->facts & (F(PROBE_SHAPE) | F(PEER_CLOSED))) == (F(PROBE_SHAPE) | F(PEER_CLOSED)))
        return;
    arrival->facts &= ~F(PROBE_SHAPE);
    locate(arrival);
    if (!(arrival->facts & F(FILLS)) && (!(arrival->facts & F(SEEN)) || arrival->facts & F(SWAPPED))) return;
    if (same_packet_again(arrival)) {
        arrival->facts |= F(TWIN);
        arrival->copied_frame = arrival->before.frame;
        arrival->copy_age_ns = arrival->now - arrival->before.time_ns;
        return;
    }
    find_trigger(arrival);
    compare_order(arrival);
    const bool late =
        arrival->facts & (F(OLD_ID) | F(OLD_TS) | F(TOO_SOON)) && !(arrival->facts & (F(NEW_ID) | F(NEW_TS)));
    if (late && arrival->has_before && is_bare_hole(&arrival->before) && !(arrival->facts & (F(SEEN) | F(PART_NEW))))
        arrival->facts ^= F(FILLS) | F(SWAPPED);
}
