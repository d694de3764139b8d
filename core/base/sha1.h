/* SPDX-License-Identifier: MIT */
/* SHA-1 (RFC 3174), for names that other tools make by it. It protects nothing. */
#ifndef SHA1_H
#define SHA1_H

#include <stddef.h>
#include <stdint.h>

#define CAPAN_SHA1 20 /* octets */

void capan_sha1(const uint8_t *octets, size_t len, uint8_t hash[CAPAN_SHA1]);

#endif
