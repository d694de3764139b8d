/* SPDX-License-Identifier: MIT */
/* IP fragments put together (RFC 791 3.2, RFC 8200 4.5), within bounds of number, octets and time. */
#ifndef FRAGMENTS_H
#define FRAGMENTS_H

#include "capan/base.h"
#include "index.h"

struct capan_datagram;

/* Which datagram a fragment is part of. protocol is 0 for IPv6, which does not tell datagrams apart by it. */
struct capan_fragment_key {
    struct capan_address src, dst;
    uint32_t id, path;
    uint8_t protocol;
};

struct capan_fragment {
    struct capan_fragment_key key;
    int64_t time_ns;
    uint32_t offset;     /* in octets, a multiple of 8 */
    bool more;           /* not the last one */
    uint8_t next_header; /* in IPv6, that of the fragment at offset 0 counts */
    struct capan_span octets;
};

/* A datagram that has become whole. octets are valid until the next datagram becomes whole. */
struct capan_whole {
    struct capan_span octets;
    uint8_t next_header;
};

/* Owned by the caller: init, then free. Must stay where it is. */
struct capan_fragments {
    const struct capan_alloc *alloc;
    struct capan_index index; /* datagrams that wait */
    struct capan_datagram *whole;
    size_t held;   /* octets that they hold */
    uint64_t lost; /* fragments given up: late, contradictory, or too many */
    bool refused;  /* or memory was refused to them */
};

void capan_fragments_init(struct capan_fragments *fragments, const struct capan_alloc *alloc);
void capan_fragments_free(struct capan_fragments *fragments);

/* Equal for fragments of one datagram, by a key that is the object's own. */
uint64_t capan_fragments_hash(const struct capan_fragments *fragments, const struct capan_fragment_key *key);

/* True when the fragment makes its datagram whole. Octets that were there first stay (RFC 791 leaves it open; hosts
 * differ); in IPv6 an overlap voids the datagram (RFC 5722 4). Without memory a fragment is lost. */
bool capan_fragments_add(struct capan_fragments *fragments, const struct capan_fragment *fragment,
                         struct capan_whole *whole);

/* Gives up everything that waits. */
void capan_fragments_drop(struct capan_fragments *fragments);

#endif
