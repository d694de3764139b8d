/* SPDX-License-Identifier: MIT */
#include "flags.h"

#include "bytes.h"
#include "ports.h"
#include "seqnum.h"

#define F(name) CAPAN_FACT(name)
#define MS      INT64_C(1000000)

enum {
    ETHERNET_MIN = 60,   /* octets of the shortest frame, without FCS */
    ETHERNET_MAX = 1522, /* with a VLAN tag and FCS */
    DEFAULT_MSS = 536,   /* RFC 9293 3.7.1 */
    TIMESTAMPS = 12,     /* octets that the option takes, padded (RFC 7323 A) */
    DELAYED_MS = 25,     /* a receiver that waits for company waits longer (RFC 5681 4.2: up to 500) */
    DELAYED_MAX_MS = 600,
    PROMPT_MS = 3 /* what follows sooner was set off by it */
};

static bool has(const struct capan_arrival *arrival, enum capan_tcp_flag flag) {
    return arrival->segment->flags >> flag & 1;
}
static void flag_if(struct capan_arrival *arrival, enum capan_tcp_flag flag, bool holds) {
    if (holds) capan_flag(arrival->segment, flag);
}

/* A full segment: what the receiver allows less what timestamps take (RFC 6691 2); where the sender's largest comes
 * close, that; never more than the path's MTU leaves, nor than half of the largest window: a sender waits for no more
 * room than that (RFC 9293 3.8.6.2.1, F_s). */
static uint32_t full_size(const struct capan_arrival *arrival, const struct capan_half *sender,
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

static void from_header(struct capan_arrival *arrival) {
    static const struct {
        uint8_t bit, flag;
    } bits[] = {{CAPAN_TH_PSH, CAPAN_FLAG_PUSH},
                {CAPAN_TH_URG, CAPAN_FLAG_URGENT},
                {CAPAN_TH_ECE, CAPAN_FLAG_ECE},
                {CAPAN_TH_CWR, CAPAN_FLAG_CWR}};
    for (unsigned i = 0; i < sizeof bits / sizeof *bits; i++) {
        flag_if(arrival, (enum capan_tcp_flag)bits[i].flag, arrival->header->flags & bits[i].bit);
    }
    flag_if(arrival, CAPAN_FLAG_CE, arrival->packet->ecn == 3);
    flag_if(arrival, CAPAN_FLAG_PADDING, arrival->packet->padding > 0);
    flag_if(arrival, CAPAN_FLAG_INJECTED, arrival->facts & F(FORGED));
    flag_if(arrival, CAPAN_FLAG_CHECKSUM_OFFLOAD, arrival->packet->checksum == CAPAN_CHECKSUM_PARTIAL);
}

static void note_signs(struct capan_arrival *arrival) {
    const struct capan_packet *packet = arrival->packet;
    uint8_t *signs = &arrival->me->signs;
    *signs |= packet->checksum == CAPAN_CHECKSUM_PARTIAL ? CAPAN_SIGN_PARTIAL_SUM : CAPAN_SIGN_WHOLE_SUM;
    if (!packet->ethernet) return;
    if (packet->padding)
        *signs |= CAPAN_SIGN_PADDED;
    else if (packet->frame_len < ETHERNET_MIN)
        *signs |= CAPAN_SIGN_UNPADDED;
}

/* Larger than the peer allows: merged above an offload, unless a single frame could hold it. */
static void size(struct capan_arrival *arrival) {
    const uint32_t len = arrival->header->payload_len, allowed = arrival->peer->side.mss_announced;
    const bool big_frame = arrival->packet->ethernet && arrival->packet->frame_len > ETHERNET_MAX;
    if (len == 0 || (allowed ? len <= allowed : !big_frame)) return;
    const bool merged = big_frame || len >= 2 * (allowed ? allowed : DEFAULT_MSS);
    flag_if(arrival, merged ? CAPAN_FLAG_OFFLOAD_MERGED : CAPAN_FLAG_MSS_EXCEEDED, true);
    if (merged) arrival->me->signs |= CAPAN_SIGN_MERGED;
}

static void opening(struct capan_arrival *arrival) {
    struct capan_tcp *tcp = arrival->tcp;
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const bool syn = arrival->facts & F(SYN), data = arrival->header->payload_len > 0;
    flag_if(arrival, CAPAN_FLAG_TFO_COOKIE, syn && arrival->header->has_fast_open);
    flag_if(arrival, CAPAN_FLAG_TFO_DATA, syn && data);
    flag_if(arrival, CAPAN_FLAG_PORT_NAME_MISLEADING,
            syn && !(arrival->facts & F(ACK)) && capan_port_has_name(arrival->header->src_port));
    flag_if(arrival, CAPAN_FLAG_ZERO_RTT, data && !syn && me->marks & CAPAN_HALF_SYN_ACK && me->una < 1);
    if (syn && arrival->facts & F(ACK) && arrival->ack > 1 && arrival->old_una <= 1 && peer->marks & CAPAN_HALF_SYN) {
        tcp->fast_open = true;
        struct capan_segment *opener = capan_records_at(tcp->records, tcp->syn_serial);
        if (opener) capan_flag(opener, CAPAN_FLAG_ZERO_RTT);
    }
    flag_if(arrival, CAPAN_FLAG_MIDSTREAM, !syn && !((me->marks | peer->marks) & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE)));
}

/* What an ACK covers, and when (RFC 5681 4.2). Recovery and holes aside: there ACKs follow other rules. */
static void acking(struct capan_arrival *arrival) {
    const struct capan_half *half = arrival->peer;
    if (!(arrival->facts & F(ADVANCES))) return;
    if (half->board.count && capan_scoreboard_start(&half->board) == half->una &&
        capan_piece_at(&half->board, 0)->marks & CAPAN_PIECE_SACKED) {
        capan_flag(arrival->segment, CAPAN_FLAG_SACK_RENEGING);
        capan_scoreboard_forget_sacks(&arrival->peer->board);
    }
    const struct capan_incidents *incidents = capan_incidents(half);
    if ((incidents->episode != CAPAN_EPISODE_NONE && arrival->old_una < incidents->recover) || arrival->old_dup_acks ||
        arrival->facts & F(ACKS_UNSEEN) || arrival->old_una < 1)
        return;
    const uint64_t covered = (uint64_t)(half->una - arrival->old_una);
    const uint32_t full = full_size(arrival, half, arrival->me);
    flag_if(arrival, CAPAN_FLAG_STRETCH_ACK, covered > 2 * (uint64_t)full + 1);
    const int64_t waited = arrival->segment->rtt_ns - half->rtt.min_ns;
    const bool bare = arrival->start == arrival->end;
    flag_if(arrival, CAPAN_FLAG_DELAYED_ACK,
            bare && arrival->segment->rtt_ns >= 0 && covered < 2 * (uint64_t)full && half->una == half->board.end &&
                waited >= DELAYED_MS * MS && waited <= DELAYED_MAX_MS * MS);
}

/* The capture may lack the ACK that moved the edge: an echo newer than any timestamp seen shows that. */
static bool edge_is_known(const struct capan_arrival *arrival) {
    const struct capan_half *peer = arrival->peer;
    if (!(peer->marks & CAPAN_HALF_WINDOW) || capan_incidents(arrival->me)->missing_bytes ||
        capan_incidents(peer)->missing_bytes)
        return false;
    return !arrival->header->has_ts_ecr || !capan_seq_gt(arrival->header->ts_ecr, peer->ts_max);
}

static void window(struct capan_arrival *arrival) {
    const int64_t end = arrival->start + !!(arrival->facts & F(SYN)) + arrival->header->payload_len;
    if (!edge_is_known(arrival) || arrival->facts & F(PROBE_SHAPE)) return;
    flag_if(arrival, CAPAN_FLAG_WINDOW_FULL, end >= arrival->peer->edge);
    flag_if(arrival, CAPAN_FLAG_BEYOND_WINDOW, end > arrival->peer->edge);
}

/* What let this segment go: the first in a burst tells what its sender had been waiting for. */
static enum capan_tcp_limit released_by(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const int64_t near = capan_near(me);
    const bool prompted = me->told_ns >= me->sent_ns && arrival->now - me->told_ns <= near + PROMPT_MS * MS;
    if (me->held == CAPAN_LIMIT_RECEIVER_WINDOW && me->marks & CAPAN_HALF_HEARD) {
        return capan_incidents(peer)->closed_ns >= me->sent_ns ? CAPAN_LIMIT_RECEIVER_APP : CAPAN_LIMIT_RECEIVER_WINDOW;
    }
    if (arrival->now - me->sent_ns <= PROMPT_MS * MS) return CAPAN_LIMIT_NONE; /* the burst goes on */
    if (prompted && me->held == CAPAN_LIMIT_CONGESTION) return CAPAN_LIMIT_CONGESTION;
    return CAPAN_LIMIT_SENDER_APP;
}

/* A small segment with more behind it waits for the ACK of the small one before (RFC 9293 3.7.4). */
static bool was_nagled(const struct capan_arrival *arrival, uint32_t full) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    const int64_t near = capan_near(me);
    if (me->last_len == 0 || me->last_len >= full || me->una != arrival->start) return false;
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

static void pace(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    static const uint8_t flags[CAPAN_TCP_LIMIT_COUNT] = {[CAPAN_LIMIT_RECEIVER_WINDOW] = CAPAN_FLAG_WINDOW_LIMITED,
                                                         [CAPAN_LIMIT_RECEIVER_APP] = CAPAN_FLAG_WINDOW_LIMITED,
                                                         [CAPAN_LIMIT_CONGESTION] = CAPAN_FLAG_CWND_LIMITED,
                                                         [CAPAN_LIMIT_SENDER_APP] = CAPAN_FLAG_APP_LIMITED};
    const uint32_t full = full_size(arrival, me, arrival->peer);
    const bool first = me->sent_ns == 0;
    const enum capan_tcp_limit limit = first ? CAPAN_LIMIT_NONE : released_by(arrival);
    if (limit != CAPAN_LIMIT_NONE) {
        capan_flag(arrival->segment, (enum capan_tcp_flag)flags[limit]);
        const bool own_turn = limit != CAPAN_LIMIT_SENDER_APP || arrival->peer->sent_ns < me->sent_ns;
        if (own_turn) me->waited_ms[limit] += (uint32_t)min_i64((arrival->now - me->sent_ns) / MS, INT32_MAX);
    }
    me->marks &= ~(uint32_t)CAPAN_HALF_RESTARTED;
    if (first) return;
    if (was_nagled(arrival, full)) note_nagle(arrival);
    const bool idle =
        me->una >= arrival->start && arrival->now - me->sent_ns > capan_timers(&me->rtt, capan_near(me)).rto_ns;
    flag_if(arrival, CAPAN_FLAG_IDLE_RESTART, idle);
    if (idle) me->marks |= CAPAN_HALF_RESTARTED;
    struct capan_segment *before = capan_records_at(arrival->tcp->records, me->last_serial);
    if (before && me->last_len < full && arrival->peer->sent_ns <= me->sent_ns) capan_flag(before, CAPAN_FLAG_SMALL);
}

/* What new data leaves its sender waiting for: nothing says so for certain until the next comes. */
static void leave_waiting(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const uint32_t full = full_size(arrival, me, arrival->peer), len = arrival->header->payload_len;
    const int64_t next =
        len >= full ? arrival->end + full : arrival->end + 1; /* after a small one the sender had no more */
    const bool at_edge = edge_is_known(arrival) && next > arrival->peer->edge;
    me->held = at_edge ? CAPAN_LIMIT_RECEIVER_WINDOW : len >= full ? CAPAN_LIMIT_CONGESTION : CAPAN_LIMIT_SENDER_APP;
    me->last_len = len;
    me->last_serial = arrival->segment->serial;
    me->sent_frame = arrival->segment->frame;
    me->sent_ns = arrival->now;
    me->marks &= ~(uint32_t)CAPAN_HALF_HEARD;
}

void capan_arrival_flags(struct capan_arrival *arrival) {
    from_header(arrival);
    note_signs(arrival);
    size(arrival);
    if (!(arrival->me->marks & arrival->peer->marks & CAPAN_HALF_SPOKE)) opening(arrival);
    acking(arrival);
    if (arrival->header->payload_len == 0 || !arrival->acceptable) return;
    window(arrival);
    if (arrival->segment->kind != CAPAN_KIND_DATA_NEW && arrival->segment->kind != CAPAN_KIND_FIN) return;
    flag_if(arrival, CAPAN_FLAG_FIRST_FLIGHT,
            arrival->me->side.isn_known && arrival->me->una <= 1 && !has(arrival, CAPAN_FLAG_MIDSTREAM));
    pace(arrival);
    leave_waiting(arrival);
}
