/* SPDX-License-Identifier: MIT */
#include "fragments.h"

#include "bytes.h"

#define DATAGRAM_MAX 65535u
#define BLOCK        8u
#define BLOCKS       (DATAGRAM_MAX / BLOCK + 1)
#define CAPACITY_MIN ((size_t)2048)
#define COUNT_MAX    1024
#define HELD_MAX     ((size_t)8 * 1024 * 1024)
#define WAIT_NS      (INT64_C(60) * 1000000000) /* RFC 8200 4.5; RFC 1122 3.3.2 for IPv4 */

/* A datagram that waits for fragments. received has a bit for each block of eight octets, as in the example procedure
 * of RFC 791 3.2. */
struct capan_datagram {
    struct capan_indexed in;
    struct capan_fragment_key key;
    int64_t first_ns;
    uint32_t total; /* octets; 0 until the last fragment is there */
    uint32_t end;   /* of the fragment that reaches furthest */
    uint32_t blocks;
    uint32_t pieces; /* fragments that arrived, used or not */
    bool is_void;    /* fragments overlapped: those that are still to come are ignored, too */
    uint8_t next_header;
    size_t capacity;
    uint8_t *octets;
    uint8_t received[(BLOCKS + 7) / 8];
};

uint64_t capan_fragments_hash(const struct capan_fragments *fragments, const struct capan_fragment_key *key) {
    const uint32_t numbers[] = {key->id, key->path, key->protocol};
    uint8_t octets[16 + 16 + sizeof numbers];
    memcpy(octets, key->src.octets, 16);
    memcpy(octets + 16, key->dst.octets, 16);
    memcpy(octets + 32, numbers, sizeof numbers);
    return capan_hash(fragments->index.key, octets, sizeof octets);
}

static bool same_key(const struct capan_fragment_key *a, const struct capan_fragment_key *b) {
    return a->id == b->id && a->path == b->path && a->protocol == b->protocol && a->src.version == b->src.version &&
           memcmp(a->src.octets, b->src.octets, 16) == 0 && memcmp(a->dst.octets, b->dst.octets, 16) == 0;
}

static void destroy(struct capan_fragments *fragments, struct capan_datagram *datagram) {
    if (!datagram) return;
    capan_delete(fragments->alloc, datagram->octets, datagram->capacity);
    capan_delete(fragments->alloc, datagram, sizeof *datagram);
}

static void take_out(struct capan_fragments *fragments, struct capan_datagram *datagram) {
    capan_index_remove(&fragments->index, &datagram->in);
    fragments->held -= datagram->capacity;
}

static struct capan_datagram *oldest(const struct capan_fragments *fragments) {
    return (struct capan_datagram *)capan_index_oldest(&fragments->index);
}

static void give_up(struct capan_fragments *fragments, struct capan_datagram *datagram) {
    fragments->lost += datagram->pieces;
    take_out(fragments, datagram);
    destroy(fragments, datagram);
}

static struct capan_datagram *find(const struct capan_fragments *fragments, const struct capan_fragment_key *key) {
    struct capan_indexed *at = capan_index_first(&fragments->index, capan_fragments_hash(fragments, key));
    while (at && !same_key(&((struct capan_datagram *)at)->key, key)) at = capan_index_next(at);
    return (struct capan_datagram *)at;
}

static struct capan_datagram *begin(struct capan_fragments *fragments, const struct capan_fragment *fragment) {
    if (fragments->index.count >= COUNT_MAX) give_up(fragments, oldest(fragments));
    struct capan_datagram *datagram = capan_new(fragments->alloc, sizeof *datagram);
    if (!datagram) fragments->refused = true;
    if (!datagram) return NULL;
    datagram->key = fragment->key;
    datagram->first_ns = fragment->time_ns;
    capan_index_add(&fragments->index, &datagram->in, capan_fragments_hash(fragments, &fragment->key));
    return datagram;
}

static bool has_block(const struct capan_datagram *datagram, uint32_t block) {
    return datagram->received[block / 8] >> block % 8 & 1;
}

static bool overlaps(const struct capan_datagram *datagram, uint32_t start, uint32_t end) {
    for (uint32_t block = start / BLOCK; block * BLOCK < end; block++)
        if (has_block(datagram, block)) return true;
    return false;
}

/* Makes room for octets up to end; gives up other datagrams where all hold too many. Room doubles: a datagram that
 * comes in fragments of eight octets would otherwise be copied eight thousand times. */
static bool make_room(struct capan_fragments *fragments, struct capan_datagram *datagram, uint32_t end) {
    if (end <= datagram->capacity) return true;
    size_t capacity = datagram->capacity ? datagram->capacity : CAPACITY_MIN;
    while (capacity < end) capacity *= 2;
    size_t more = capacity - datagram->capacity;
    while (fragments->held + more > HELD_MAX) {
        if (oldest(fragments) == datagram) return false;
        give_up(fragments, oldest(fragments));
    }
    const struct capan_alloc *alloc = fragments->alloc;
    uint8_t *grown = alloc->resize(alloc->context, datagram->octets, datagram->capacity, capacity);
    if (!grown) fragments->refused = true;
    if (!grown) return false;
    datagram->octets = grown;
    datagram->capacity = capacity;
    fragments->held += more;
    return true;
}

static void copy_blocks(struct capan_datagram *datagram, uint32_t offset, struct capan_span octets) {
    for (uint32_t at = 0; at < octets.len; at += BLOCK) {
        uint32_t block = (offset + at) / BLOCK;
        if (has_block(datagram, block)) continue;
        datagram->received[block / 8] |= (uint8_t)(1u << block % 8);
        datagram->blocks++;
        memcpy(datagram->octets + offset + at, octets.at + at, min_u32(BLOCK, (uint32_t)octets.len - at));
    }
}

/* Lengths that cannot be: nothing, beyond what IP can hold, or another end than the one that was told. */
static bool impossible(const struct capan_datagram *datagram, const struct capan_fragment *fragment, uint32_t end) {
    if (end == fragment->offset || end > DATAGRAM_MAX) return true;
    if (datagram->total && end > datagram->total) return true;
    return !fragment->more && (end < datagram->end || (datagram->total && end != datagram->total));
}

/* IPv6 lets exact duplicates pass and voids on anything else. True: the fragment is dealt with. */
static bool overlap_voids(struct capan_fragments *fragments, struct capan_datagram *datagram, uint32_t start,
                          uint32_t end) {
    if (datagram->key.src.version != 6 || !overlaps(datagram, start, end)) return false;
    for (uint32_t block = start / BLOCK; block * BLOCK < end; block++) {
        if (has_block(datagram, block)) continue;
        datagram->is_void = true;
        fragments->held -= datagram->capacity;
        capan_delete(fragments->alloc, datagram->octets, datagram->capacity);
        datagram->octets = NULL;
        datagram->capacity = 0;
        break;
    }
    return true;
}

/* Copies the fragment's octets into the datagram. */
static void put(struct capan_fragments *fragments, struct capan_datagram *datagram,
                const struct capan_fragment *fragment) {
    /* All fragments but the last end on a block (RFC 791 3.2); octets beyond the end of a block are ignored. */
    uint32_t len = (uint32_t)fragment->octets.len, end = fragment->offset + (fragment->more ? len & ~(BLOCK - 1) : len);
    datagram->pieces++;
    if (datagram->is_void || impossible(datagram, fragment, end)) return;
    if (overlap_voids(fragments, datagram, fragment->offset, end)) return;
    if (!make_room(fragments, datagram, end)) return;
    copy_blocks(datagram, fragment->offset, span_cut(fragment->octets, 0, end - fragment->offset));
    if (end > datagram->end) datagram->end = end;
    if (!fragment->more) datagram->total = end;
    if (fragment->offset == 0) datagram->next_header = fragment->next_header;
}

bool capan_fragments_add(struct capan_fragments *fragments, const struct capan_fragment *fragment,
                         struct capan_whole *whole) {
    while (fragments->index.count && fragment->time_ns - WAIT_NS > oldest(fragments)->first_ns)
        give_up(fragments, oldest(fragments));
    struct capan_datagram *datagram = find(fragments, &fragment->key);
    if (!datagram) datagram = begin(fragments, fragment);
    if (!datagram) {
        fragments->lost++;
        return false;
    }
    put(fragments, datagram, fragment);
    if (!datagram->total || datagram->blocks < (datagram->total + BLOCK - 1) / BLOCK) return false;
    take_out(fragments, datagram);
    /* Not earlier: the octets of this fragment may lie in the datagram that became whole before. */
    destroy(fragments, fragments->whole);
    fragments->whole = datagram;
    *whole = (struct capan_whole){{datagram->octets, datagram->total}, datagram->next_header};
    return true;
}

/* Where the table lies in memory nobody knows who writes a capture: he cannot choose what meets in a bucket. */
void capan_fragments_init(struct capan_fragments *fragments, const struct capan_alloc *alloc) {
    *fragments = (struct capan_fragments){.alloc = alloc};
    capan_index_init(&fragments->index, (uintptr_t)fragments, alloc);
}

void capan_fragments_drop(struct capan_fragments *fragments) {
    while (fragments->index.count) give_up(fragments, oldest(fragments));
}

void capan_fragments_free(struct capan_fragments *fragments) {
    capan_fragments_drop(fragments);
    destroy(fragments, fragments->whole);
    fragments->whole = NULL;
    capan_index_free(&fragments->index);
}
