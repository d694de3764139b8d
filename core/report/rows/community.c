/* SPDX-License-Identifier: MIT */
#include "community.h"

#include <string.h>

#include "sha1.h"

enum { TCP = 6, HEAD = 2, ADDRESS = 16, TAIL = 6, GROUP = 3 };

static size_t length_of(const struct capan_address *address) {
    return address->version == 6 ? 16 : 4;
}

/* Which end comes first in the hash: the lower address, then the lower port. */
static bool is_lower(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    const int order = memcmp(a->address.octets, b->address.octets, length_of(&a->address));
    return order ? order < 0 : a->port < b->port;
}

static uint8_t *put_address(uint8_t *to, const struct capan_address *address) {
    memcpy(to, address->octets, length_of(address));
    return to + length_of(address);
}

static uint8_t *put_port(uint8_t *to, uint16_t port) {
    to[0] = (uint8_t)(port >> 8);
    to[1] = (uint8_t)port;
    return to + 2;
}

/* RFC 4648 4, of a hash that one octet is added to: the last character stands for it, as '='. */
static void put_base64(char *to, const uint8_t octets[CAPAN_SHA1 + 1]) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (unsigned i = 0; i < CAPAN_SHA1 + 1; i += GROUP) {
        const uint32_t group = (uint32_t)octets[i] << 16 | (uint32_t)octets[i + 1] << 8 | octets[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) *to++ = digits[group >> shift & 63];
    }
    to[-1] = '=';
    *to = 0;
}

void capan_community_id(const struct capan_endpoint *a, const struct capan_endpoint *b, char text[CAPAN_COMMUNITY_ID]) {
    uint8_t octets[HEAD + 2 * ADDRESS + TAIL] = {0}, hash[CAPAN_SHA1 + 1] = {0};
    const struct capan_endpoint *first = is_lower(a, b) ? a : b, *second = first == a ? b : a;
    uint8_t *to = put_address(put_address(octets + HEAD, &first->address), &second->address);
    *to = TCP;
    to = put_port(put_port(to + 2, first->port), second->port);
    capan_sha1(octets, (size_t)(to - octets), hash);
    memcpy(text, "1:", 2);
    put_base64(text + 2, hash);
}
