/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "seqnum.h"
#include "turn.h"

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
static void learn_una(struct capan_turn *turn) {
    struct capan_half *half = turn->peer;
    half->marks &= ~(uint32_t)CAPAN_HALF_UNACKED;
    if (turn->ack > half->una && half->board.count) return;
    turn->facts |= CAPAN_FACT(ADVANCES);
    if (turn->ack >= half->board.end) {
        half->board.end = turn->ack;
    } else {
        const struct capan_piece prior = {
            .time_ns = turn->now, .serial = UINT64_MAX, .sends = 1, .marks = CAPAN_PIECE_PRIOR};
        capan_scoreboard_prepend(&half->board, turn->tcp->alloc, turn->ack, &prior);
    }
    half->una = turn->old_una = turn->ack;
    half->ack_frame = turn->segment->frame;
}

/* The octets of the unseen list make place for the newest. */
static void remember_unseen(struct capan_trouble *trouble, int64_t start, int64_t end) {
    for (unsigned i = CAPAN_UNSEEN_MAX - 1; i > 0; i--) trouble->unseen[i] = trouble->unseen[i - 1];
    trouble->unseen[0] = (struct capan_unseen){start, end};
    trouble->missing_bytes += (uint64_t)(end - start);
}

/* Octets [start, end) of a hole are acknowledged: the capture missed them. */
static void missed(struct capan_turn *turn, const struct capan_piece *hole, int64_t end) {
    struct capan_trouble *trouble = capan_trouble_begin(turn->peer, turn->tcp->alloc);
    if (trouble) remember_unseen(trouble, hole->start, end);
    turn->unseen += end - hole->start;
    turn->facts |= CAPAN_FACT(ACKS_UNSEEN);
    struct capan_segment *behind = capan_records_at(turn->tcp->records, hole->serial);
    if (!behind) return;
    capan_flag(behind, CAPAN_FLAG_GAP_CAPTURE_LOSS);
    if (turn->unseen_behind == 0) turn->unseen_behind = behind->frame;
}

struct coverage {
    int64_t sent_ns;         /* of the last piece covered, when it gives a sample */
    bool sampled, ambiguous; /* ambiguous: some of it was sent more than once (RFC 6298 3) */
};

/* RFC 8985 6.2, steps 1 and 2: of what was sent again only an answer that took a round trip speaks of the last sending.
 */
static void arrived(const struct capan_turn *turn, const struct capan_piece *piece) {
    struct capan_half *half = turn->peer;
    if (piece->sends > 1 && turn->now - piece->time_ns < half->rtt.min_ns) return;
    half->rack_ns = max_i64(half->rack_ns, piece->time_ns);
}

static void cover(struct capan_turn *turn, const struct capan_piece *piece, int64_t end, struct coverage *coverage) {
    if (piece->marks & CAPAN_PIECE_HOLE) {
        missed(turn, piece, end);
        if (piece->marks & CAPAN_PIECE_LAST) capan_answered(turn->tcp, piece->serial);
        return;
    }
    arrived(turn, piece);
    coverage->ambiguous |= piece->sends > 1;
    coverage->sampled = !coverage->ambiguous && !(piece->marks & (CAPAN_PIECE_SACKED | CAPAN_PIECE_PRIOR));
    coverage->sent_ns = piece->time_ns;
    if (!(piece->marks & CAPAN_PIECE_LAST)) return;
    if (piece->marks & CAPAN_PIECE_DATA) capan_records_ack(turn->tcp->records, piece->frame);
    struct capan_segment *sent = capan_records_at(turn->tcp->records, piece->serial);
    if (sent && !sent->acked_in) sent->acked_in = turn->segment->frame;
    capan_answered(turn->tcp, piece->serial);
}

/* Octets beyond the highest one sent are acknowledged: they were not seen, unless they pass right behind their ACK. */
static void doubt(struct capan_turn *turn) {
    struct capan_half *half = turn->peer;
    missed(turn, &(struct capan_piece){.start = half->board.end, .serial = UINT64_MAX}, turn->ack);
    if (!half->trouble) return;
    if (half->marks & CAPAN_HALF_UNSEEN_TAIL) capan_answered(turn->tcp, half->trouble->doubted);
    half->marks |= CAPAN_HALF_UNSEEN_TAIL;
    half->trouble->doubted = turn->segment->serial;
    turn->segment->open_questions++;
}

/* All in flight below ack has arrived. */
static struct coverage take_off(struct capan_turn *turn) {
    struct capan_scoreboard *board = &turn->peer->board;
    struct coverage coverage = {0};
    while (board->count && capan_scoreboard_start(board) < turn->ack) {
        int64_t end = capan_piece_end(board, 0);
        const struct capan_piece *first = capan_piece_at(board, 0);
        if (end > turn->ack) {
            if (first->marks & CAPAN_PIECE_HOLE) missed(turn, first, turn->ack);
            capan_scoreboard_trim(board, turn->ack);
            break;
        }
        cover(turn, first, end, &coverage);
        capan_scoreboard_pop(board, turn->tcp->alloc);
    }
    if (turn->ack > board->end) {
        if (turn->ack != capan_trouble(turn->peer)->probe_end) doubt(turn);
        board->end = turn->ack;
    }
    return coverage;
}

static void sample(struct capan_turn *turn, const struct coverage *coverage) {
    if (coverage->ambiguous) capan_flag(turn->segment, CAPAN_FLAG_AMBIGUOUS_RTT);
    if (!coverage->sampled) return;
    int64_t rtt = turn->now - coverage->sent_ns;
    struct capan_side *side = &turn->peer->side;
    capan_rtt_sample(&turn->peer->rtt, rtt);
    capan_answers_after(turn->me, rtt);
    turn->segment->rtt_ns = rtt;
    side->rtt_min_ns = side->rtt_count ? min_i64(side->rtt_min_ns, rtt) : rtt;
    side->rtt_max_ns = side->rtt_count ? max_i64(side->rtt_max_ns, rtt) : rtt;
    side->rtt_sum_ns += rtt;
    side->rtt_count++;
}

static void leave_or_stay_in_recovery(struct capan_turn *turn) {
    const struct capan_half *half = turn->peer;
    struct capan_trouble *trouble = half->trouble;
    if (trouble->tlp_high && half->una >= trouble->tlp_high) trouble->tlp_high = 0;
    trouble->dup_acks = 0;
    trouble->backoff = 0;
    if (trouble->episode == CAPAN_EPISODE_NONE || turn->old_una >= trouble->recover) return;
    if (half->una < trouble->recover)
        capan_flag(turn->segment, CAPAN_FLAG_PARTIAL_ACK);
    else
        trouble->recovery_ns = turn->now + capan_near(half);
}

static void advance(struct capan_turn *turn) {
    struct capan_half *half = turn->peer;
    turn->facts |= CAPAN_FACT(ADVANCES);
    struct coverage coverage = take_off(turn);
    half->una = turn->ack;
    sample(turn, &coverage);
    if (half->trouble) leave_or_stay_in_recovery(turn);
    half->advance_ns = half->told_ns = turn->now;
    half->ack_frame = turn->segment->frame;
    if (capan_trouble(half)->resends.waiting) capan_resends_acked(turn);
}

struct block {
    int64_t left, right;
};

static struct block read_block(const struct capan_turn *turn, unsigned i) {
    const struct capan_half *half = turn->peer;
    return (struct block){capan_seq_unwrap(turn->header->sack[i].left, half->base, half->una),
                          capan_seq_unwrap(turn->header->sack[i].right, half->base, half->una)};
}

/* RFC 2883 4: the first block lies below the ACK, or inside the second block. */
static bool is_dsack(const struct capan_turn *turn) {
    if (turn->header->sack_count == 0) return false;
    struct block first = read_block(turn, 0);
    if (first.left >= first.right) return false;
    if (first.right <= turn->ack) return true;
    if (turn->header->sack_count == 1) return false;
    struct block second = read_block(turn, 1);
    return first.left >= second.left && first.right <= second.right;
}

/* What of a block is not known from the ACK before: receivers repeat blocks and let them grow (RFC 2018 4). */
static void cut_known(const struct capan_turn *turn, unsigned i, struct block *block) {
    const struct capan_half *half = turn->peer;
    const struct capan_trouble *trouble = capan_trouble(half);
    const uint32_t left = turn->header->sack[i].left;
    for (unsigned known = 0; known < CAPAN_SACK_MAX; known++) {
        if (trouble->sack_left[known] != left || trouble->sack_left[known] == trouble->sack_right[known]) continue;
        int64_t right = capan_seq_unwrap(trouble->sack_right[known], half->base, half->una);
        if (right > block->left && right <= block->right) block->left = right;
        return;
    }
}

static void remember_blocks(const struct capan_turn *turn) {
    struct capan_trouble *trouble = capan_trouble_begin(turn->peer, turn->tcp->alloc);
    for (unsigned i = 0; trouble && i < CAPAN_SACK_MAX; i++) {
        const bool there = i < turn->header->sack_count;
        trouble->sack_left[i] = there ? turn->header->sack[i].left : 0;
        trouble->sack_right[i] = there ? turn->header->sack[i].right : 0;
    }
}

static void take_blocks(struct capan_turn *turn) {
    struct capan_half *half = turn->peer;
    uint32_t budget = SACK_BUDGET;
    uint64_t fresh = 0;
    bool unseen = false;
    for (unsigned i = turn->facts & CAPAN_FACT(DSACK) ? 1 : 0; i < turn->header->sack_count; i++) {
        struct block block = read_block(turn, i);
        cut_known(turn, i, &block);
        block.left = max_i64(block.left, half->una);
        unseen |= block.left < block.right && block.right > half->board.end;
        block.right = min_i64(block.right, half->board.end);
        if (block.left >= block.right) continue;
        struct capan_piece *newest;
        fresh += capan_scoreboard_sack(&half->board, turn->tcp->alloc, block.left, block.right, &budget, &newest);
        if (!newest || newest->marks & (CAPAN_PIECE_HOLE | CAPAN_PIECE_PRIOR)) continue;
        arrived(turn, newest);
        if (newest->sends != 1) continue;
        capan_rtt_sample(&half->rtt, turn->now - newest->time_ns);
        capan_answers_after(turn->me, turn->now - newest->time_ns);
    }
    remember_blocks(turn);
    if (fresh || unseen) half->told_ns = turn->now;
    capan_turn_set(turn, CAPAN_FACT(NEW_SACK), fresh || unseen);
}

static void take_sack(struct capan_turn *turn) {
    if (turn->header->sack_count == 0 || turn->ack < turn->peer->una) return;
    turn->me->marks |= CAPAN_HALF_SACKS;
    if (is_dsack(turn)) {
        struct block twice = read_block(turn, 0);
        turn->facts |= CAPAN_FACT(DSACK);
        capan_resends_dsack(turn, twice.left, twice.right);
    }
    take_blocks(turn);
}

static uint32_t window_of(const struct capan_turn *turn) {
    const struct capan_tcp_header *header = turn->header;
    if (header->flags & CAPAN_TH_SYN) return header->window;
    const bool scaled = turn->me->side.window_scale >= 0 && turn->peer->side.window_scale >= 0;
    return (uint32_t)header->window << (scaled ? turn->me->side.window_scale : 0);
}

static void note_closed(const struct capan_turn *turn) {
    struct capan_trouble *trouble = capan_trouble_begin(turn->me, turn->tcp->alloc);
    if (!trouble) return;
    trouble->zero_windows++;
    trouble->closed_ns = turn->now;
    trouble->closed_frame = turn->segment->frame;
}

static void take_window(struct capan_turn *turn) {
    struct capan_half *me = turn->me;
    turn->old_window = me->window;
    if (turn->header->flags & CAPAN_TH_RST || turn->facts & CAPAN_FACT(ACKS_OLD)) return;
    const uint32_t window = window_of(turn);
    capan_turn_set(turn, CAPAN_FACT(WINDOW_ZERO), window == 0 && !(turn->header->flags & CAPAN_TH_SYN));
    /* The window of a SYN is not scaled: what comes next differs without a change, and with data outstanding says
     * nothing. */
    const bool compares =
        me->marks & CAPAN_HALF_SPOKE || (me->marks & CAPAN_HALF_SYN && turn->peer->una == turn->peer->board.end);
    capan_turn_set(turn, CAPAN_FACT(WINDOW_CHANGED), compares && window != me->window);
    if (window == 0 && me->window != 0) note_closed(turn);
    if (window != 0 && me->window == 0 && me->trouble && me->trouble->closed_ns)
        me->trouble->zero_window_ns += turn->now - me->trouble->closed_ns;
    me->window = window;
    if (window > me->side.window_max) me->side.window_max = window;
    if (me->side.window_scale >= -1 && turn->peer->side.window_scale >= -1) me->marks |= CAPAN_HALF_WINDOW;
    if (turn->header->flags & CAPAN_TH_ACK) me->edge = max_i64(me->edge, turn->ack + window);
}

/* RFC 5681 2: same ACK, nothing else in the segment, data outstanding, same window or new SACK information. */
static void count_duplicate(struct capan_turn *turn) {
    struct capan_half *half = turn->peer;
    if (turn->ack != half->una || turn->header->payload_len ||
        turn->header->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN | CAPAN_TH_RST))
        return;
    const bool waits = half->una < half->board.end || half->marks & CAPAN_HALF_REPEATED;
    capan_turn_set(turn, CAPAN_FACT(PEER_WAITS), waits);
    if (!waits || turn->facts & CAPAN_FACT(ADVANCES)) return;
    if (!(turn->facts & CAPAN_FACT(NEW_SACK)) && turn->facts & (CAPAN_FACT(DSACK) | CAPAN_FACT(WINDOW_CHANGED))) return;
    half->told_ns = turn->now;
    struct capan_trouble *trouble = capan_trouble_begin(half, turn->tcp->alloc);
    if (!trouble) return;
    trouble->dup_acks++;
    trouble->dup_frame = turn->segment->frame;
}

/* Octets beyond all that its sender ever offered room for cannot have been sent to it. What the capture missed may
 * have moved that edge as far again. */
static bool never_sent(const struct capan_turn *turn) {
    const struct capan_half *me = turn->me;
    if (turn->ack <= turn->peer->board.end || !(me->marks & CAPAN_HALF_WINDOW) || !(me->marks & CAPAN_HALF_SPOKE))
        return false;
    return turn->ack > me->edge + 1 + (int64_t)me->side.window_max;
}

/* An ACK for a SYN that it does not cover, from an endpoint that sent none itself: it is in another connection still
 * (RFC 9293 3.5.1, 3.10.7.4). */
static bool of_another_connection(const struct capan_turn *turn) {
    const struct capan_half *half = turn->peer;
    if (turn->header->flags & CAPAN_TH_SYN || turn->me->marks & CAPAN_HALF_SYN) return false;
    if (!(half->marks & CAPAN_HALF_SYN) || half->una >= 1) return false;
    return turn->ack < 1 || turn->ack > half->board.end + FAR_OFF;
}

static bool believable(struct capan_turn *turn) {
    if (of_another_connection(turn)) {
        turn->me->marks |= CAPAN_HALF_CHALLENGE;
        return false;
    }
    if (turn->header->flags & CAPAN_TH_SYN && turn->peer->marks & CAPAN_HALF_SYN)
        return turn->ack >= 1 && turn->ack <= turn->peer->board.end;
    if (!never_sent(turn)) return true;
    turn->facts |= CAPAN_FACT(ACKS_NEVER_SENT);
    turn->peer->marks |= CAPAN_HALF_CHALLENGE;
    return false;
}

void capan_turn_acks(struct capan_turn *turn) {
    struct capan_half *half = turn->peer;
    if (turn->header->flags & CAPAN_TH_ACK) {
        if (!(half->marks & CAPAN_HALF_BASED)) learn_base(half, turn->header->ack);
        turn->ack = capan_seq_unwrap(turn->header->ack, half->base, half->una);
        turn->segment->ack = turn->ack;
        turn->old_una = half->una;
        turn->old_dup_acks = capan_trouble(half)->dup_acks;
        if (turn->header->flags & CAPAN_TH_RST || !believable(turn)) return;
        if (half->marks & CAPAN_HALF_UNACKED) learn_una(turn);
        if (turn->ack < half->una)
            turn->facts |= CAPAN_FACT(ACKS_OLD);
        else if (turn->ack > half->una)
            advance(turn);
        take_sack(turn);
    }
    take_window(turn);
    if (turn->header->flags & CAPAN_TH_ACK) count_duplicate(turn);
}
