/* SPDX-License-Identifier: MIT */
#include "refusal.h"

#include "resets.h"
#include "seqnum.h"

enum {
    SUMS_MIN = 2,    /* so many good checksums show that the capture has those that were sent */
    SUMS_PER_BAD = 4 /* and of so many good ones at most one may be bad */
};
static const int64_t TS_VALID_NS = INT64_C(24) * 86400 * 1000000000; /* RFC 7323 5.5 */

/* RFC 9293 3.1 (MUST-3). Where most sums are bad, or one holds the pseudo-header's alone, they are left to the network
 * card (checksum offload), as in segments that it is to cut: then a wrong one tells nothing. */
static bool is_damaged(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    if (arrival->packet->checksum != CAPAN_CHECKSUM_BAD) return false;
    if (me->signs & CAPAN_SIGN_PARTIAL_SUM || me->good_sums < SUMS_MIN) return false;
    if ((uint64_t)me->bad_sums * SUMS_PER_BAD > me->good_sums) return false;
    const uint32_t mss = arrival->peer->side.mss_announced;
    return mss == 0 || arrival->header->payload_len <= mss;
}

/* RFC 7323 5.3 R1. What was only overtaken is not meant: octets beyond all others were sent after them, and those that
 * come again with no older a timestamp were sent again. */
static bool is_too_old(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    const struct capan_tcp_header *header = arrival->header;
    if (!(me->marks & CAPAN_HALF_TS_TAKEN) || !header->has_timestamps || header->flags & (CAPAN_TH_RST | CAPAN_TH_SYN))
        return false;
    if (!capan_seq_lt(header->ts_val, me->ts_recent) || arrival->end <= me->una) return false;
    if (arrival->now - arrival->tcp->last_ns > TS_VALID_NS) return false;
    if (arrival->start >= me->board.end) return true;
    const uint32_t first = capan_scoreboard_find(&me->board, arrival->start);
    if (first == me->board.count) return false;
    const struct capan_piece *before = capan_piece_at(&me->board, first);
    return !(before->marks & CAPAN_PIECE_HOLE) && capan_seq_lt(before->ts_val, me->ts_recent) &&
           !capan_seq_lt(header->ts_val, before->ts_val);
}

/* What a receiver checks, in its order. */
static const struct check {
    bool (*fails)(const struct capan_arrival *);
    enum capan_tcp_flag flag;
} checks[] = {{is_damaged, CAPAN_FLAG_BAD_CHECKSUM}, {is_too_old, CAPAN_FLAG_PAWS}};

bool capan_arrival_is_refused(struct capan_arrival *arrival) {
    for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (!checks[i].fails(arrival)) continue;
        capan_flag(arrival->segment, checks[i].flag);
        return true;
    }
    return false;
}

static void count_sum(const struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const uint8_t checksum = arrival->packet->checksum;
    const bool damaged = arrival->segment->flags >> CAPAN_FLAG_BAD_CHECKSUM & 1;
    me->good_sums += checksum == CAPAN_CHECKSUM_GOOD;
    me->bad_sums += checksum == CAPAN_CHECKSUM_BAD;
    if (checksum <= CAPAN_CHECKSUM_GOOD || damaged) return;
    if (!me->left_sums++) me->left_frame = arrival->segment->frame;
}

/* RFC 7323 4.3 (2): of a segment that begins where the receiver's last ACK ends, or below. */
static void take_timestamp(const struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const struct capan_tcp_header *header = arrival->header;
    if (!header->has_timestamps || arrival->refused || arrival->start > me->una || arrival->facts & CAPAN_FACT(RST))
        return;
    if (me->marks & CAPAN_HALF_TS_TAKEN && !capan_seq_gt(header->ts_val, me->ts_recent)) return;
    me->ts_recent = header->ts_val;
    me->marks |= CAPAN_HALF_TS_TAKEN;
}

void capan_arrival_learn_sender(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    const uint8_t ttl = arrival->packet->ttl;
    count_sum(arrival);
    take_timestamp(arrival);
    if (arrival->facts & CAPAN_FACT(RST)) return;
    if (me->ttl && capan_ttl_is_far(me->ttl, ttl)) me->signs |= CAPAN_SIGN_MANY_TTLS;
    me->ttl = ttl;
}
