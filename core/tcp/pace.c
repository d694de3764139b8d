/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include "bytes.h"
#include "seqnum.h"
#include "stamps.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

enum {
    DEFAULT_MSS = 536, /* RFC 9293 3.7.1 */
    HEADER = 20,       /* octets without options */
    TIMESTAMPS = 12,   /* octets that the option takes, padded (RFC 7323 A) */
    PROMPT_MS = 3      /* what follows sooner was set off by it */
};

static void flag_if(struct capan_arrival *arrival, enum capan_tcp_flag flag, bool holds) {
    if (holds) capan_flag(arrival->segment, flag);
}

/* A full segment: what the receiver allows less what timestamps take (RFC 6691 2); where the sender's largest comes
 * close, that; never more than the path's MTU leaves, nor than half of the largest window: a sender waits for no more
 * room than that (RFC 9293 3.8.6.2.1, F_s). */
uint32_t capan_full_size(const struct capan_arrival *arrival, const struct capan_half *sender,
                         const struct capan_half *receiver) {
    const uint32_t stamps = sender->marks & CAPAN_HALF_TS_SEEN ? TIMESTAMPS : 0, observed = sender->side.mss_observed;
    uint32_t full = receiver->side.mss_announced > stamps ? receiver->side.mss_announced - stamps : DEFAULT_MSS;
    if (receiver->side.mss_announced == 0 || observed >= full / 4 * 3) full = observed > DEFAULT_MSS ? observed : full;
    const uint32_t headers = arrival->packet->ip_header_len + arrival->header->header_len;
    if (arrival->tcp->pmtu > headers) full = min_u32(full, arrival->tcp->pmtu - headers);
    return receiver->marks & CAPAN_HALF_WINDOW && receiver->side.window_max > 2 * DEFAULT_MSS
               ? min_u32(full, receiver->side.window_max / 2)
               : full;
}

/* Its sender heard of an ACK that the capture has not, or not yet: it echoes a newer timestamp than any seen. */
static bool is_ahead(const struct capan_arrival *arrival) {
    return arrival->header->has_ts_ecr && capan_seq_gt(arrival->header->ts_ecr, arrival->peer->ts_max);
}

static bool edge_is_known(const struct capan_arrival *arrival) {
    const struct capan_half *peer = arrival->peer;
    if (!(peer->marks & CAPAN_HALF_WINDOW) || capan_incidents(arrival->me)->missing_bytes ||
        capan_incidents(peer)->missing_bytes)
        return false;
    return !is_ahead(arrival);
}

void capan_arrival_window(struct capan_arrival *arrival) {
    const int64_t end = arrival->start + !!(arrival->facts & F(SYN)) + arrival->header->payload_len;
    if (!edge_is_known(arrival) || arrival->facts & F(PROBE_SHAPE)) return;
    flag_if(arrival, CAPAN_FLAG_WINDOW_FULL, end >= arrival->peer->edge);
    flag_if(arrival, CAPAN_FLAG_BEYOND_WINDOW, end > arrival->peer->edge);
}

/* How long its sender let pass since its last new data. A path that stood still brings late what was sent in time: the
 * timestamps tell (RFC 7323 3). */
static int64_t pause_of(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const int64_t pause = arrival->now - (me->sent_ns ? me->sent_ns : capan_incidents(arrival->peer)->closed_ns);
    if (pause <= PROMPT_MS * MS || !me->sent_ns) return pause;
    const int64_t by_clock = capan_stamps_since(arrival, me->ts_sent);
    return by_clock < 0 ? pause : min_i64(pause, by_clock);
}

/* Where the capture is not at the sender, the edge that the sender knew is an older one. Once a round trip it is known
 * which: when it sends for the first time after it heard of a segment of its receiver, it knew the edge before that. */
static void find_known_edge(struct capan_arrival *arrival, uint32_t full) {
    struct capan_half *me = arrival->me, *peer = arrival->peer;
    if (!(peer->marks & CAPAN_HALF_ECHO) || !edge_is_known(arrival)) return;
    const bool stamped = arrival->header->has_ts_ecr && peer->marks & CAPAN_HALF_TS_SEEN;
    if (stamped ? capan_seq_lt(arrival->header->ts_ecr, peer->echo_ts)
                : arrival->now - peer->echo_ns < max_i64(capan_near(me), 1))
        return;
    me->marks &= ~(uint32_t)CAPAN_HALF_AT_EDGE;
    if (arrival->start + full > peer->echo_edge) me->marks |= CAPAN_HALF_AT_EDGE;
    if (!stamped) peer->marks &= ~(uint32_t)CAPAN_HALF_ECHO;
}

/* From here to the sender and back; no nearer than a round trip where its ACKs come out of order. */
static int64_t how_near(const struct capan_half *me) {
    return me->marks & CAPAN_HALF_LATE_ACKS && me->rtt.count ? max_i64(capan_near(me), me->rtt.min_ns) : capan_near(me);
}

/* It goes beyond the window seen last: word of another one had come to its sender. */
static bool heard_of_room(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    return me->marks & CAPAN_HALF_LATE_ACKS && peer->marks & CAPAN_HALF_WINDOW &&
           arrival->end > me->una + (int64_t)peer->window;
}

/* What let this segment go: an ACK or a window that its sender heard of just then, or its application. */
static enum capan_tcp_limit released_by(const struct capan_arrival *arrival, int64_t pause) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const int64_t near = how_near(me), told_ns = max_i64(me->told_ns, peer->opened_ns);
    const int64_t went_ns = me->sent_ns ? me->sent_ns + pause : arrival->now;
    const bool prompted = told_ns >= me->sent_ns - near && went_ns - told_ns <= near + near / 4 + PROMPT_MS * MS;
    const bool at_edge =
        me->held == CAPAN_LIMIT_RECEIVER_WINDOW || (near > PROMPT_MS * MS && me->marks & CAPAN_HALF_AT_EDGE);
    if ((prompted && at_edge) || heard_of_room(arrival)) {
        const bool closed = capan_incidents(peer)->closed_ns > me->sent_ns - near;
        return closed ? CAPAN_LIMIT_RECEIVER_APP : CAPAN_LIMIT_RECEIVER_WINDOW;
    }
    /* Far from the sender: it had more (RFC 9293 3.9.1), and what it sent again was lost on the way here. */
    const bool recovers = near > PROMPT_MS * MS && me->marks & CAPAN_HALF_MORE && pause > PROMPT_MS * MS;
    if ((prompted || recovers) && me->held == CAPAN_LIMIT_CONGESTION) return CAPAN_LIMIT_CONGESTION;
    return me->sent_ns && pause > PROMPT_MS * MS ? CAPAN_LIMIT_SENDER_APP : CAPAN_LIMIT_NONE;
}

/* Less than a full segment, options aside, and not because the window had room for no more. */
static bool is_small(const struct capan_arrival *arrival, uint32_t full) {
    const uint32_t stamps = arrival->me->marks & CAPAN_HALF_TS_SEEN ? TIMESTAMPS : 0;
    const uint32_t options = arrival->header->header_len - HEADER;
    return arrival->header->payload_len + (options > stamps ? options - stamps : 0) < full &&
           !(arrival->segment->flags >> CAPAN_FLAG_WINDOW_FULL & 1);
}

/* With Nagle's algorithm no small segment is sent while one before it is unacknowledged (RFC 9293 3.7.4; a FIN goes
 * along with what is left). */
static void look_for_nodelay(const struct capan_arrival *arrival, bool small) {
    struct capan_half *me = arrival->me;
    if (small && me->marks & CAPAN_HALF_SMALL && me->una < arrival->start && !(arrival->facts & F(FIN)))
        me->marks |= CAPAN_HALF_NODELAY;
}

/* A small segment with more behind it waits for the ACK of the small one before (RFC 9293 3.7.4). */
static bool was_nagled(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const int64_t near = capan_near(me);
    if (!(me->marks & CAPAN_HALF_SMALL) || me->marks & CAPAN_HALF_NODELAY || me->una != arrival->start) return false;
    if (arrival->old_data_ns > me->sent_ns) return false; /* recovery held it back */
    if (me->sent_ns - peer->sent_ns < near) return false; /* an answer to what reached it since */
    const int64_t prompt = min_i64(near, MS * PROMPT_MS) + PROMPT_MS * MS;
    return me->advance_ns > me->sent_ns && arrival->now - me->advance_ns <= near + PROMPT_MS * MS &&
           arrival->now - me->sent_ns > prompt;
}

/* Its cost: since the small segment before it, after which it would have gone out at once. */
static void note_nagle(struct capan_arrival *arrival) {
    struct capan_incidents *incidents = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
    capan_flag(arrival->segment, CAPAN_FLAG_NAGLE_HELD);
    if (!incidents) return;
    incidents->nagle_stalls++;
    incidents->nagle_ns += arrival->now - arrival->me->sent_ns;
}

/* The flag is for the first of a burst, and for each that had no room before. */
static void tell(struct capan_arrival *arrival, enum capan_tcp_limit limit, int64_t pause) {
    struct capan_half *me = arrival->me;
    static const uint8_t flags[CAPAN_TCP_LIMIT_COUNT] = {[CAPAN_LIMIT_RECEIVER_WINDOW] = CAPAN_FLAG_WINDOW_LIMITED,
                                                         [CAPAN_LIMIT_RECEIVER_APP] = CAPAN_FLAG_WINDOW_LIMITED,
                                                         [CAPAN_LIMIT_CONGESTION] = CAPAN_FLAG_CWND_LIMITED,
                                                         [CAPAN_LIMIT_SENDER_APP] = CAPAN_FLAG_APP_LIMITED};
    if (limit == CAPAN_LIMIT_NONE) return;
    flag_if(arrival, (enum capan_tcp_flag)flags[limit],
            pause > PROMPT_MS * MS || me->held == CAPAN_LIMIT_RECEIVER_WINDOW);
}

/* What new data leaves its sender waiting for: nothing says so for certain until the next comes. After a small segment
 * it had no more, unless there was no room. */
static void leave_waiting(struct capan_arrival *arrival, uint32_t full, bool small) {
    struct capan_half *me = arrival->me;
    const uint32_t len = arrival->header->payload_len;
    const int64_t next = arrival->end + (len >= full ? full : 1);
    const bool at_edge = edge_is_known(arrival) && next > me->una + (int64_t)arrival->peer->window;
    me->held = at_edge ? CAPAN_LIMIT_RECEIVER_WINDOW : len >= full ? CAPAN_LIMIT_CONGESTION : CAPAN_LIMIT_SENDER_APP;
    me->last_len = len;
    me->last_serial = arrival->segment->serial;
    me->sent_frame = arrival->segment->frame;
    me->sent_ns = arrival->now;
    me->marks &= ~(uint32_t)(CAPAN_HALF_SMALL | CAPAN_HALF_MORE);
    if (small) me->marks |= CAPAN_HALF_SMALL;
    if (!(arrival->header->flags & CAPAN_TH_PSH)) me->marks |= CAPAN_HALF_MORE;
    if (arrival->header->has_timestamps) me->ts_sent = arrival->header->ts_val;
}

static void follow(struct capan_arrival *arrival, uint32_t full, int64_t pause) {
    struct capan_half *me = arrival->me;
    const bool idle = me->una >= arrival->start && pause > capan_timers(&me->rtt, capan_near(me)).rto_ns;
    flag_if(arrival, CAPAN_FLAG_IDLE_RESTART, idle);
    if (idle) me->marks |= CAPAN_HALF_RESTARTED;
    struct capan_segment *before = capan_records_at(arrival->tcp->records, me->last_serial);
    if (before && me->last_len < full && arrival->peer->sent_ns <= me->sent_ns) capan_flag(before, CAPAN_FLAG_SMALL);
}

void capan_arrival_pace(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const uint32_t full = arrival->full = capan_full_size(arrival, me, arrival->peer);
    const bool small = is_small(arrival, full);
    if (is_ahead(arrival) && arrival->peer->marks & CAPAN_HALF_TS_SEEN) me->marks |= CAPAN_HALF_LATE_ACKS;
    find_known_edge(arrival, full);
    me->marks &= ~(uint32_t)CAPAN_HALF_RESTARTED;
    if (me->sent_ns || me->held == CAPAN_LIMIT_RECEIVER_WINDOW) {
        const int64_t pause = pause_of(arrival);
        const enum capan_tcp_limit limit = released_by(arrival, pause);
        tell(arrival, limit, pause);
        if (me->sent_ns) {
            look_for_nodelay(arrival, small);
            if (small && limit != CAPAN_LIMIT_RECEIVER_WINDOW && limit != CAPAN_LIMIT_RECEIVER_APP &&
                was_nagled(arrival))
                note_nagle(arrival);
            follow(arrival, full, pause);
        }
    }
    leave_waiting(arrival, full, small);
}
