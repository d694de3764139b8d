/* SPDX-License-Identifier: MIT */
#include "pair.h"

#include <string.h>

int capan_pair_order(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    int by_address = memcmp(a->address.octets, b->address.octets, sizeof a->address.octets);
    return by_address ? by_address : (int)a->port - (int)b->port;
}

static uint8_t *put_endpoint(uint8_t *to, const struct capan_endpoint *end) {
    size_t len = end->address.version == 6 ? 16 : 4;
    memcpy(to, end->address.octets, len);
    memcpy(to + len, &end->port, sizeof end->port);
    return to + len + sizeof end->port;
}

uint64_t capan_pair_hash(struct capan_hash_key key, const struct capan_endpoint *a, const struct capan_endpoint *b) {
    uint8_t octets[2 * (16 + 2)];
    bool turned = capan_pair_order(a, b) > 0;
    uint8_t *end = put_endpoint(put_endpoint(octets, turned ? b : a), turned ? a : b);
    return capan_hash(key, octets, (size_t)(end - octets));
}
