/* SPDX-License-Identifier: MIT */
/* A digest of a coded body, streamed: the same octets give the same number however they were split. It tells bodies
 * apart for verdicts; it is no signature. */
#ifndef DIGEST_H
#define DIGEST_H

#include "capan/base.h"

struct capan_digest {
    uint64_t lane[4];
    uint64_t len;
    uint8_t pending[32]; /* the last len % 32 octets */
    uint8_t first[4], last[4];
};

void capan_digest_init(struct capan_digest *digest, uint64_t seed);
void capan_digest_add(struct capan_digest *digest, struct capan_span octets);
/* Of all octets so far; never 0. More may be added afterwards. */
uint64_t capan_digest_value(const struct capan_digest *digest);
/* What a whole gzip file of these octets comes to without its coding, by its trailer (RFC 1952 2.3.1): modulo 2^32, and
 * the last one's where it has several members. 0: nothing, or it is no such file. */
uint32_t capan_digest_gunzipped(const struct capan_digest *digest);

#endif
