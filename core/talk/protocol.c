/* SPDX-License-Identifier: MIT */
#include "protocol.h"

#include "field.h"

static const struct capan_protocol *const protocols[] = {
#define CAPAN_X(name) &name,
    CAPAN_TALK_PROTOCOLS(CAPAN_X)
#undef CAPAN_X
};
enum { PROTOCOL_COUNT = sizeof protocols / sizeof *protocols };

static bool is_known(const struct capan_protocol *protocol, const struct capan_medium *medium) {
    return !protocol->is_known || protocol->is_known(medium);
}

const struct capan_protocol *capan_protocol_of_octets(const struct capan_medium *medium, enum capan_direction direction,
                                                      struct capan_span first, enum capan_direction *client,
                                                      bool *perhaps) {
    *perhaps = false;
    for (size_t i = 0; i < PROTOCOL_COUNT; i++) {
        if (!protocols[i]->begins || !is_known(protocols[i], medium)) continue;
        enum capan_begins begins = protocols[i]->begins(medium, direction, first, client);
        if (begins == CAPAN_BEGINS) return protocols[i];
        *perhaps |= begins == CAPAN_BEGINS_PERHAPS;
    }
    return NULL;
}

const struct capan_protocol *capan_protocol_of_upgrade(const struct capan_medium *medium, struct capan_span name) {
    for (size_t i = 0; i < PROTOCOL_COUNT; i++) {
        const struct capan_protocol *protocol = protocols[i];
        if (protocol->upgrade && capan_is_word(name, protocol->upgrade) && is_known(protocol, medium)) return protocol;
    }
    return NULL;
}
