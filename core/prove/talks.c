/* SPDX-License-Identifier: MIT */
#include "talks.h"

#include "bytes.h"
#include "seqnum.h"

enum {
    NEAR = 1 << 16,      /* so far from what it sent last a segment may be of the same connection */
    TALKS_OF_A_PAIR = 64 /* looked at, newest first */
};

static bool same_end(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    return a->port == b->port && a->address.version == b->address.version &&
           memcmp(a->address.octets, b->address.octets, sizeof a->address.octets) == 0;
}

static uint64_t hash_end(const struct capan_index *index, const struct capan_endpoint *end) {
    uint8_t octets[19];
    memcpy(octets, end->address.octets, 16);
    octets[16] = end->address.version;
    octets[17] = (uint8_t)(end->port >> 8);
    octets[18] = (uint8_t)end->port;
    return capan_hash(index->key, octets, sizeof octets);
}

/* The side that sends it; -1: it is not between these. */
static int side_of(const struct talk *talk, const struct capan_endpoint ends[2]) {
    for (int i = 0; i < 2; i++)
        if (same_end(&talk->end[i], &ends[0]) && same_end(&talk->end[!i], &ends[1])) return i;
    return -1;
}

static bool is_near(const struct side *side, int64_t number, uint32_t raw) {
    if (!side->based) return true;
    const int64_t distance = capan_seq_distance((uint32_t)(number + side->base), raw);
    const int64_t reach = NEAR + (int64_t)side->window;
    return distance <= reach && distance >= -reach;
}

/* A SYN with another number than that of the connection begins one (RFC 9293 3.6.1); so does one behind its end. */
static bool begins_another(const struct talk *talk, int from, const struct capan_tcp_header *header) {
    const struct side *me = &talk->side[from];
    if (!(header->flags & CAPAN_TH_SYN) || header->flags & CAPAN_TH_RST) return false;
    if ((me->has_syn || me->spoke) && me->based && (uint32_t)me->base != header->seq) return true;
    return !(header->flags & CAPAN_TH_ACK) && talk->over &&
           !(me->has_syn && !me->spoke && !me->fin_frame && !me->rst_frame);
}

/* 2: on its path; 1: by its numbers; 0: not of it. */
static int fit(const struct talk *talk, int from, const struct capan_packet *packet,
               const struct capan_tcp_header *header) {
    const struct side *me = &talk->side[from], *peer = &talk->side[!from], *known = me->path_known ? me : peer;
    if (known->path == packet->path) return 2;
    if (header->flags & CAPAN_TH_SYN) return 0;
    if (!is_near(me, me->sent, header->seq)) return 0;
    return !(header->flags & CAPAN_TH_ACK) || is_near(peer, peer->sent, header->ack);
}

static struct talk *begin_talk(struct recording *recording, const struct capan_endpoint ends[2], uint64_t hash) {
    struct talk *talk = capan_new(recording->alloc, sizeof *talk);
    if (!talk) return NULL;
    for (int i = 0; i < 2; i++) {
        talk->end[i] = ends[i];
        talk->side[i].newest = RECORD_NONE;
    }
    talk->number = recording->talk_count++;
    talk->next = recording->all;
    recording->all = talk;
    capan_index_add(&recording->talks, &talk->in, hash);
    return talk;
}

/* --- a SYN in an open connection --- */

enum { NEAR_SYN = 1 << 20 /* octets: so many the capture may lack */ };

static bool follows_syn(const struct talk *begun, bool from_opener, const struct capan_tcp_header *header) {
    if (!from_opener && !(header->flags & CAPAN_TH_ACK)) return false;
    const int64_t behind = capan_seq_distance((uint32_t)begun->side[0].base, from_opener ? header->seq : header->ack);
    return behind > 0 && behind <= NEAR_SYN;
}

static bool fits_old(const struct talk *old, int from, const struct capan_tcp_header *header) {
    const struct side *me = &old->side[from], *peer = &old->side[!from];
    if (header->flags & CAPAN_TH_SYN) return me->has_syn && (uint32_t)me->base == header->seq;
    return is_near(me, me->sent, header->seq) &&
           (!(header->flags & CAPAN_TH_ACK) || is_near(peer, peer->sent, header->ack));
}

/* The old connection goes on: what seemed to begin another was of it (RFC 9293 3.10.7.4). */
static void give_back(struct recording *recording, struct talk *begun, struct talk *old) {
    const int from = same_end(&old->end[0], &begun->end[0]) ? 0 : 1;
    const struct side *me = &old->side[from], *peer = &old->side[!from];
    for (uint32_t i = begun->side[0].newest; i != RECORD_NONE; i = recording->records[i].before) {
        struct record *record = &recording->records[i];
        const uint32_t raw = (uint32_t)(record->seq + begun->side[0].base);
        const int64_t len = record->end - record->seq;
        record->talk = old->number;
        record->side = (uint8_t)from;
        record->seq = capan_seq_unwrap(raw, (uint32_t)me->base, me->sent);
        record->end = record->seq + len;
        if (record->has_ack)
            record->ack =
                capan_seq_unwrap((uint32_t)(record->ack + begun->side[1].base), (uint32_t)peer->base, peer->sent);
    }
    capan_index_remove(&recording->talks, &begun->in);
    old->side[from].last_frame = begun->side[0].last_frame;
}

/* Which of the two it is of. */
static struct talk *settle(struct recording *recording, struct talk *begun, int from,
                           const struct capan_tcp_header *header) {
    struct talk *old = begun->old;
    const bool from_opener = same_end(&begun->end[0], &old->end[from]), fits = fits_old(old, from, header);
    const bool again = header->flags & CAPAN_TH_SYN && from_opener && header->seq == (uint32_t)begun->side[0].base;
    if (again) return begun;
    if (fits && !(header->flags & CAPAN_TH_SYN) && from_opener && !old->over && !(header->flags & CAPAN_TH_RST)) {
        give_back(recording, begun, old);
        return old;
    }
    if (fits) return old;
    if (!follows_syn(begun, from_opener, header) && !old->over && !(header->flags & CAPAN_TH_SYN)) return old;
    begun->old = NULL;
    return begun;
}

struct talk *capan_talk_of(struct recording *recording, const struct capan_packet *packet,
                           const struct capan_tcp_header *header, int *from, bool *reopens) {
    const struct capan_endpoint ends[2] = {{packet->src, header->src_port}, {packet->dst, header->dst_port}};
    const uint64_t hash = hash_end(&recording->talks, &ends[0]) ^ hash_end(&recording->talks, &ends[1]);
    struct talk *best = NULL;
    int best_fit = 0, looked = 0;
    for (struct capan_indexed *at = capan_index_first(&recording->talks, hash); at && looked < TALKS_OF_A_PAIR;
         at = capan_index_next(at), looked++) {
        struct talk *talk = (struct talk *)at;
        const int side = side_of(talk, ends), fits = side < 0 ? 0 : fit(talk, side, packet, header);
        if (fits <= best_fit) continue;
        best = talk;
        best_fit = fits;
    }
    if (best && best->old) best = settle(recording, best, side_of(best->old, ends), header);
    *from = best ? side_of(best, ends) : 0;
    *reopens = best && begins_another(best, *from, header);
    if (best && !*reopens) return best;
    struct talk *begun = begin_talk(recording, ends, hash);
    *from = 0;
    if (begun && best && !best->over) begun->old = best;
    return begun;
}
