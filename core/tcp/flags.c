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

static bool has(const struct capan_turn *turn, enum capan_tcp_flag flag) {
    return turn->segment->flags >> flag & 1;
}
static void flag_if(struct capan_turn *turn, enum capan_tcp_flag flag, bool holds) {
    if (holds) capan_flag(turn->segment, flag);
}

/* A full segment: what the receiver allows less what timestamps take (RFC 6691 2); where the sender's largest comes
 * close, that; never more than the path's MTU leaves, nor than half of the largest window: a sender waits for no more
 * room than that (RFC 9293 3.8.6.2.1, F_s). */
static uint32_t full_size(const struct capan_turn *turn, const struct capan_half *sender,
                          const struct capan_half *receiver) {
    const uint32_t stamps = sender->marks & CAPAN_HALF_TS_SEEN ? TIMESTAMPS : 0, observed = sender->side.mss_observed;
    uint32_t full = receiver->side.mss_announced > stamps ? receiver->side.mss_announced - stamps : DEFAULT_MSS;
    if (receiver->side.mss_announced == 0 || observed >= full / 4 * 3) full = observed > DEFAULT_MSS ? observed : full;
    const uint32_t headers = turn->packet->ip_header_len + turn->header->header_len;
    if (turn->tcp->pmtu > headers) full = min_u32(full, turn->tcp->pmtu - headers);
    return receiver->side.window_max > 2 * DEFAULT_MSS ? min_u32(full, receiver->side.window_max / 2) : full;
}

static void from_header(struct capan_turn *turn) {
    static const struct {
        uint8_t bit, flag;
    } bits[] = {{CAPAN_TH_PSH, CAPAN_FLAG_PUSH},
                {CAPAN_TH_URG, CAPAN_FLAG_URGENT},
                {CAPAN_TH_ECE, CAPAN_FLAG_ECE},
                {CAPAN_TH_CWR, CAPAN_FLAG_CWR}};
    for (unsigned i = 0; i < sizeof bits / sizeof *bits; i++) {
        flag_if(turn, (enum capan_tcp_flag)bits[i].flag, turn->header->flags & bits[i].bit);
    }
    flag_if(turn, CAPAN_FLAG_CE, turn->packet->ecn == 3);
    flag_if(turn, CAPAN_FLAG_PADDING, turn->packet->padding > 0);
    flag_if(turn, CAPAN_FLAG_CHECKSUM_OFFLOAD, turn->packet->checksum == CAPAN_CHECKSUM_PARTIAL);
}

static void note_traits(struct capan_turn *turn) {
    const struct capan_packet *packet = turn->packet;
    uint8_t *traits = &turn->me->traits;
    *traits |= packet->checksum == CAPAN_CHECKSUM_PARTIAL ? CAPAN_TRAIT_PARTIAL_SUM : CAPAN_TRAIT_WHOLE_SUM;
    if (!packet->ethernet) return;
    if (packet->padding)
        *traits |= CAPAN_TRAIT_PADDED;
    else if (packet->frame_len < ETHERNET_MIN)
        *traits |= CAPAN_TRAIT_UNPADDED;
}

/* Larger than the peer allows: merged above an offload, unless a single frame could hold it. */
static void size(struct capan_turn *turn) {
    const uint32_t len = turn->header->payload_len, allowed = turn->peer->side.mss_announced;
    const bool big_frame = turn->packet->ethernet && turn->packet->frame_len > ETHERNET_MAX;
    if (len == 0 || (allowed ? len <= allowed : !big_frame)) return;
    const bool merged = big_frame || len >= 2 * (allowed ? allowed : DEFAULT_MSS);
    flag_if(turn, merged ? CAPAN_FLAG_OFFLOAD_MERGED : CAPAN_FLAG_MSS_EXCEEDED, true);
    if (merged) turn->me->traits |= CAPAN_TRAIT_MERGED;
}

static void opening(struct capan_turn *turn) {
    struct capan_tcp *tcp = turn->tcp;
    const struct capan_half *me = turn->me, *peer = turn->peer;
    const bool syn = turn->facts & F(SYN), data = turn->header->payload_len > 0;
    flag_if(turn, CAPAN_FLAG_TFO_COOKIE, syn && turn->header->has_fast_open);
    flag_if(turn, CAPAN_FLAG_TFO_DATA, syn && data);
    flag_if(turn, CAPAN_FLAG_PORT_NAME_MISLEADING,
            syn && !(turn->facts & F(ACK)) && capan_port_has_name(turn->header->src_port));
    flag_if(turn, CAPAN_FLAG_ZERO_RTT, data && !syn && me->marks & CAPAN_HALF_SYN_ACK && me->una < 1);
    if (syn && turn->facts & F(ACK) && turn->ack > 1 && turn->old_una <= 1 && peer->marks & CAPAN_HALF_SYN) {
        tcp->fast_open = true;
        struct capan_segment *opener = capan_records_at(tcp->records, tcp->syn_serial);
        if (opener) capan_flag(opener, CAPAN_FLAG_ZERO_RTT);
    }
    flag_if(turn, CAPAN_FLAG_MIDSTREAM, !syn && !((me->marks | peer->marks) & (CAPAN_HALF_SYN | CAPAN_HALF_SPOKE)));
}

/* What an ACK covers, and when (RFC 5681 4.2). Recovery and holes aside: there ACKs follow other rules. */
static void acking(struct capan_turn *turn) {
    const struct capan_half *half = turn->peer;
    if (!(turn->facts & F(ADVANCES))) return;
    if (half->board.count && capan_scoreboard_start(&half->board) == half->una &&
        capan_piece_at(&half->board, 0)->marks & CAPAN_PIECE_SACKED) {
        capan_flag(turn->segment, CAPAN_FLAG_SACK_RENEGING);
        capan_scoreboard_forget_sacks(&turn->peer->board);
    }
    const struct capan_trouble *trouble = capan_trouble(half);
    if ((trouble->episode != CAPAN_EPISODE_NONE && turn->old_una < trouble->recover) || turn->old_dup_acks ||
        turn->facts & F(ACKS_UNSEEN) || turn->old_una < 1)
        return;
    const uint64_t covered = (uint64_t)(half->una - turn->old_una);
    const uint32_t full = full_size(turn, half, turn->me);
    flag_if(turn, CAPAN_FLAG_STRETCH_ACK, covered > 2 * (uint64_t)full + 1);
    const int64_t waited = turn->segment->rtt_ns - half->rtt.min_ns;
    const bool bare = turn->start == turn->end;
    flag_if(turn, CAPAN_FLAG_DELAYED_ACK,
            bare && turn->segment->rtt_ns >= 0 && covered < 2 * (uint64_t)full && half->una == half->board.end &&
                waited >= DELAYED_MS * MS && waited <= DELAYED_MAX_MS * MS);
}

/* The capture may lack the ACK that moved the edge: an echo newer than any timestamp seen shows that. */
static bool edge_is_known(const struct capan_turn *turn) {
    const struct capan_half *peer = turn->peer;
    if (!(peer->marks & CAPAN_HALF_WINDOW) || capan_trouble(turn->me)->missing_bytes ||
        capan_trouble(peer)->missing_bytes)
        return false;
    return !turn->header->has_timestamps || !capan_seq_gt(turn->header->ts_ecr, peer->ts_max);
}

static void window(struct capan_turn *turn) {
    const int64_t end = turn->start + !!(turn->facts & F(SYN)) + turn->header->payload_len;
    if (!edge_is_known(turn) || turn->facts & F(PROBE_SHAPE)) return;
    flag_if(turn, CAPAN_FLAG_WINDOW_FULL, end >= turn->peer->edge);
    flag_if(turn, CAPAN_FLAG_BEYOND_WINDOW, end > turn->peer->edge);
}

/* What let this segment go: the first in a burst tells what its sender had been waiting for. */
static enum capan_tcp_limit released_by(const struct capan_turn *turn) {
    const struct capan_half *me = turn->me, *peer = turn->peer;
    const int64_t near = capan_near(me);
    const bool prompted = me->told_ns >= me->sent_ns && turn->now - me->told_ns <= near + PROMPT_MS * MS;
    if (me->held == CAPAN_LIMIT_RECEIVER_WINDOW && me->marks & CAPAN_HALF_HEARD) {
        return capan_trouble(peer)->closed_ns >= me->sent_ns ? CAPAN_LIMIT_RECEIVER_APP : CAPAN_LIMIT_RECEIVER_WINDOW;
    }
    if (turn->now - me->sent_ns <= PROMPT_MS * MS) return CAPAN_LIMIT_NONE; /* the burst goes on */
    if (prompted && me->held == CAPAN_LIMIT_CONGESTION) return CAPAN_LIMIT_CONGESTION;
    return CAPAN_LIMIT_SENDER_APP;
}

/* A small segment with more behind it waits for the ACK of the small one before (RFC 9293 3.7.4). */
static bool was_nagled(const struct capan_turn *turn, uint32_t full) {
    const struct capan_half *me = turn->me, *peer = turn->peer;
    const int64_t near = capan_near(me);
    if (me->last_len == 0 || me->last_len >= full || me->una != turn->start) return false;
    if (me->sent_ns - peer->sent_ns < near) return false; /* an answer to what reached it since */
    const int64_t prompt = min_i64(near, MS * PROMPT_MS) + PROMPT_MS * MS;
    return me->advance_ns > me->sent_ns && turn->now - me->advance_ns <= near + PROMPT_MS * MS &&
           turn->now - me->sent_ns > prompt;
}

/* Its cost: since the small segment before it, after which it would have gone out at once. */
static void note_nagle(struct capan_turn *turn) {
    struct capan_trouble *trouble = capan_trouble_begin(turn->me, turn->tcp->alloc);
    capan_flag(turn->segment, CAPAN_FLAG_NAGLE_HELD);
    if (!trouble) return;
    trouble->nagle_stalls++;
    trouble->nagle_ns += turn->now - turn->me->sent_ns;
}

static void pace(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    static const uint8_t flags[CAPAN_TCP_LIMIT_COUNT] = {[CAPAN_LIMIT_RECEIVER_WINDOW] = CAPAN_FLAG_WINDOW_LIMITED,
                                                         [CAPAN_LIMIT_RECEIVER_APP] = CAPAN_FLAG_WINDOW_LIMITED,
                                                         [CAPAN_LIMIT_CONGESTION] = CAPAN_FLAG_CWND_LIMITED,
                                                         [CAPAN_LIMIT_SENDER_APP] = CAPAN_FLAG_APP_LIMITED};
    const uint32_t full = full_size(turn, me, turn->peer);
    const bool first = me->sent_ns == 0;
    const enum capan_tcp_limit limit = first ? CAPAN_LIMIT_NONE : released_by(turn);
    if (limit != CAPAN_LIMIT_NONE) {
        capan_flag(turn->segment, (enum capan_tcp_flag)flags[limit]);
        const bool own_turn = limit != CAPAN_LIMIT_SENDER_APP || turn->peer->sent_ns < me->sent_ns;
        if (own_turn) me->waited_ms[limit] += (uint32_t)min_i64((turn->now - me->sent_ns) / MS, INT32_MAX);
    }
    if (first) return;
    if (was_nagled(turn, full)) note_nagle(turn);
    const bool idle = me->una >= turn->start && turn->now - me->sent_ns > capan_timers(&me->rtt, capan_near(me)).rto_ns;
    flag_if(turn, CAPAN_FLAG_IDLE_RESTART, idle);
    struct capan_segment *before = capan_records_at(turn->tcp->records, me->last_serial);
    if (before && me->last_len < full && turn->peer->sent_ns <= me->sent_ns) capan_flag(before, CAPAN_FLAG_SMALL);
}

/* What new data leaves its sender waiting for: nothing says so for certain until the next comes. */
static void leave_waiting(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    const uint32_t full = full_size(turn, me, turn->peer), len = turn->header->payload_len;
    const int64_t next = len >= full ? turn->end + full : turn->end + 1; /* after a small one the sender had no more */
    const bool at_edge = edge_is_known(turn) && next > turn->peer->edge;
    me->held = at_edge ? CAPAN_LIMIT_RECEIVER_WINDOW : len >= full ? CAPAN_LIMIT_CONGESTION : CAPAN_LIMIT_SENDER_APP;
    me->last_len = len;
    me->last_serial = turn->segment->serial;
    me->sent_ns = turn->now;
    me->marks &= ~(uint32_t)CAPAN_HALF_HEARD;
}

void capan_turn_flags(struct capan_turn *turn) {
    from_header(turn);
    note_traits(turn);
    size(turn);
    if (!(turn->me->marks & turn->peer->marks & CAPAN_HALF_SPOKE)) opening(turn);
    acking(turn);
    if (turn->header->payload_len == 0 || !turn->acceptable) return;
    window(turn);
    if (turn->segment->kind != CAPAN_KIND_DATA_NEW && turn->segment->kind != CAPAN_KIND_FIN) return;
    flag_if(turn, CAPAN_FLAG_FIRST_FLIGHT,
            turn->me->side.isn_known && turn->me->una <= 1 && !has(turn, CAPAN_FLAG_MIDSTREAM));
    pace(turn);
    leave_waiting(turn);
}
