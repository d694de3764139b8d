/* SPDX-License-Identifier: MIT */
#include "twin.h"

enum {
    LEAST_ROOM_NS = 500000,   /* for delays to swing */
    BURST_ROOM_NS = 100000000 /* likewise: ACKs and resets that are alike may be sent close upon each other */
};

struct sought capan_twin_seek(struct capan_stitch *stitch, struct seam *seam, struct sighting *sighting) {
    const unsigned direction = seam_direction(seam, sighting);
    const struct seam_way *way = &seam->way[direction], *back = &seam->way[!direction];
    const bool to_b = sighting->side == CAPAN_STITCH_A, acks = sighting->flags & CAPAN_TH_ACK;
    return (struct sought){.stitch = stitch,
                           .sighting = sighting,
                           .seam = seam,
                           .way = way,
                           .strand = seam->of[other_side((enum capan_stitch_side)sighting->side)],
                           .direction = (uint8_t)(sighting->direction ^ seam->flip),
                           .seq = shifted(sighting->seq, way->shift, to_b),
                           .ack = acks ? shifted(sighting->ack, back->shift, to_b) : 0};
}

static bool is_whole(const struct sighting *a, const struct sighting *b) {
    return a->len == b->len && !a->part && !b->part;
}

/* How B's timestamp differs from A's. */
static uint32_t stamp_shift(const struct sighting *a, const struct sighting *b) {
    return a->side == CAPAN_STITCH_A ? b->stamp - a->stamp : a->stamp - b->stamp;
}

static bool stamps_fit(const struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    const bool comparable = a->has_stamp && b->has_stamp && way->stamps == KEPT;
    return !comparable || stamp_shift(a, b) == way->stamp_shift;
}

static bool ids_fit(const struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    return way->ip_id != KEPT || a->ip_id == b->ip_id || !a->ip_id || !b->ip_id || !is_whole(a, b);
}

static bool contents_fit(const struct sighting *a, const struct sighting *b) {
    return !is_whole(a, b) || !a->content || !b->content || a->content == b->content;
}

/* Before it is known what is rewritten: a packet that was sent again has another identification and timestamp; a box
 * that rewrites all there is of these is rare. */
enum likeness { LIKE_NOTHING_KNOWN, LIKE_OTHER_COPY, LIKE_SAME };
static enum likeness likeness(const struct seam_way *way, const struct sighting *a, const struct sighting *b) {
    const bool ids = a->ip_id && b->ip_id && way->ip_id == KEPT_UNKNOWN && is_whole(a, b);
    const bool stamps = a->has_stamp && b->has_stamp && way->stamps == KEPT_UNKNOWN;
    if ((ids && a->ip_id == b->ip_id) || (stamps && a->stamp == b->stamp)) return LIKE_SAME;
    const bool known = way->ip_id == KEPT || way->stamps == KEPT;
    return (ids || stamps) && !known ? LIKE_OTHER_COPY : LIKE_NOTHING_KNOWN;
}

bool capan_twin_fits(const struct sought *sought, const struct sighting *other) {
    const struct sighting *sighting = sought->sighting;
    const uint8_t flags = (sighting->flags ^ other->flags) & FLAGS_THAT_STAY;
    const bool fin = !sighting->len && ((sighting->flags ^ other->flags) & CAPAN_TH_FIN);
    return !other->done && other->strand == sought->strand && other->direction == sought->direction && !flags && !fin &&
           !sighting->len == !other->len && ids_fit(sought->way, sighting, other) &&
           stamps_fit(sought->way, sighting, other) && contents_fit(sighting, other);
}

static int rank(const struct sought *sought, const struct sighting *other) {
    const struct sighting *sighting = sought->sighting;
    int rank = is_whole(sighting, other) ? 8 : 0;
    if (sighting->ip_id == other->ip_id && sighting->ip_id) rank += 8;
    if (sighting->has_stamp && other->has_stamp && stamp_shift(sighting, other) == sought->way->stamp_shift) rank += 4;
    if (sighting->content == other->content && sighting->content) rank += 4;
    if (sighting->blocks == other->blocks) rank += 2;
    if (sought->ack == other->ack) rank += 1;
    if (sighting->window == other->window) rank += 1;
    return rank;
}

/* How long others took that are like no other; before there are any, what the clocks leave room for. False: nothing is
 * known. */
static bool usual_difference(const struct sought *sought, int64_t *usual_ns, int64_t *room_ns) {
    const bool bursts = sought->sighting->protocol == CAPAN_STITCH_TCP && !sighting_span(sought->sighting);
    const int64_t burst_ns = bursts ? BURST_ROOM_NS : LEAST_ROOM_NS;
    *usual_ns = sought->way->usual_ns;
    *room_ns = 4 * sought->way->swing_ns + burst_ns;
    if (sought->way->swing_ns) return true;
    const bool known = capan_clock_now(&sought->stitch->bounds, usual_ns, room_ns);
    *room_ns += sought->sighting->protocol == CAPAN_STITCH_TCP ? BURST_ROOM_NS : LEAST_ROOM_NS;
    return known;
}

static enum timing timing_of(const struct sought *sought, const struct sighting *other) {
    const struct sighting *sighting = sought->sighting;
    const int64_t later_ns = other->time_ns - sighting->time_ns;
    int64_t usual_ns, room_ns;
    if (!usual_difference(sought, &usual_ns, &room_ns)) return UNTIMED;
    const int64_t off_ns = (sighting->side == CAPAN_STITCH_A ? later_ns : -later_ns) - usual_ns;
    return -room_ns <= off_ns && off_ns <= room_ns ? TIMELY : UNTIMELY;
}

/* Of datagrams that are all alike nothing but the time tells which is which. */
static bool is_told_by_time(const struct sighting *sighting, const struct sighting *other) {
    return sighting->protocol != CAPAN_STITCH_TCP && !sighting->ip_id && (sighting->again || other->again);
}

static bool is_better(const struct choice *choice, const struct sighting *other, int rank, enum timing timing) {
    if (!choice->best) return true;
    if (rank != choice->rank) return rank > choice->rank;
    if ((timing == TIMELY) != (choice->timing == TIMELY)) return timing == TIMELY;
    return other->time_ns < choice->best->time_ns;
}

static bool is_new_data(const struct sighting *sighting) {
    return sighting->len && !sighting->again && !sighting->part;
}

/* Of those that look alike the oldest that is timely: the first copy may have been lost. */
void capan_twin_consider(const struct sought *sought, struct sighting *other, struct choice *choice) {
    if (!capan_twin_fits(sought, other)) return;
    const enum likeness like = likeness(sought->way, sought->sighting, other);
    sought->stitch->alike += like == LIKE_SAME;
    if (like == LIKE_OTHER_COPY && !sought->stitch->lenient) {
        choice->unlike = true;
        choice->telling |= is_new_data(sought->sighting) && is_new_data(other);
        return;
    }
    const int its = rank(sought, other);
    const enum timing timing = timing_of(sought, other);
    if (timing == UNTIMELY && is_told_by_time(sought->sighting, other)) return;
    if (is_better(choice, other, its, timing))
        *choice = (struct choice){other, its, (uint8_t)timing, choice->unlike, choice->telling};
}

/* Something that no other copy of it has is the same. */
static bool is_told_apart(const struct sought *sought, const struct sighting *other) {
    const struct sighting *sighting = sought->sighting;
    const bool ids = sighting->ip_id && sighting->ip_id == other->ip_id;
    const bool stamps = sighting->has_stamp && other->has_stamp && sought->way->stamps == KEPT;
    return ids || stamps || sighting->protocol != CAPAN_STITCH_TCP;
}

/* The other capture has not been read as far as where its twin would be, were it as long on its way as others. */
static bool may_come(const struct sought *sought) {
    const struct sighting *sighting = sought->sighting;
    const struct stitch_side *side = &sought->stitch->side[!sighting->side];
    int64_t usual_ns, room_ns;
    if (side->ended || sought->stitch->closing || !usual_difference(sought, &usual_ns, &room_ns)) return false;
    return side->now_ns < sighting->time_ns + (sighting->side == CAPAN_STITCH_A ? usual_ns : -usual_ns) + room_ns;
}

/* Captures are read in step but for a packet: the copy that was lost waits already, the next one may not yet. */
static bool defer(const struct sought *sought, struct sighting *other) {
    if (is_told_apart(sought, other) || !may_come(sought)) return false;
    sought->sighting->deferred = other->deferred = true;
    return true;
}

struct sighting *capan_twin_chosen(const struct sought *sought, const struct choice *choice) {
    if (choice->best && choice->timing == UNTIMELY && defer(sought, choice->best)) return NULL;
    if (!choice->best && choice->unlike) {
        sought->stitch->looks_unlike = true;
        sought->stitch->unlike += choice->telling;
        sought->seam->unlike = true;
    }
    return choice->best;
}
