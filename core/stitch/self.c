/* SPDX-License-Identifier: MIT */
/* One capture that has packets at two places: a mirror of two ports, or all interfaces of a router. Each packet that
 * came by just now, and has not come a second time, is seen at the second place; every other one at the first. */
#include <string.h>

#include "stitching.h"

enum { REMEMBERED = 1 << 15 };
#define LONGEST_NS (INT64_C(1) * 1000000000)

/* The packets of the last moment by what stays the same from place to place. A place in the table has one packet. */
struct self {
    struct self_packet {
        uint64_t digest;
        int64_t time_ns;
        bool paired;
    } packets[REMEMBERED];
};

struct what_stays {
    uint32_t seq, ack, len, stamp, echo, blocks, content;
    uint16_t ip_id;
    uint16_t flags;
};

/* Within a router addresses and ports may be rewritten. */
static uint64_t digest(const struct capan_stitch *stitch, const struct sighting *sighting) {
    const struct what_stays stays = {.seq = sighting->seq,
                                     .ack = sighting->ack,
                                     .len = sighting->len,
                                     .stamp = sighting->stamp,
                                     .echo = sighting->echo,
                                     .blocks = sighting->blocks,
                                     .content = sighting->content,
                                     .ip_id = sighting->ip_id,
                                     .flags = sighting->flags};
    return capan_hash(stitch->side[CAPAN_STITCH_A].exact.key, &stays, sizeof stays);
}

enum capan_stitch_side capan_self_side(struct capan_stitch *stitch, const struct sighting *sighting) {
    if (!stitch->self) stitch->self = capan_new(&stitch->alloc, sizeof *stitch->self);
    if (!stitch->self) {
        stitch->failed = true;
        return CAPAN_STITCH_A;
    }
    const uint64_t its = digest(stitch, sighting);
    struct self_packet *packet = &stitch->self->packets[its & (REMEMBERED - 1)];
    const bool again = packet->digest == its && !packet->paired && sighting->time_ns - packet->time_ns < LONGEST_NS;
    *packet = (struct self_packet){its, sighting->time_ns, again};
    return again ? CAPAN_STITCH_B : CAPAN_STITCH_A;
}

void capan_self_free(struct capan_stitch *stitch) {
    if (stitch->self) capan_delete(&stitch->alloc, stitch->self, sizeof *stitch->self);
}
