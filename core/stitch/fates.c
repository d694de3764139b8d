/* SPDX-License-Identifier: MIT */
/* What became of a packet that one capture alone has. */
#include "stitching.h"

/* A packet and what is known of it when it is decided. */
struct case_of {
    struct capan_stitch *stitch;
    const struct sighting *sighting;
    const struct seam_way *way;
    const struct stitch_side *mine, *other;
    bool at_sender; /* its capture is the one nearer to who sent it */
    struct kept_row *row;
};

static void rule(const struct case_of *of, enum capan_stitch_fate fate, enum capan_stitch_why why,
                 enum capan_certainty certainty) {
    of->row->fate = (uint8_t)fate;
    of->row->why = (uint8_t)why;
    of->row->certainty = (uint8_t)certainty;
}

/* A capture with so many copies makes them itself, or its mirror does. */
static bool copies_itself(const struct stitch_side *side) {
    return side->copies > side->packets / 4;
}

/* When the other capture would have it: as soon as the fastest, or as late as the slowest of its way. */
static int64_t there_at(const struct case_of *of, bool soonest) {
    const bool is_a = of->sighting->side == CAPAN_STITCH_A;
    const int64_t least = of->way->least.ns, most = of->way->most.ns;
    return is_a ? of->sighting->time_ns + (soonest ? least : most) : of->sighting->time_ns - (soonest ? most : least);
}

/* A SYN that was sent again, with which the other capture has the connection begin: that it began to run just in
 * between is less likely than that the first one was lost. */
static bool is_first_syn(const struct case_of *of) {
    const struct sighting *sighting = of->sighting;
    const struct seam *seam = sighting->strand->seam;
    const struct strand *other = seam->of[other_side((enum capan_stitch_side)sighting->side)];
    const unsigned direction = sighting->direction ^ seam->flip;
    const uint32_t seq =
        sighting->side == CAPAN_STITCH_A ? sighting->seq + of->way->shift : sighting->seq - of->way->shift;
    return (sighting->flags & (CAPAN_TH_SYN | CAPAN_TH_ACK)) == CAPAN_TH_SYN && other->has_syn[direction] &&
           other->syn[direction] == seq;
}

static bool outside(const struct case_of *of) {
    if (!of->way->twins || of->sighting->twin_frame) return false;
    if (there_at(of, false) < of->other->first_ns && !is_first_syn(of)) {
        rule(of, CAPAN_STITCH_MISSED, CAPAN_STITCH_WHY_BEFORE, CAPAN_CERTAIN);
        return true;
    }
    if (!of->other->ended || there_at(of, true) <= of->other->now_ns) return false;
    rule(of, CAPAN_STITCH_MISSED, CAPAN_STITCH_WHY_AFTER, CAPAN_CERTAIN);
    return true;
}

/* Without an answer that tells, a capture that misses others may have missed this one. */
static enum capan_certainty certainty_of_loss(const struct case_of *of, bool resent) {
    const uint64_t missed =
        of->sighting->side == CAPAN_STITCH_A ? of->way->account.missed_b : of->way->account.missed_a;
    if (resent && sighting_span(of->sighting)) return CAPAN_CERTAIN;
    return missed ? CAPAN_AMBIGUOUS : CAPAN_LIKELY;
}

static void decide_sent(const struct case_of *of) {
    const bool resent = sighting_span(of->sighting) && capan_match_sent_again(of->stitch, of->sighting);
    if (of->sighting->twin_frame && copies_itself(of->mine))
        rule(of, CAPAN_STITCH_COPIED, CAPAN_STITCH_WHY_NONE, CAPAN_CERTAIN);
    else if (of->sighting->acked && !resent)
        rule(of, CAPAN_STITCH_MISSED, CAPAN_STITCH_WHY_ACKED, CAPAN_LIKELY);
    else
        rule(of, CAPAN_STITCH_LOST, resent ? CAPAN_STITCH_WHY_RESENT : CAPAN_STITCH_WHY_NONE,
             certainty_of_loss(of, resent));
}

static void decide_come(const struct case_of *of) {
    if (!of->sighting->twin_frame)
        rule(of, CAPAN_STITCH_MISSED, CAPAN_STITCH_WHY_UNSEEN, CAPAN_LIKELY);
    else if (copies_itself(of->mine))
        rule(of, CAPAN_STITCH_COPIED, CAPAN_STITCH_WHY_NONE, CAPAN_CERTAIN);
    else
        rule(of, of->way->from_a > 0 ? CAPAN_STITCH_DUPLICATED : CAPAN_STITCH_DUPLICATED_BACK, CAPAN_STITCH_WHY_NONE,
             of->sighting->ip_id ? CAPAN_CERTAIN : CAPAN_LIKELY);
}

/* Where which way it went is not known, neither can be what became of it. */
static void decide(const struct case_of *of) {
    if (outside(of)) return;
    if (!of->way->from_a)
        rule(of, CAPAN_STITCH_MISSED, CAPAN_STITCH_WHY_UNPLACED, CAPAN_AMBIGUOUS);
    else if (of->at_sender)
        decide_sent(of);
    else
        decide_come(of);
}

/* By a capture that was running. */
static void count_missed(struct capan_stitch_way *account, const struct kept_row *row) {
    const bool running = row->why == CAPAN_STITCH_WHY_ACKED || row->why == CAPAN_STITCH_WHY_UNSEEN;
    if (row->fate != CAPAN_STITCH_MISSED || !running) return;
    *(row->a_frame ? &account->missed_b : &account->missed_a) += 1;
}

static void tell(struct capan_stitch *stitch, const struct sighting *sighting) {
    struct seam *seam = sighting->strand->seam;
    const unsigned direction = seam_direction(seam, sighting);
    const bool is_a = sighting->side == CAPAN_STITCH_A;
    int64_t offset_ns = 0;
    capan_travel_settle(stitch, seam);
    capan_clock_now(&stitch->bounds, &offset_ns, NULL);
    struct kept_row row = {.time_ns = sighting->time_ns - (is_a ? 0 : offset_ns),
                           .seam = seam,
                           .a_frame = is_a ? sighting->frame : 0,
                           .b_frame = is_a ? 0 : sighting->frame,
                           .seq = sighting->seq - (is_a ? 0 : seam->way[direction].shift),
                           .len = sighting->len,
                           .direction = (uint8_t)direction,
                           .part = sighting->part,
                           .span = sighting_span(sighting),
                           .again_a = is_a && sighting->again,
                           .again_b = !is_a && sighting->again};
    struct seam_way *way = &seam->way[direction];
    decide(&(struct case_of){.stitch = stitch,
                             .sighting = sighting,
                             .way = way,
                             .mine = &stitch->side[sighting->side],
                             .other = &stitch->side[!sighting->side],
                             .at_sender = is_a == (way->from_a > 0),
                             .row = &row});
    count_missed(&way->account, &row);
    capan_rows_keep(stitch, &row);
}

/* What it was held against came earlier or later than others do, and nothing better has come. NULL: it is its twin;
 * else where it waits now. */
static struct sighting *look_again(struct capan_stitch *stitch, struct sighting *sighting) {
    struct sighting *again = capan_match_new(stitch, sighting);
    if (!again) return sighting;
    capan_match_remove(stitch, sighting);
    stitch->closing = true;
    const bool found = capan_match(stitch, again);
    stitch->closing = false;
    if (found) return NULL;
    capan_match_place(stitch, again);
    return again;
}

void capan_fate_end(struct capan_stitch *stitch, struct sighting *sighting) {
    const struct seam *seam = sighting->strand->seam;
    if (seam && sighting->deferred) sighting = look_again(stitch, sighting);
    if (!sighting) return;
    if (seam) tell(stitch, sighting);
    capan_match_remove(stitch, sighting);
}

/* Packets that were sent so much later have come: this one does not come any more. */
static bool is_over(const struct stitch_side *side, const struct sighting *sighting) {
    return side->reached && sighting->time_ns < side->reached_ns - LONGEST_WAY_NS;
}

void capan_fate_expire(struct capan_stitch *stitch, enum capan_stitch_side which) {
    struct stitch_side *side = &stitch->side[which];
    struct sighting *oldest;
    while ((oldest = (struct sighting *)capan_index_oldest(&side->exact)) && is_over(side, oldest))
        capan_fate_end(stitch, oldest);
    while (side->exact.count - side->done_count > stitch->most.waiting) {
        stitch->totals.given_up++;
        capan_fate_end(stitch, (struct sighting *)capan_index_oldest(&side->exact));
    }
}
