/* SPDX-License-Identifier: MIT */
#include "arrival.h"
#include "bytes.h"
#include "claims.h"
#include "counts.h"
#include "seqnum.h"
#include "unseen.h"

enum {
    SACK_BUDGET = 4096, /* pieces looked at for one ACK: nothing a capture says costs more */
    FAR_OFF = 1 << 16   /* octets */
};

static void learn_base(struct capan_half *half, uint32_t next) {
    half->base = next - 1;
    half->una = half->board.end = 1;
    half->marks |= CAPAN_HALF_BASED | CAPAN_HALF_ENDLESS;
}

/* Midstream, the first ACK tells what is in flight from before the capture. */
static void learn_una(struct capan_arrival *arrival) {
    struct capan_half *half = arrival->peer;
    half->marks &= ~(uint32_t)CAPAN_HALF_UNACKED;
    if (arrival->ack > half->una && half->board.count) return;
    arrival->facts |= CAPAN_FACT(ADVANCES);
    if (arrival->ack >= half->board.end) {
        half->board.end = arrival->ack;
    } else {
        const struct capan_piece prior = {
            .time_ns = arrival->now, .serial = UINT64_MAX, .sends = 1, .marks = CAPAN_PIECE_PRIOR};
        capan_scoreboard_prepend(&half->board, arrival->tcp->alloc, arrival->ack, &prior);
    }
    half->una = arrival->old_una = arrival->ack;
    half->ack_frame = arrival->segment->frame;
}

/* Octets [start, end) of a hole are acknowledged: the capture missed them. */
static void missed(struct capan_arrival *arrival, const struct capan_piece *hole, int64_t end) {
    if (hole->serial == UINT64_MAX) arrival->peer->marks |= CAPAN_HALF_UNSEEN_TAIL;
    capan_unseen_add(arrival, hole->start, end, hole);
    arrival->unseen += end - hole->start;
    arrival->facts |= CAPAN_FACT(ACKS_UNSEEN);
    struct capan_segment *behind = capan_records_at(arrival->tcp->records, hole->serial);
    if (!behind) return;
    capan_flag(behind, CAPAN_FLAG_GAP_CAPTURE_LOSS);
    if (arrival->unseen_behind == 0) arrival->unseen_behind = behind->frame;
}

struct coverage {
    int64_t sent_ns;         /* of the last piece covered, when it gives a sample */
    uint32_t len;            /* of its segment, when that has data */
    bool sampled, ambiguous; /* ambiguous: some of it was sent more than once (RFC 6298 3) */
};

/* RFC 8985 6.2, steps 1 and 2: of what was sent again only an answer that took a round trip speaks of the last sending.
 */
static void arrived(const struct capan_arrival *arrival, const struct capan_piece *piece) {
    struct capan_half *half = arrival->peer;
    if (piece->sends > 1 && arrival->now - piece->time_ns < half->rtt.min_ns) return;
    half->rack_ns = max_i64(half->rack_ns, piece->time_ns);
}

static void cover(struct capan_arrival *arrival, const struct capan_piece *piece, int64_t end,
                  struct coverage *coverage) {
    if (piece->marks & CAPAN_PIECE_HOLE) {
        missed(arrival, piece, end);
        if (piece->marks & CAPAN_PIECE_LAST) capan_answered(arrival->tcp, piece->serial);
        return;
    }
    arrived(arrival, piece);
    coverage->ambiguous |= piece->sends > 1;
    coverage->sampled = !coverage->ambiguous && !(piece->marks & (CAPAN_PIECE_SACKED | CAPAN_PIECE_PRIOR));
    coverage->sent_ns = piece->time_ns;
    coverage->len = piece->marks & CAPAN_PIECE_DATA ? piece->segment_len : 0;
    if (!(piece->marks & CAPAN_PIECE_LAST)) return;
    if (piece->marks & CAPAN_PIECE_DATA)
        capan_records_ack(arrival->tcp->records, arrival->segment->serial, piece->frame);
    struct capan_segment *sent = capan_records_at(arrival->tcp->records, piece->serial);
    if (sent && !sent->acked_in) sent->acked_in = arrival->segment->frame;
    capan_answered(arrival->tcp, piece->serial);
}

/* Octets beyond the highest one sent are acknowledged: they were not seen, unless they pass right behind their ACK. */
static void doubt(struct capan_arrival *arrival) {
    missed(arrival, &(struct capan_piece){.start = arrival->peer->board.end, .serial = UINT64_MAX}, arrival->ack);
    capan_claim_begin(arrival);
}

/* All in flight below ack has arrived. */
static struct coverage take_off(struct capan_arrival *arrival) {
    struct capan_scoreboard *board = &arrival->peer->board;
    struct coverage coverage = {0};
    while (board->count && capan_scoreboard_start(board) < arrival->ack) {
        int64_t end = capan_piece_end(board, 0);
        const struct capan_piece *first = capan_piece_at(board, 0);
        if (end > arrival->ack) {
            if (first->marks & CAPAN_PIECE_HOLE) missed(arrival, first, arrival->ack);
            capan_scoreboard_trim(board, arrival->ack);
            break;
        }
        cover(arrival, first, end, &coverage);
        capan_scoreboard_pop(board, arrival->tcp->alloc);
    }
    if (arrival->ack > board->end) {
        if (arrival->ack != capan_incidents(arrival->peer)->probe_end) doubt(arrival);
        board->end = arrival->ack;
    }
    return coverage;
}

static void sample(struct capan_arrival *arrival, const struct coverage *coverage) {
    if (coverage->ambiguous) capan_flag(arrival->segment, CAPAN_FLAG_AMBIGUOUS_RTT);
    if (!coverage->sampled) return;
    int64_t rtt = arrival->now - coverage->sent_ns;
    struct capan_side *side = &arrival->peer->side;
    capan_rtt_sample(&arrival->peer->rtt, rtt);
    capan_answers_after(arrival->me, rtt);
    arrival->segment->rtt_ns = rtt;
    side->rtt_min_ns = side->rtt_count ? min_i64(side->rtt_min_ns, rtt) : rtt;
    side->rtt_max_ns = side->rtt_count ? max_i64(side->rtt_max_ns, rtt) : rtt;
    side->rtt_sum_ns += rtt;
    side->rtt_count++;
    if (arrival->tcp->counts) capan_counts_round_trip(arrival, rtt, coverage->len);
}

static void leave_or_stay_in_recovery(struct capan_arrival *arrival) {
    const struct capan_half *half = arrival->peer;
    struct capan_incidents *incidents = half->incidents;
    incidents->advanced_from = arrival->old_una;
    if (incidents->tlp_high && half->una >= incidents->tlp_high) incidents->tlp_high = 0;
    incidents->dup_acks = 0;
    if (!half->board.sacked && incidents->evidence_ns) {
        incidents->evidence_ns = 0;
        incidents->repaired_ns = arrival->now;
    }
    incidents->backoff = 0;
    if (incidents->episode == CAPAN_EPISODE_NONE || arrival->old_una >= incidents->recover) return;
    if (half->una < incidents->recover)
        capan_flag(arrival->segment, CAPAN_FLAG_PARTIAL_ACK);
    else
        incidents->recovery_ns = arrival->now + capan_near(half);
}

static void advance(struct capan_arrival *arrival) {
    struct capan_half *half = arrival->peer;
    arrival->facts |= CAPAN_FACT(ADVANCES);
    struct coverage coverage = take_off(arrival);
    half->una = arrival->ack;
    sample(arrival, &coverage);
    if (half->incidents) {
        leave_or_stay_in_recovery(arrival);
        capan_tail_acked(arrival);
    }
    half->advance_ns = half->told_ns = arrival->now;
    half->ack_frame = arrival->segment->frame;
    if (capan_incidents(half)->resends.waiting) capan_resends_acked(arrival);
}

struct block {
    int64_t left, right;
};

static struct block read_block(const struct capan_arrival *arrival, unsigned i) {
    const struct capan_half *half = arrival->peer;
    return (struct block){capan_seq_unwrap(arrival->header->sack[i].left, half->base, half->una),
                          capan_seq_unwrap(arrival->header->sack[i].right, half->base, half->una)};
}

/* RFC 2883 4: the first block lies below the ACK, or inside the second block. */
static bool is_dsack(const struct capan_arrival *arrival) {
    if (arrival->header->sack_count == 0) return false;
    struct block first = read_block(arrival, 0);
    if (first.left >= first.right) return false;
    if (first.right <= arrival->ack) return true;
    if (arrival->header->sack_count == 1) return false;
    struct block second = read_block(arrival, 1);
    return first.left >= second.left && first.right <= second.right;
}

/* What of a block is not known from the ACK before: receivers repeat blocks and let them grow (RFC 2018 4). */
static void cut_known(const struct capan_arrival *arrival, unsigned i, struct block *block) {
    const struct capan_half *half = arrival->peer;
    const struct capan_incidents *incidents = capan_incidents(half);
    const uint32_t left = arrival->header->sack[i].left;
    for (unsigned known = 0; known < CAPAN_SACK_MAX; known++) {
        if (incidents->sack_left[known] != left || incidents->sack_left[known] == incidents->sack_right[known])
            continue;
        int64_t right = capan_seq_unwrap(incidents->sack_right[known], half->base, half->una);
        if (right > block->left && right <= block->right) block->left = right;
        return;
    }
}

static void remember_blocks(const struct capan_arrival *arrival) {
    struct capan_incidents *incidents = capan_incidents_begin(arrival->peer, arrival->tcp->alloc);
    for (unsigned i = 0; incidents && i < CAPAN_SACK_MAX; i++) {
        const bool there = i < arrival->header->sack_count;
        incidents->sack_left[i] = there ? arrival->header->sack[i].left : 0;
        incidents->sack_right[i] = there ? arrival->header->sack[i].right : 0;
    }
}

static void take_blocks(struct capan_arrival *arrival) {
    struct capan_half *half = arrival->peer;
    uint32_t budget = SACK_BUDGET;
    uint64_t fresh = 0;
    bool unseen = false;
    for (unsigned i = arrival->facts & CAPAN_FACT(DSACK) ? 1 : 0; i < arrival->header->sack_count; i++) {
        struct block block = read_block(arrival, i);
        cut_known(arrival, i, &block);
        block.left = max_i64(block.left, half->una);
        unseen |= block.left < block.right && block.right > half->board.end;
        block.right = min_i64(block.right, half->board.end);
        if (block.left >= block.right) continue;
        struct capan_piece *newest;
        fresh += capan_scoreboard_sack(&half->board, arrival->tcp->alloc, block.left, block.right, &budget, &newest);
        if (!newest || newest->marks & (CAPAN_PIECE_HOLE | CAPAN_PIECE_PRIOR)) continue;
        arrived(arrival, newest);
        if (newest->sends != 1) continue;
        capan_rtt_sample(&half->rtt, arrival->now - newest->time_ns);
        capan_answers_after(arrival->me, arrival->now - newest->time_ns);
    }
    remember_blocks(arrival);
    if (fresh || unseen) {
        half->told_ns = arrival->now;
        if (half->incidents && !half->incidents->evidence_ns) half->incidents->evidence_ns = arrival->now;
    }
    capan_arrival_set(arrival, CAPAN_FACT(NEW_SACK), fresh || unseen);
}

static void take_sack(struct capan_arrival *arrival) {
    if (arrival->header->sack_count == 0 || arrival->ack < arrival->peer->una) return;
    arrival->me->marks |= CAPAN_HALF_SACKS;
    if (is_dsack(arrival)) {
        struct block twice = read_block(arrival, 0);
        arrival->facts |= CAPAN_FACT(DSACK);
        capan_resends_dsack(arrival, twice.left, twice.right);
    }
    take_blocks(arrival);
}

static uint32_t window_of(const struct capan_arrival *arrival) {
    const struct capan_tcp_header *header = arrival->header;
    if (header->flags & CAPAN_TH_SYN) return header->window;
    const bool scaled = arrival->me->side.window_scale >= 0 && arrival->peer->side.window_scale >= 0;
    return (uint32_t)header->window << (scaled ? arrival->me->side.window_scale : 0);
}

static void note_closed(const struct capan_arrival *arrival) {
    struct capan_incidents *incidents = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
    if (!incidents) return;
    incidents->zero_windows++;
    incidents->closed_ns = arrival->now;
    incidents->closed_frame = arrival->segment->frame;
}

/* What its peer had no room for may go now: with less room than a segment takes, it had waited (RFC 9293 3.8.6.2.1). */
static void note_opened(const struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me, *peer = arrival->peer;
    me->opened_ns = arrival->now;
    if (!(me->marks & CAPAN_HALF_WINDOW)) return;
    if (me->window == 0 || me->window < peer->side.mss_observed) peer->held = CAPAN_LIMIT_RECEIVER_WINDOW;
}

static void take_window(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    arrival->old_window = me->window;
    if (arrival->header->flags & CAPAN_TH_RST || arrival->facts & CAPAN_FACT(ACKS_OLD)) return;
    const uint32_t window = window_of(arrival);
    capan_arrival_set(arrival, CAPAN_FACT(WINDOW_ZERO), window == 0 && !(arrival->header->flags & CAPAN_TH_SYN));
    /* The window of a SYN is not scaled: what comes next differs without a change, and with data outstanding says
     * nothing, unless it is 0. */
    const bool compares = me->marks & CAPAN_HALF_SPOKE ||
                          (me->marks & CAPAN_HALF_SYN && (!window || arrival->peer->una == arrival->peer->board.end));
    capan_arrival_set(arrival, CAPAN_FACT(WINDOW_CHANGED), compares && window != me->window);
    const bool first = me->side.segments == 0;
    if (window == 0 && (me->window != 0 || first)) note_closed(arrival);
    if (window > me->window && !first) note_opened(arrival);
    if (window != 0 && me->window == 0 && me->incidents && me->incidents->closed_ns)
        me->incidents->zero_window_ns += arrival->now - me->incidents->closed_ns;
    me->window = window;
    if (window > me->side.window_max) me->side.window_max = window;
    if (me->side.window_scale >= -1 && arrival->peer->side.window_scale >= -1) me->marks |= CAPAN_HALF_WINDOW;
    if (arrival->header->flags & CAPAN_TH_ACK) me->edge = max_i64(me->edge, arrival->ack + window);
}

/* RFC 5681 2: same ACK, nothing else in the segment, data outstanding, same window or new SACK information. */
static void count_duplicate(struct capan_arrival *arrival) {
    struct capan_half *half = arrival->peer;
    if (arrival->ack != half->una || arrival->header->payload_len ||
        arrival->header->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN | CAPAN_TH_RST))
        return;
    const bool waits = half->una < half->board.end || half->marks & CAPAN_HALF_REPEATED ||
                       arrival->facts & CAPAN_FACT(NEW_SACK); /* of octets that the capture does not have */
    capan_arrival_set(arrival, CAPAN_FACT(PEER_WAITS), waits);
    if (!waits || arrival->facts & CAPAN_FACT(ADVANCES)) return;
    capan_arrival_set(arrival, CAPAN_FACT(SACK_CUT), arrival->header->sack_cut);
    if (!(arrival->facts & (CAPAN_FACT(NEW_SACK) | CAPAN_FACT(SACK_CUT))) &&
        arrival->facts & (CAPAN_FACT(DSACK) | CAPAN_FACT(WINDOW_CHANGED)))
        return;
    half->told_ns = arrival->now;
    struct capan_incidents *incidents = capan_incidents_begin(half, arrival->tcp->alloc);
    if (!incidents) return;
    incidents->dup_acks++;
    if (!incidents->evidence_ns) incidents->evidence_ns = arrival->now;
    incidents->dup_frame = arrival->segment->frame;
    incidents->dup_sacks = arrival->header->sack_cut;
}

/* Nothing is sent behind a FIN. Octets beyond all that its sender ever offered room for cannot have been sent to it;
 * what the capture missed may have moved that edge as far again. */
static bool never_sent(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me, *peer = arrival->peer;
    if (arrival->ack <= peer->board.end) return false;
    if (peer->marks & CAPAN_HALF_FIN && peer->board.end > peer->fin) return true;
    if (!(me->marks & CAPAN_HALF_WINDOW) || !(me->marks & CAPAN_HALF_SPOKE)) return false;
    return arrival->ack > me->edge + 1 + (int64_t)me->side.window_max;
}

/* An ACK for a SYN that it does not cover, from an endpoint that sent none itself: it is in another connection still
 * (RFC 9293 3.5.1, 3.10.7.4). */
static bool of_another_connection(const struct capan_arrival *arrival) {
    const struct capan_half *half = arrival->peer;
    if (arrival->header->flags & CAPAN_TH_SYN || arrival->me->marks & CAPAN_HALF_SYN) return false;
    if (!(half->marks & CAPAN_HALF_SYN) || half->una >= 1) return false;
    return arrival->ack < 1 || arrival->ack > half->board.end + FAR_OFF;
}

static bool believable(struct capan_arrival *arrival) {
    if (of_another_connection(arrival)) {
        arrival->me->marks |= CAPAN_HALF_CHALLENGE;
        return false;
    }
    if (arrival->header->flags & CAPAN_TH_SYN && arrival->peer->marks & CAPAN_HALF_SYN)
        return arrival->ack >= 1 && arrival->ack <= arrival->peer->board.end;
    if (!never_sent(arrival)) return true;
    arrival->facts |= CAPAN_FACT(ACKS_NEVER_SENT);
    arrival->peer->marks |= CAPAN_HALF_CHALLENGE;
    return false;
}

/* A bare segment below what its receiver has acknowledged is not looked at (RFC 9293 3.10.7.4, first check); the peer
 * answers it with an ACK. One octet below may be a keep-alive. */
static bool is_stale(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    return arrival->start == arrival->end && !(arrival->header->flags & (CAPAN_TH_SYN | CAPAN_TH_RST)) &&
           me->marks & CAPAN_HALF_SPOKE && arrival->start < me->una - 1 && arrival->ack <= arrival->peer->una;
}

void capan_arrival_acks(struct capan_arrival *arrival) {
    struct capan_half *half = arrival->peer;
    if (arrival->header->flags & CAPAN_TH_ACK) {
        if (!(half->marks & CAPAN_HALF_BASED)) learn_base(half, arrival->header->ack);
        arrival->ack = capan_seq_unwrap(arrival->header->ack, half->base, half->una);
        arrival->segment->ack = arrival->ack;
        arrival->old_una = half->una;
        arrival->old_dup_acks = capan_incidents(half)->dup_acks;
        if (is_stale(arrival)) {
            arrival->facts |= CAPAN_FACT(BELOW);
            half->marks |= CAPAN_HALF_CHALLENGE;
            return;
        }
        if (arrival->header->flags & CAPAN_TH_RST || !believable(arrival)) return;
        if (half->marks & CAPAN_HALF_UNACKED) learn_una(arrival);
        if (arrival->ack < half->una)
            arrival->facts |= CAPAN_FACT(ACKS_OLD);
        else if (arrival->ack > half->una)
            advance(arrival);
        take_sack(arrival);
    }
    take_window(arrival);
    if (arrival->header->flags & CAPAN_TH_ACK) count_duplicate(arrival);
    if (capan_incidents(half)->unclear.end) capan_resends_prompted(arrival);
}
