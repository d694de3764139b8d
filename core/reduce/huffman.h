/* SPDX-License-Identifier: MIT */
/* Strings of HPACK and QPACK in Huffman's code (RFC 7541 5.2). */
#ifndef HUFFMAN_H
#define HUFFMAN_H

#include "capan/base.h"

/* Bits of each octet's code (RFC 7541 appendix B). */
extern const uint8_t capan_huffman_bits[256];

/* Bits of all octets of a text. */
uint64_t capan_huffman_len(const uint8_t *text, size_t len);
/* Octets that so many bits are padded to. */
static inline uint64_t capan_huffman_octets(uint64_t bits) {
    return (bits + 7) / 8;
}

/* text must have room for coded.len * 8 / 5 octets; *len of them are written. False: it is no such code. */
bool capan_huffman_decode(struct capan_span coded, uint8_t *text, size_t *len);
/* The code of len octets, padded by ones: capan_huffman_octets(capan_huffman_len()) octets. */
void capan_huffman_encode(const uint8_t *text, size_t len, uint8_t *coded);

#endif
