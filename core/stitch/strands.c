/* SPDX-License-Identifier: MIT */
#include "stitching.h"

#include <string.h>

struct ends {
    struct capan_address address[2];
    uint16_t port[2];
};

static int compare_ends(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    const int by_address = memcmp(&a->address, &b->address, sizeof a->address);
    return by_address ? by_address : (int)a->port - (int)b->port;
}

/* The same whoever sends. */
static uint64_t hash_ends(const struct capan_index *index, const struct capan_endpoint *a,
                          const struct capan_endpoint *b) {
    const bool swap = compare_ends(a, b) > 0;
    const struct capan_endpoint *low = swap ? b : a, *high = swap ? a : b;
    struct ends ends;
    memset(&ends, 0, sizeof ends);
    ends.address[0] = low->address;
    ends.address[1] = high->address;
    ends.port[0] = low->port;
    ends.port[1] = high->port;
    return capan_hash(index->key, &ends, sizeof ends);
}

static int direction_of(const struct strand *strand, const struct capan_endpoint *from,
                        const struct capan_endpoint *to) {
    if (same_end(&strand->ends[0], from) && same_end(&strand->ends[1], to)) return 0;
    return same_end(&strand->ends[1], from) && same_end(&strand->ends[0], to) ? 1 : -1;
}

/* A SYN-ACK that was recorded before its SYN. */
static bool answers_another(const struct strand *strand, const struct sighting *sighting, int direction) {
    const bool other = strand->has_syn[direction] && strand->syn[direction] != sighting->seq;
    return other && strand->has_syn[!direction] && strand->syn[!direction] + 1 != sighting->ack;
}

/* Another SYN on the same ports and the same path begins another connection, but where both ends send one at once
 * (RFC 9293 3.5), and where its answer was recorded before it. */
static bool begins_anew(const struct strand *strand, const struct sighting *sighting, int direction,
                        const struct capan_packet *packet) {
    if (!(sighting->flags & CAPAN_TH_SYN) || packet->path != strand->path) return false;
    if (sighting->flags & CAPAN_TH_ACK) return answers_another(strand, sighting, direction);
    if (strand->has_acked[direction] && strand->acked[direction] - (sighting->seq + 1) <= sighting->len) return false;
    if (!strand->has_syn[direction]) return strand->answered || !strand->has_syn[!direction];
    return strand->syn[direction] != sighting->seq;
}

static struct strand *find(const struct capan_index *strands, uint64_t hash, const struct capan_endpoint ends[2],
                           uint8_t protocol, int *direction) {
    struct capan_indexed *at = capan_index_first(strands, hash);
    for (; at; at = capan_index_next(at)) {
        struct strand *strand = (struct strand *)at;
        *direction = strand->protocol == protocol ? direction_of(strand, &ends[0], &ends[1]) : -1;
        if (*direction >= 0) return strand;
    }
    return NULL;
}

static struct strand *strand_new(struct capan_stitch *stitch, enum capan_stitch_side side,
                                 const struct capan_packet *packet, const struct capan_endpoint ends[2],
                                 uint8_t protocol) {
    struct strand *strand = capan_new(&stitch->alloc, sizeof *strand);
    if (!strand) return NULL;
    strand->side = (uint8_t)side;
    strand->protocol = protocol;
    strand->number = ++stitch->strand_count;
    strand->ends[0] = ends[0];
    strand->ends[1] = ends[1];
    strand->path = packet->path;
    strand->first_frame = packet->frame;
    strand->first_ns = packet->time_ns;
    return strand;
}

static void make_room(struct capan_stitch *stitch, struct capan_index *strands) {
    struct strand *oldest = (struct strand *)capan_index_oldest(strands);
    if (strands->count < stitch->most.strands) return;
    stitch->totals.given_up += oldest->protocol == CAPAN_STITCH_TCP || oldest->waiting;
    capan_strand_retire(stitch, oldest);
}

/* What is not SYN of the server is sent by who opened it; a SYN-ACK by the other one. */
static void begin(struct strand *strand, const struct sighting *sighting, uint32_t stream) {
    const uint8_t both = CAPAN_TH_SYN | CAPAN_TH_ACK;
    strand->stream = stream;
    strand->client = (sighting->flags & both) == both;
    if (!(sighting->flags & CAPAN_TH_SYN)) strand->client = strand->ends[0].port < strand->ends[1].port;
}

/* Where both open at once, the answer to the other's SYN has the number of the own one, and is none sent again. */
static void note_syn(struct strand *strand, struct sighting *sighting) {
    const unsigned direction = sighting->direction;
    const bool answers = sighting->flags & CAPAN_TH_ACK, same = strand->syn_answers[direction] == answers;
    sighting->again = strand->has_syn[direction] && strand->syn[direction] == sighting->seq && same;
    strand->has_syn[direction] = true;
    strand->syn[direction] = sighting->seq;
    strand->first_stamp[direction] = sighting->stamp;
    strand->syn_answers[direction] = answers;
}

struct strand *capan_strand_of(struct capan_stitch *stitch, enum capan_stitch_side side,
                               const struct capan_packet *packet, struct sighting *sighting, uint32_t stream) {
    struct capan_index *strands = &stitch->side[side].strands;
    const uint8_t *octets = packet->octets.at;
    const struct capan_endpoint ends[2] = {{packet->src, (uint16_t)(octets[0] << 8 | octets[1])},
                                           {packet->dst, (uint16_t)(octets[2] << 8 | octets[3])}};
    const uint64_t hash = hash_ends(strands, &ends[0], &ends[1]);
    int direction = -1;
    struct strand *strand = find(strands, hash, ends, CAPAN_STITCH_TCP, &direction);
    if (!strand || begins_anew(strand, sighting, direction, packet)) {
        make_room(stitch, strands);
        strand = strand_new(stitch, side, packet, ends, CAPAN_STITCH_TCP);
        if (!strand) return NULL;
        direction = 0;
        begin(strand, sighting, stream);
        capan_index_add(strands, &strand->in, hash);
    } else {
        capan_index_renew(strands, &strand->in);
    }
    sighting->direction = (uint8_t)direction;
    if (sighting->flags & CAPAN_TH_ACK) strand->answered = true;
    if (sighting->flags & CAPAN_TH_SYN) note_syn(strand, sighting);
    return strand;
}

struct strand *capan_strand_of_datagram(struct capan_stitch *stitch, enum capan_stitch_side side,
                                        const struct capan_packet *packet, const struct capan_endpoint ends[2],
                                        struct sighting *sighting) {
    struct capan_index *flows = &stitch->side[side].flows;
    const uint64_t hash = hash_ends(flows, &ends[0], &ends[1]);
    int direction = 0;
    struct strand *strand = find(flows, hash, ends, sighting->protocol, &direction);
    if (strand) {
        capan_index_renew(flows, &strand->in);
    } else {
        make_room(stitch, flows);
        strand = strand_new(stitch, side, packet, ends, sighting->protocol);
        if (!strand) return NULL;
        direction = 0;
        strand->client = ends[0].port < ends[1].port;
        capan_index_add(flows, &strand->in, hash);
    }
    sighting->direction = (uint8_t)direction;
    return strand;
}

struct strand *capan_strand_find(struct capan_stitch *stitch, enum capan_stitch_side side,
                                 const struct capan_endpoint *one, const struct capan_endpoint *other,
                                 uint32_t stream) {
    const struct capan_index *strands = &stitch->side[side].strands;
    struct capan_indexed *at = capan_index_first(strands, hash_ends(strands, one, other));
    for (; at; at = capan_index_next(at)) {
        struct strand *strand = (struct strand *)at;
        if (strand->stream == stream && direction_of(strand, one, other) >= 0) return strand;
    }
    return NULL;
}

void capan_strand_retire(struct capan_stitch *stitch, struct strand *strand) {
    if (strand->seam) {
        capan_seam_end(stitch, strand->seam);
        return;
    }
    while (strand->oldest) capan_match_remove(stitch, strand->oldest);
    capan_account_alone(stitch, strand);
    capan_index_remove(strands_of(stitch, strand), &strand->in);
    capan_delete(&stitch->alloc, strand, sizeof *strand);
}

void capan_strand_wait(struct strand *strand, struct sighting *sighting) {
    sighting->before = strand->newest;
    sighting->after = NULL;
    if (strand->newest)
        strand->newest->after = sighting;
    else
        strand->oldest = sighting;
    strand->newest = sighting;
    strand->waiting++;
}

void capan_strand_unwait(struct sighting *sighting) {
    struct strand *strand = sighting->strand;
    if (sighting->before)
        sighting->before->after = sighting->after;
    else
        strand->oldest = sighting->after;
    if (sighting->after)
        sighting->after->before = sighting->before;
    else
        strand->newest = sighting->before;
    sighting->before = sighting->after = NULL;
    strand->waiting--;
}
