/* SPDX-License-Identifier: MIT */
/* Strands that have no twin yet: each packet shows hints, and where enough of them point to one strand of the other
 * capture, both are one connection. */
#include <string.h>

#include "stitching.h"

enum {
    ENOUGH = 4,    /* hints, by their weight */
    CHAIN_MAX = 64 /* sightings with the same hint that are looked at */
};

/* --- hints --- */

static uint64_t hash_words(const struct capan_stitch *stitch, uint64_t a, uint64_t b, uint64_t c) {
    const uint64_t words[] = {a, b, c};
    return capan_hash(stitch->side[CAPAN_STITCH_A].hints[HINT_NUMBERS].key, words, sizeof words);
}

static uint64_t hash_endpoint(const struct capan_stitch *stitch, const struct capan_endpoint *endpoint) {
    uint64_t words[2];
    memcpy(words, endpoint->address.octets, sizeof words);
    return hash_words(stitch, words[0], words[1], endpoint->port);
}

static bool is_datagram(const struct sighting *sighting) {
    return sighting->protocol != CAPAN_STITCH_TCP;
}

/* Numbers of both directions are as good as a name; a SYN has one of them, a reset may have none. */
static bool hint_numbers(const struct capan_stitch *stitch, const struct sighting *sighting, uint64_t *hash) {
    const uint8_t flags = sighting->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN | CAPAN_TH_RST);
    if (is_datagram(sighting)) {
        *hash = hash_words(stitch, sighting->seq, sighting->len, sighting->protocol);
        return true;
    }
    *hash = hash_words(stitch, (uint64_t)sighting->seq << 32 | sighting->ack, sighting->len, flags);
    return sighting->seq && (sighting->ack || (flags & CAPAN_TH_SYN));
}

static bool hint_stamps(const struct capan_stitch *stitch, const struct sighting *sighting, uint64_t *hash) {
    *hash = hash_words(stitch, (uint64_t)sighting->stamp << 32 | sighting->echo, sighting->len, HINT_STAMPS);
    return sighting->has_echo && sighting->stamp;
}

/* A SYN's is who sends it to whom. */
static bool hint_content(const struct capan_stitch *stitch, const struct sighting *sighting, uint64_t *hash) {
    const struct capan_endpoint *ends = sighting->strand->ends;
    if (sighting->flags & CAPAN_TH_SYN) {
        *hash = hash_words(stitch, hash_endpoint(stitch, &ends[sighting->direction]),
                           hash_endpoint(stitch, &ends[!sighting->direction]), sighting->flags & CAPAN_TH_ACK);
        return true;
    }
    *hash = hash_words(stitch, sighting->content, sighting->len, HINT_CONTENT);
    return sighting->content != 0 && !is_datagram(sighting);
}

/* How far it lies behind the two first numbers of its connection is the same though both are rewritten. All connections
 * are alike in that: its content must be the same, or, without, its identification. */
static bool hint_place(const struct capan_stitch *stitch, const struct sighting *sighting, uint64_t *hash) {
    const struct strand *strand = sighting->strand;
    const unsigned direction = sighting->direction;
    const uint32_t seq = sighting->seq - strand->syn[direction], ack = sighting->ack - strand->syn[!direction];
    const uint32_t what = sighting->content ? sighting->content : sighting->ip_id;
    *hash = hash_words(stitch, (uint64_t)seq << 32 | ack, (uint64_t)sighting->len << 32 | what, sighting->flags);
    return what && strand->has_syn[0] && strand->has_syn[1] && !(sighting->flags & CAPAN_TH_SYN);
}

/* Where numbers and timestamps are rewritten and the begin is missing, but the ends are the same. */
static bool hint_id(const struct capan_stitch *stitch, const struct sighting *sighting, uint64_t *hash) {
    const uint8_t flags = sighting->flags & (CAPAN_TH_FIN | CAPAN_TH_RST);
    *hash = hash_words(stitch, sighting->ip_id, (uint64_t)sighting->len << 8 | flags, HINT_ID);
    return sighting->ip_id && !(sighting->flags & CAPAN_TH_SYN) && !is_datagram(sighting);
}

static bool (*const hints[HINTS])(const struct capan_stitch *, const struct sighting *,
                                  uint64_t *hash) = {[HINT_NUMBERS] = hint_numbers,
                                                     [HINT_STAMPS] = hint_stamps,
                                                     [HINT_CONTENT] = hint_content,
                                                     [HINT_PLACE] = hint_place,
                                                     [HINT_ID] = hint_id};

static bool same_ends(const struct sighting *a, const struct sighting *b) {
    return same_end(&a->strand->ends[a->direction], &b->strand->ends[b->direction]) &&
           same_end(&a->strand->ends[!a->direction], &b->strand->ends[!b->direction]);
}

static bool same_id(const struct sighting *a, const struct sighting *b) {
    return a->ip_id && a->ip_id == b->ip_id;
}

static bool same_stamp(const struct sighting *a, const struct sighting *b) {
    return a->has_stamp && b->has_stamp && a->stamp == b->stamp;
}

/* Timestamps that are rewritten are as long after the first one as before, but for where that is not known. */
static bool stamps_differ(const struct sighting *a, const struct sighting *b) {
    const uint32_t first_a = a->strand->first_stamp[a->direction], first_b = b->strand->first_stamp[b->direction];
    if (!a->has_stamp || !b->has_stamp) return false;
    return first_a && first_b ? a->stamp - first_a != b->stamp - first_b : a->stamp != b->stamp;
}

static bool differs(const struct sighting *a, const struct sighting *b) {
    return (a->ip_id && b->ip_id && a->ip_id != b->ip_id) || stamps_differ(a, b);
}

static bool same_content(const struct sighting *a, const struct sighting *b) {
    return a->content && a->content == b->content;
}

/* Who opened the connection sends both, or who answered. */
static bool same_role(const struct sighting *a, const struct sighting *b) {
    return a->strand->syn_answers[a->direction] == b->strand->syn_answers[b->direction];
}

/* Ports are used again: a SYN between the same ends is the same where something in it is. */
static int weigh_syn(const struct sighting *a, const struct sighting *b) {
    if (a->seq == b->seq || same_id(a, b) || same_stamp(a, b)) return ENOUGH;
    return a->has_stamp && b->has_stamp ? 0 : ENOUGH / 2;
}

/* A datagram may be the only one between its ends. */
static int weigh_datagram(const struct sighting *a, const struct sighting *b) {
    const bool contents = same_content(a, b);
    if (a->content && b->content && !contents) return 0;
    if (a->ip_id && b->ip_id && !same_id(a, b)) return 1;
    return (same_ends(a, b) ? ENOUGH : 0) + (same_id(a, b) ? ENOUGH - 1 : 0) + (contents ? ENOUGH - 1 : 1);
}

/* What is not numbers is not enough alone; and contents repeat themselves: with other numbers they say nothing. */
static int weigh(enum hint hint, const struct sighting *a, const struct sighting *b) {
    static const int weights[HINTS] = {
        [HINT_NUMBERS] = 3, [HINT_STAMPS] = 2, [HINT_CONTENT] = 1, [HINT_PLACE] = 1, [HINT_ID] = 1};
    const bool opens = (a->flags & (CAPAN_TH_SYN | CAPAN_TH_ACK)) == CAPAN_TH_SYN;
    if (is_datagram(a)) return weigh_datagram(a, b);
    if (hint == HINT_CONTENT && (a->flags & CAPAN_TH_SYN)) return weigh_syn(a, b);
    if (hint == HINT_NUMBERS && opens && same_id(a, b)) return ENOUGH;
    if (hint == HINT_CONTENT && a->seq != b->seq && !same_id(a, b) && !same_stamp(a, b)) return 0;
    if (hint == HINT_ID && !same_ends(a, b)) return 0;
    if (hint == HINT_PLACE && (differs(a, b) || !same_role(a, b))) return 0;
    if (hint == HINT_NUMBERS && !opens && (same_stamp(a, b) || same_content(a, b))) return ENOUGH;
    int weight = weights[hint] - (opens ? 1 : 0);
    if (same_ends(a, b)) weight += 2;
    if (same_id(a, b)) weight += same_content(a, b) ? 2 : 1;
    return hint == HINT_NUMBERS || opens || weight < ENOUGH ? weight : ENOUGH - 1;
}

/* --- candidates --- */

static struct candidate *candidate_of(struct strand *strand, uint64_t number) {
    struct candidate *weakest = &strand->candidates[0];
    for (size_t i = 0; i < CANDIDATES; i++) {
        if (strand->candidates[i].number == number) return &strand->candidates[i];
        if (strand->candidates[i].score < weakest->score) weakest = &strand->candidates[i];
    }
    *weakest = (struct candidate){.number = number};
    return weakest;
}

/* The one sighting of the other capture with that hint; NULL where there is none, or where they are of several
 * connections and nothing else tells which. */
static struct sighting *only_one(struct capan_stitch *stitch, enum hint hint, const struct sighting *sighting,
                                 uint64_t hash) {
    const enum capan_stitch_side side = other_side((enum capan_stitch_side)sighting->side);
    const struct capan_indexed *at = capan_index_first(&stitch->side[side].hints[hint], hash);
    struct sighting *found = NULL;
    int best = -1;
    bool tied = false;
    for (int i = 0; at && i < CHAIN_MAX; i++, at = capan_index_next(at)) {
        const uint8_t *first = (const uint8_t *)at - (size_t)hint * sizeof(struct capan_indexed);
        struct sighting *other = ((const struct hints *)first)->of;
        const int weight = weigh(hint, sighting, other);
        if (weight == best && other->strand != found->strand) tied = true;
        if (weight < best || (weight == best && other->frame > found->frame)) continue;
        if (weight > best) tied = false;
        best = weight;
        found = other;
    }
    return tied ? NULL : found;
}

/* Where numbers are others, only one that is the same packet for sure shows by how much. */
static bool aligns(const struct sighting *a, const struct sighting *b) {
    const bool syn = a->flags & b->flags & CAPAN_TH_SYN, numbers = a->seq == b->seq;
    return a->len == b->len && (syn || numbers || same_id(a, b) || same_content(a, b));
}

/* By how much numbers differ must be the same for all that counts. True when it is enough. */
static bool count_vote(enum hint hint, uint64_t hash, struct sighting *sighting, const struct sighting *other) {
    struct candidate *candidate = candidate_of(sighting->strand, other->strand->number);
    const bool acks = sighting->flags & other->flags & CAPAN_TH_ACK, flip = sighting->direction != other->direction;
    const uint32_t shift = sighting->direction ? other->ack - sighting->ack : other->seq - sighting->seq;
    const int weight = weigh(hint, sighting, other);
    if (!weight || candidate->hash[hint] == hash || (sighting->direction && !acks)) return false;
    if (candidate->flip != flip || candidate->shift != shift) candidate->score = 0;
    candidate->hash[hint] = hash;
    candidate->flip = flip;
    candidate->shift = shift;
    candidate->score += weight;
    return candidate->score >= ENOUGH;
}

static struct sighting *vote(struct capan_stitch *stitch, struct sighting *sighting) {
    for (enum hint hint = 0; hint < HINTS; hint++) {
        uint64_t hash;
        if (!hints[hint](stitch, sighting, &hash)) continue;
        struct sighting *other = only_one(stitch, hint, sighting, hash);
        if (!other) continue;
        if (count_vote(hint, hash, sighting, other) && aligns(sighting, other)) return other;
    }
    return NULL;
}

/* --- in and out --- */

static void give_hints(struct capan_stitch *stitch, struct sighting *sighting) {
    struct stitch_side *side = &stitch->side[sighting->side];
    struct hints *given = capan_new(&stitch->alloc, sizeof *given);
    if (!given) {
        stitch->failed = true;
        return;
    }
    given->of = sighting;
    sighting->hints = given;
    for (enum hint hint = 0; hint < HINTS; hint++) {
        uint64_t hash;
        given->has[hint] = hints[hint](stitch, sighting, &hash);
        if (given->has[hint]) capan_index_add(&side->hints[hint], &given->by[hint], hash);
    }
}

void capan_meet_forget(struct capan_stitch *stitch, struct sighting *sighting) {
    struct hints *given = sighting->hints;
    if (!given) return;
    for (enum hint hint = 0; hint < HINTS; hint++)
        if (given->has[hint]) capan_index_remove(&stitch->side[sighting->side].hints[hint], &given->by[hint]);
    capan_delete(&stitch->alloc, given, sizeof *given);
    sighting->hints = NULL;
}

static void forget_all(struct capan_stitch *stitch, struct strand *strand) {
    for (struct sighting *at = strand->oldest; at; at = at->after) capan_meet_forget(stitch, at);
}

/* What waited is held against each other: each is taken out and looked for as if it had come just now. */
static void replay(struct capan_stitch *stitch, struct strand *strand) {
    size_t left = strand->waiting;
    struct sighting *at = strand->oldest;
    for (struct sighting *next; at && left; at = next, left--) {
        next = at->after;
        struct sighting *again = capan_match_new(stitch, at);
        if (!again) {
            stitch->failed = true;
            return;
        }
        capan_match_remove(stitch, at);
        if (!capan_match(stitch, again)) capan_match_place(stitch, again);
    }
}

void capan_meet(struct capan_stitch *stitch, struct sighting *sighting) {
    struct sighting *other = vote(stitch, sighting);
    if (!other) {
        give_hints(stitch, sighting);
        return;
    }
    struct strand *strand = sighting->strand;
    forget_all(stitch, other->strand);
    forget_all(stitch, strand);
    if (!capan_seam_new(stitch, sighting, other)) {
        stitch->failed = true;
        return;
    }
    replay(stitch, strand);
}

void capan_meet_again(struct capan_stitch *stitch, struct seam *seam) {
    const bool unlike = seam->unlike;
    seam->learned = seam->unlike = false;
    if (unlike) replay(stitch, seam->of[CAPAN_STITCH_A]);
}

void capan_meet_leniently(struct capan_stitch *stitch) {
    stitch->lenient = true;
    struct capan_indexed *at = capan_ages_oldest(&stitch->seams);
    for (; at; at = capan_ages_newer(&stitch->seams, at)) replay(stitch, ((struct seam *)at)->of[CAPAN_STITCH_A]);
}
