/* SPDX-License-Identifier: MIT */
/* What a packet that is in both captures shows: which way it went, what was rewritten, how the clocks differ. */
#include "stitching.h"

/* Two differences less than that apart may be the same place's twice. */
enum { TELLING_NS = 5000, SETTLED = 64, FIRST_SWING_NS = 5000000 };

static void note(struct seam *seam, enum capan_stitch_rewrite what, bool is) {
    if (is) seam->rewrites |= UINT64_C(1) << what;
}

/* --- what stays ---
 * A SYN teaches only what is the same: two of them may be two copies. */

static void learn_shift(struct seam *seam, unsigned direction, const struct sighting *a, const struct sighting *b) {
    struct seam_way *way = &seam->way[direction], *back = &seam->way[!direction];
    if (!way->shift_known) {
        way->shift = b->seq - a->seq;
        way->shift_known = true;
        note(seam, CAPAN_STITCH_REWRITES_SEQUENCE, way->shift != 0);
    }
    if (!back->shift_known && (a->flags & b->flags & CAPAN_TH_ACK)) {
        back->shift = b->ack - a->ack;
        back->shift_known = true;
        note(seam, CAPAN_STITCH_REWRITES_SEQUENCE, back->shift != 0);
    }
}

static void learn_id(struct seam *seam, struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    if (!a->ip_id || !b->ip_id || way->ip_id == KEPT_NOT) return;
    if (a->ip_id != b->ip_id && (a->flags & CAPAN_TH_SYN)) return;
    const uint8_t before = way->ip_id;
    way->ip_id = a->ip_id == b->ip_id ? KEPT : KEPT_NOT;
    if (way->ip_id != before) seam->learned = true;
    note(seam, CAPAN_STITCH_REWRITES_IP_ID, way->ip_id == KEPT_NOT);
}

static void learn_stamps(struct seam *seam, struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    note(seam, CAPAN_STITCH_REWRITES_NO_TIMESTAMP, (a->flags & CAPAN_TH_SYN) && a->has_stamp != b->has_stamp);
    if (!a->has_stamp || !b->has_stamp || way->stamps == KEPT_NOT) return;
    const uint32_t shift = b->stamp - a->stamp;
    if (shift && (a->flags & CAPAN_TH_SYN)) return;
    const uint8_t before = way->stamps;
    if (way->stamps == KEPT && shift != way->stamp_shift) way->stamps = KEPT_NOT;
    if (way->stamps == KEPT_UNKNOWN) way->stamps = KEPT;
    if (way->stamps == KEPT) way->stamp_shift = shift;
    if (way->stamps != before) seam->learned = true;
    note(seam, CAPAN_STITCH_REWRITES_TIMESTAMP, shift != 0);
}

static void learn_offer(struct seam *seam, struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    if (!(a->flags & CAPAN_TH_SYN)) return;
    way->mss[CAPAN_STITCH_A] = a->mss;
    way->mss[CAPAN_STITCH_B] = b->mss;
    way->window_scale[CAPAN_STITCH_A] = a->window_scale;
    way->window_scale[CAPAN_STITCH_B] = b->window_scale;
    note(seam, CAPAN_STITCH_REWRITES_MSS, a->mss != b->mss);
    note(seam, CAPAN_STITCH_REWRITES_WINDOW_SCALE, a->window_scale != b->window_scale);
    note(seam, CAPAN_STITCH_REWRITES_SACK, a->sack_permitted != b->sack_permitted);
}

/* Routers take one from the TTL: the higher one came first. */
static void learn_network(struct seam *seam, struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    const int step = a->ttl - b->ttl;
    if (a->ttl && b->ttl) {
        note(seam, CAPAN_STITCH_REWRITES_TTL, way->ttl_known && step != way->ttl_step);
        way->ttl_known = true;
        way->ttl_step = (int16_t)step;
    }
    note(seam, CAPAN_STITCH_REWRITES_DSCP, a->dscp != b->dscp);
    note(seam, CAPAN_STITCH_REWRITES_ECN, a->ecn != b->ecn && a->ecn != 3 && b->ecn != 3);
    if ((a->ecn == 3) != (b->ecn == 3)) way->account.ce_marks++;
}

/* --- which way --- */

/* Of some packets there may be several that look alike: which is whose twin cannot be told, and no clock is read off
 * them. */
static bool is_sure(const struct sighting *a, const struct sighting *b) {
    const bool ids = a->ip_id && a->ip_id == b->ip_id;
    if (a->protocol != CAPAN_STITCH_TCP && !ids)
        return !a->again && !b->again &&
               ((a->content && a->content == b->content) || (a->window && a->window == b->window));
    return ids || (sighting_span(a) && !a->again && !b->again) || (a->fresh && b->fresh);
}

static void bound_clock(struct capan_stitch *stitch, const struct seam_way *way, int64_t at_ns, int64_t difference_ns) {
    if (way->from_a) capan_clock_add(&stitch->bounds, at_ns, difference_ns, way->from_a > 0);
}

/* What was found before the way was known. */
static void place_way(struct capan_stitch *stitch, struct seam_way *way, int from_a) {
    if (way->from_a == from_a) return;
    way->from_a = (int8_t)from_a;
    if (!way->sure) return;
    bound_clock(stitch, way, way->least.at_ns, way->least.ns);
    bound_clock(stitch, way, way->most.at_ns, way->most.ns);
}

/* What goes from A to B is later at B, by its clock, than what comes from there: by the time of both ways together.
 * Each is held against the last one of the other way: a clock that is set in between is wrong once alone. */
static void count_later(struct seam *seam, unsigned direction) {
    const struct seam_way *one = &seam->way[0], *other = &seam->way[1];
    if (!seam->way[!direction].twins) return;
    const int64_t apart_ns = one->difference_ns - other->difference_ns;
    seam->later += (apart_ns > TELLING_NS) - (apart_ns < -TELLING_NS);
}

static void place_ways(struct capan_stitch *stitch, struct seam *seam) {
    struct seam_way *one = &seam->way[0], *other = &seam->way[1];
    const int step = one->ttl_known ? one->ttl_step : other->ttl_known ? -other->ttl_step : 0;
    if (!one->twins || !other->twins) return;
    if (step && (!one->ttl_known || !other->ttl_known || one->ttl_step * other->ttl_step < 0)) {
        place_way(stitch, one, step > 0 ? 1 : -1);
        place_way(stitch, other, step > 0 ? -1 : 1);
    } else if (seam->later) {
        place_way(stitch, one, seam->later > 0 ? 1 : -1);
        place_way(stitch, other, seam->later > 0 ? -1 : 1);
    }
}

/* A connection with one direction alone: by its TTL, or by a clock that others have told. */
void capan_travel_settle(struct capan_stitch *stitch, struct seam *seam) {
    int64_t offset_ns;
    for (int i = 0; i < 2; i++) {
        struct seam_way *way = &seam->way[i];
        if (way->from_a) continue;
        if (seam->way[!i].from_a)
            place_way(stitch, way, -seam->way[!i].from_a);
        else if (!way->twins)
            continue;
        else if (way->ttl_known && way->ttl_step)
            place_way(stitch, way, way->ttl_step > 0 ? 1 : -1);
        else if (capan_clock_now(&stitch->bounds, &offset_ns, NULL))
            place_way(stitch, way, way->least.ns >= offset_ns ? 1 : -1);
    }
}

/* Mean deviation, as of round trips (RFC 6298 2.3). */
static void note_swing(struct seam_way *way, int64_t difference_ns) {
    const int64_t off_ns = difference_ns - way->usual_ns, size_ns = off_ns < 0 ? -off_ns : off_ns;
    way->swing_ns = way->swing_ns ? way->swing_ns + (size_ns - way->swing_ns) / 8 + 1 : FIRST_SWING_NS;
    way->usual_ns = difference_ns;
}

static void note_difference(struct seam_way *way, int64_t at_ns, int64_t difference_ns, bool sure) {
    const struct bound_kept kept = {at_ns, difference_ns};
    way->twins++;
    if (!sure && way->sure) return;
    if (sure != way->sure || way->twins == 1) way->least = way->most = kept;
    way->sure = sure;
    if (sure) note_swing(way, difference_ns);
    if (difference_ns < way->least.ns) way->least = kept;
    if (difference_ns > way->most.ns) way->most = kept;
    way->difference_ns = difference_ns;
}

/* Behind one that was sent later (RFC 4737 3.3), in the order in which the receiver's side has them. */
static void note_order(struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    const struct sighting *sent = way->from_a > 0 ? a : b, *came = way->from_a > 0 ? b : a;
    if (!way->from_a || came->frame < way->latest_come) return;
    if (sent->frame < way->latest_sent) way->account.late++;
    if (sent->frame > way->latest_sent) way->latest_sent = sent->frame;
    way->latest_come = came->frame;
}

static void reach(struct capan_stitch *stitch, const struct sighting *sighting) {
    struct stitch_side *side = &stitch->side[sighting->side];
    if (side->reached && sighting->time_ns <= side->reached_ns) return;
    side->reached = true;
    side->reached_ns = sighting->time_ns;
}

/* Where other sums are right, one that is wrong says that the packet was damaged on the way. */
static bool is_damaged(struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    way->good_sums[CAPAN_STITCH_A] += a->checksum == CAPAN_CHECKSUM_GOOD;
    way->good_sums[CAPAN_STITCH_B] += b->checksum == CAPAN_CHECKSUM_GOOD;
    const struct sighting *sent = way->from_a > 0 ? a : b, *came = way->from_a > 0 ? b : a;
    return way->from_a && came->checksum == CAPAN_CHECKSUM_BAD && sent->checksum != CAPAN_CHECKSUM_BAD &&
           way->good_sums[came->side];
}

void capan_travel(struct capan_stitch *stitch, struct seam *seam, const struct sighting *a, const struct sighting *b,
                  bool part) {
    const unsigned direction = seam_direction(seam, a);
    struct seam_way *way = &seam->way[direction];
    const int64_t difference_ns = b->time_ns - a->time_ns;
    learn_shift(seam, direction, a, b);
    learn_stamps(seam, way, a, b);
    learn_offer(seam, way, a, b);
    learn_network(seam, way, a, b);
    if (!part) learn_id(seam, way, a, b);
    note(seam, CAPAN_STITCH_REWRITES_SEGMENTS, part);
    note_difference(way, a->time_ns, difference_ns, is_sure(a, b));
    count_later(seam, direction);
    if (!way->from_a || way->twins < SETTLED) place_ways(stitch, seam);
    if (is_sure(a, b)) bound_clock(stitch, way, a->time_ns, difference_ns);
    note_order(way, a, b);
    reach(stitch, a);
    reach(stitch, b);
    const bool damaged = is_damaged(way, a, b);
    capan_rows_keep(stitch, &(struct kept_row){.time_ns = a->time_ns,
                                               .difference_ns = difference_ns,
                                               .seam = seam,
                                               .a_frame = a->frame,
                                               .b_frame = b->frame,
                                               .seq = a->seq,
                                               .len = a->len,
                                               .fate = damaged ? CAPAN_STITCH_LOST : CAPAN_STITCH_PASSED,
                                               .why = damaged ? CAPAN_STITCH_WHY_DAMAGED : CAPAN_STITCH_WHY_NONE,
                                               .certainty = CAPAN_CERTAIN,
                                               .direction = (uint8_t)direction,
                                               .part = part,
                                               .span = sighting_span(a),
                                               .again_a = a->again,
                                               .again_b = b->again,
                                               .answered_a = a->answered,
                                               .answered_b = b->answered});
}
