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
        uint32_t mark; /* of the first place */
        uint32_t open; /* how many like it have not come a second time */
    } packets[REMEMBERED];
    uint64_t unlike, alike; /* those that came a second time with another mark, and with the same */
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

/* By what the places of one capture differ: a VLAN or tunnel, and a router between. */
static uint32_t mark_of(const struct sighting *sighting, const struct capan_packet *packet) {
    return packet->path ^ (uint32_t)sighting->ttl << 24;
}

/* Resets and ACKs that are all alike are sent in bursts: where packets come a second time with another mark, one with
 * the same mark is another packet. */
static bool is_second(struct self *self, struct self_packet *packet, uint32_t mark) {
    const bool same = packet->mark == mark;
    if (!packet->open || (same && self->unlike > 4 * self->alike)) return false;
    *(same ? &self->alike : &self->unlike) += 1;
    packet->open--;
    return true;
}

enum capan_stitch_side capan_self_side(struct capan_stitch *stitch, const struct sighting *sighting,
                                       const struct capan_packet *of) {
    if (!stitch->self) stitch->self = capan_new(&stitch->alloc, sizeof *stitch->self);
    if (!stitch->self) {
        stitch->failed = true;
        return CAPAN_STITCH_A;
    }
    const uint64_t its = digest(stitch, sighting);
    const uint32_t mark = mark_of(sighting, of);
    struct self_packet *packet = &stitch->self->packets[its & (REMEMBERED - 1)];
    const bool known = packet->digest == its && sighting->time_ns - packet->time_ns < LONGEST_NS;
    if (known && is_second(stitch->self, packet, mark)) return CAPAN_STITCH_B;
    const uint32_t open = known && packet->mark == mark ? packet->open : 0;
    *packet = (struct self_packet){its, sighting->time_ns, mark, open + 1};
    return CAPAN_STITCH_A;
}

void capan_self_free(struct capan_stitch *stitch) {
    if (stitch->self) capan_delete(&stitch->alloc, stitch->self, sizeof *stitch->self);
}
