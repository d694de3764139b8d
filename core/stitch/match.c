/* SPDX-License-Identifier: MIT */
/* Twins within a seam: a packet is looked for in the other capture by its numbers, as they are there. */
#include <string.h>

#include "seqnum.h"
#include "twin.h"

enum {
    CHAIN_MAX = 512, /* sightings of the same numbers that are held against one */
    SCAN_MAX = 64,   /* of a strand that are looked through where numbers do not help */
    ACKED_MAX = 512
};

/* --- places --- */

struct place {
    uint64_t strand;
    uint32_t seq, ack;
    uint16_t ip_id;
    uint8_t direction, flags;
    uint32_t rest; /* 0: no octet of it is undefined */
};

static uint64_t hash_place(const struct capan_index *index, const struct place *place) {
    return capan_hash(index->key, place, sizeof *place);
}

/* Data is told by where it begins, the rest by what it acknowledges, too. */
static struct place place_of(const struct sighting *sighting) {
    return (struct place){.strand = sighting->strand->number,
                          .seq = sighting->seq,
                          .ack = sighting->len ? 0 : sighting->ack,
                          .ip_id = sighting->ip_id,
                          .direction = sighting->direction,
                          .flags = sighting->flags & FLAGS_THAT_STAY};
}

/* --- waiting --- */

struct sighting *capan_match_new(struct capan_stitch *stitch, const struct sighting *like) {
    struct sighting *sighting = stitch->spare;
    if (sighting)
        stitch->spare = sighting->after;
    else
        sighting = capan_new(&stitch->alloc, sizeof *sighting);
    if (!sighting) return NULL;
    *sighting = *like;
    sighting->after = sighting->before = NULL;
    sighting->hints = NULL;
    sighting->placed_loose = false;
    return sighting;
}

static void put_exact(struct stitch_side *side, struct sighting *sighting, const struct place *place) {
    capan_index_add(&side->exact, &sighting->exact, hash_place(&side->exact, place));
}

void capan_match_place(struct capan_stitch *stitch, struct sighting *sighting) {
    struct stitch_side *side = &stitch->side[sighting->side];
    struct place place = place_of(sighting);
    put_exact(side, sighting, &place);
    place.ip_id = 0;
    capan_index_add(&side->loose, &sighting->loose, hash_place(&side->loose, &place));
    sighting->placed_loose = true;
    capan_strand_wait(sighting->strand, sighting);
}

static void unplace_loose(struct stitch_side *side, struct sighting *sighting) {
    if (sighting->placed_loose) capan_index_remove(&side->loose, &sighting->loose);
    sighting->placed_loose = false;
}

static void give_back(struct capan_stitch *stitch, struct sighting *sighting) {
    sighting->after = stitch->spare;
    stitch->spare = sighting;
}

void capan_match_remove(struct capan_stitch *stitch, struct sighting *sighting) {
    struct stitch_side *side = &stitch->side[sighting->side];
    capan_meet_forget(stitch, sighting);
    unplace_loose(side, sighting);
    capan_index_remove(&side->exact, &sighting->exact);
    if (!sighting->done) capan_strand_unwait(sighting);
    give_back(stitch, sighting);
}

/* What has its twin stays for a while: copies of it may come. */
static void keep_done(struct capan_stitch *stitch, struct sighting *sighting, uint32_t twin_frame) {
    struct stitch_side *side = &stitch->side[sighting->side];
    sighting->done = true;
    sighting->twin_frame = twin_frame;
    capan_ages_renew(&side->done, &sighting->exact);
    if (++side->done_count <= stitch->most.done) return;
    side->done_count--;
    struct sighting *oldest = (struct sighting *)capan_ages_oldest(&side->done);
    capan_index_remove(&side->exact, &oldest->exact);
    give_back(stitch, oldest);
}

static void end_waiting(struct capan_stitch *stitch, struct sighting *sighting, uint32_t twin_frame) {
    unplace_loose(&stitch->side[sighting->side], sighting);
    capan_strand_unwait(sighting);
    keep_done(stitch, sighting, twin_frame);
}

/* One that never waited. */
static void begin_done(struct capan_stitch *stitch, struct sighting *sighting, uint32_t twin_frame) {
    const struct place place = place_of(sighting);
    put_exact(&stitch->side[sighting->side], sighting, &place);
    keep_done(stitch, sighting, twin_frame);
}

/* --- where it would be --- */

static struct sighting *loose_of(struct capan_indexed *at) {
    return at ? (struct sighting *)((uint8_t *)at - offsetof(struct sighting, loose)) : NULL;
}

static bool same_place(const struct sought *sought, const struct sighting *other) {
    return other->seq == sought->seq && (sought->sighting->len || other->ack == sought->ack);
}

static struct sighting *find_by_place(struct capan_stitch *stitch, const struct sought *sought) {
    const struct stitch_side *side = &stitch->side[other_side((enum capan_stitch_side)sought->sighting->side)];
    struct choice choice = {.best = NULL};
    struct place place = place_of(sought->sighting);
    place.strand = sought->strand->number;
    place.direction = sought->direction;
    place.seq = sought->seq;
    place.ack = sought->sighting->len ? 0 : sought->ack;
    struct capan_indexed *at = capan_index_first(&side->exact, hash_place(&side->exact, &place));
    for (int i = 0; at && i < CHAIN_MAX; i++, at = capan_index_next(at))
        if (same_place(sought, (struct sighting *)at)) capan_twin_consider(sought, (struct sighting *)at, &choice);
    if (choice.best) return capan_twin_chosen(sought, &choice);
    place.ip_id = 0;
    at = capan_index_first(&side->loose, hash_place(&side->loose, &place));
    for (int i = 0; at && i < CHAIN_MAX; i++, at = capan_index_next(at))
        if (same_place(sought, loose_of(at))) capan_twin_consider(sought, loose_of(at), &choice);
    return capan_twin_chosen(sought, &choice);
}

/* Where the shift of numbers is not known yet: the other SYN, or what else is alike. */
static bool is_alike(const struct sighting *a, const struct sighting *b) {
    if (a->flags & CAPAN_TH_SYN) return true;
    const bool ids = a->ip_id && a->ip_id == b->ip_id, contents = a->content && a->content == b->content;
    return a->len == b->len && (a->seq == b->seq || ids || contents);
}

static struct sighting *find_by_scan(const struct sought *sought) {
    struct choice choice = {.best = NULL};
    struct sighting *at = sought->strand->oldest;
    for (int i = 0; at && i < SCAN_MAX; i++, at = at->after)
        if (is_alike(sought->sighting, at)) capan_twin_consider(sought, at, &choice);
    return capan_twin_chosen(sought, &choice);
}

/* A longer one of the other capture that has these octets behind its begin: what came before them was lost, or comes
 * later. */
static struct sighting *find_around(const struct sought *sought) {
    const struct sighting *sighting = sought->sighting;
    struct sighting *at = sought->strand->newest;
    if (!sighting->len || sought->strand->longest[sought->direction] <= sighting->len) return NULL;
    for (int i = 0; at && i < SCAN_MAX; i++, at = at->before) {
        const int64_t behind = capan_seq_distance(at->seq, sought->seq);
        if (at->len > sighting->len && behind > 0 && behind + sighting->len <= at->len && capan_twin_fits(sought, at))
            return at;
    }
    return NULL;
}

/* --- copies --- */

/* Others of the same capture that are the same packet wait: they are copies, unless they find a twin of their own. */
static void mark_copies(struct capan_stitch *stitch, const struct sighting *of, uint32_t twin_frame) {
    struct stitch_side *side = &stitch->side[of->side];
    const struct place place = place_of(of);
    struct capan_indexed *at = capan_index_first(&side->exact, hash_place(&side->exact, &place));
    for (int i = 0; at && i < CHAIN_MAX; i++, at = capan_index_next(at)) {
        struct sighting *other = (struct sighting *)at;
        if (other == of || other->done || other->strand != of->strand || !capan_sighting_same(of, other)) continue;
        side->copies += !other->twin_frame && !sighting_repeats(other);
        other->twin_frame = twin_frame;
    }
}

static void note_copy(struct capan_stitch *stitch, struct sighting *sighting) {
    struct stitch_side *side = &stitch->side[sighting->side];
    const struct place place = place_of(sighting);
    struct capan_indexed *at = capan_index_first(&side->exact, hash_place(&side->exact, &place));
    for (int i = 0; at && i < CHAIN_MAX && !sighting->twin_frame; i++, at = capan_index_next(at)) {
        const struct sighting *other = (struct sighting *)at;
        if (other->strand == sighting->strand && other->done && capan_sighting_same(sighting, other))
            sighting->twin_frame = other->twin_frame;
    }
    side->copies += sighting->twin_frame && !sighting_repeats(sighting);
}

/* --- twins --- */

static void meet_twin(struct capan_stitch *stitch, struct seam *seam, const struct sighting *sighting,
                      const struct sighting *twin, bool part) {
    const bool is_a = sighting->side == CAPAN_STITCH_A;
    capan_travel(stitch, seam, is_a ? sighting : twin, is_a ? twin : sighting, part);
}

/* The octets [0, len) of it are done with. */
static void advance(struct sighting *sighting, uint32_t len) {
    sighting->seq += len;
    sighting->len -= len;
    sighting->part = true;
}

/* It begins elsewhere now. */
static void place_again(struct capan_stitch *stitch, struct sighting *waiting) {
    struct stitch_side *side = &stitch->side[waiting->side];
    struct place place = place_of(waiting);
    unplace_loose(side, waiting);
    capan_index_remove(&side->exact, &waiting->exact);
    put_exact(side, waiting, &place);
    place.ip_id = 0;
    capan_index_add(&side->loose, &waiting->loose, hash_place(&side->loose, &place));
    waiting->placed_loose = true;
}

/* Octets of a longer one have come, from its begin on. */
static void take_front(struct capan_stitch *stitch, struct sighting *longer, uint32_t len) {
    advance(longer, len);
    place_again(stitch, longer);
}

/* What lies before the octets that have come waits by itself. */
static void split(struct capan_stitch *stitch, struct sighting *longer, uint32_t len) {
    struct sighting *front = capan_match_new(stitch, longer);
    if (front) {
        front->len = len;
        front->part = true;
        capan_match_place(stitch, front);
    } else {
        stitch->failed = true;
    }
    advance(longer, len);
    place_again(stitch, longer);
}

static struct sighting *find(struct capan_stitch *stitch, const struct sought *sought) {
    if (!sought->way->shift_known) return find_by_scan(sought);
    struct sighting *twin = find_by_place(stitch, sought);
    if (twin) return twin;
    twin = find_around(sought);
    if (twin) split(stitch, twin, (uint32_t)capan_seq_distance(twin->seq, sought->seq));
    return twin;
}

static void report_part(struct capan_stitch *stitch, struct seam *seam, const struct sighting *sighting,
                        const struct sighting *twin, uint32_t len) {
    struct sighting mine = *sighting, other = *twin;
    mine.len = other.len = len;
    mine.flags &= (uint8_t)~CAPAN_TH_FIN;
    meet_twin(stitch, seam, &mine, &other, true);
}

bool capan_match(struct capan_stitch *stitch, struct sighting *sighting) {
    struct seam *seam = sighting->strand->seam;
    for (;;) {
        const struct sought sought = capan_twin_seek(stitch, seam, sighting);
        struct sighting *twin = find(stitch, &sought);
        if (!twin) break;
        if (twin->len == sighting->len) {
            meet_twin(stitch, seam, sighting, twin, sighting->part || twin->part);
            mark_copies(stitch, twin, sighting->frame);
            end_waiting(stitch, twin, sighting->frame);
            begin_done(stitch, sighting, twin->frame);
            return true;
        }
        if (twin->len > sighting->len) {
            report_part(stitch, seam, sighting, twin, sighting->len);
            take_front(stitch, twin, sighting->len);
            begin_done(stitch, sighting, twin->frame);
            return true;
        }
        const uint32_t len = twin->len;
        report_part(stitch, seam, sighting, twin, len);
        end_waiting(stitch, twin, sighting->frame);
        advance(sighting, len);
    }
    note_copy(stitch, sighting);
    return false;
}

static bool overlaps(const struct sighting *sighting, struct seen_hole hole) {
    return sighting->len && capan_seq_lt(sighting->seq, hole.to) &&
           capan_seq_lt(hole.from, sighting->seq + sighting->len);
}

void capan_match_acked(struct strand *strand, unsigned direction, struct seen_hole hole, bool acked) {
    const struct seam *seam = strand->seam;
    const unsigned way = direction ^ (strand->side == CAPAN_STITCH_B && seam->flip);
    const bool to_b = strand->side == CAPAN_STITCH_A;
    const struct strand *other = seam->of[other_side((enum capan_stitch_side)strand->side)];
    const uint32_t shift = seam->way[way].shift;
    const struct seen_hole there = {shifted(hole.from, shift, to_b), shifted(hole.to, shift, to_b)};
    struct sighting *at = other->newest;
    for (int i = 0; at && i < ACKED_MAX; i++, at = at->before)
        if (at->direction == (direction ^ seam->flip) && overlaps(at, there)) at->acked = acked;
}

bool capan_match_sent_again(struct capan_stitch *stitch, const struct sighting *sighting) {
    const struct stitch_side *side = &stitch->side[sighting->side];
    struct place place = place_of(sighting);
    place.ip_id = 0;
    struct capan_indexed *at = capan_index_first(&side->loose, hash_place(&side->loose, &place));
    for (int i = 0; at && i < CHAIN_MAX; i++, at = capan_index_next(at)) {
        const struct sighting *other = loose_of(at);
        if (other->strand == sighting->strand && other->seq == sighting->seq && other->frame > sighting->frame)
            return true;
    }
    return false;
}
