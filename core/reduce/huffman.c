/* SPDX-License-Identifier: MIT */
#include "huffman.h"

/* The code is canonical: codes of a length go up with their octets, and from length to length, so that lengths say all
 * of it. EOS, of 30 bits, is the last one, all ones. */
enum { BITS_MOST = 30 };

const uint8_t capan_huffman_bits[256] = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,  5,  5,  5,  6,  6,  6,  6,  6,  6,  6,
    7,  8,  15, 6,  12, 10, 13, 6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
    7,  8,  7,  8,  13, 19, 13, 14, 6,  15, 5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,
    5,  6,  7,  7,  7,  7,  7,  15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24,
    24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22,
    23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26,
    27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23,
    22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
};

/* For each length its first code, how many there are, and their octets in order. */
struct codes {
    uint32_t first[BITS_MOST + 1];
    unsigned count[BITS_MOST + 1], at[BITS_MOST + 1];
    uint8_t octets[256];
};

static void order(struct codes *codes) {
    unsigned at = 0;
    uint32_t code = 0;
    for (unsigned bits = 1; bits <= BITS_MOST; bits++) {
        code <<= 1;
        codes->first[bits] = code;
        codes->at[bits] = at;
        for (unsigned octet = 0; octet < 256; octet++)
            if (capan_huffman_bits[octet] == bits) codes->octets[at++] = (uint8_t)octet;
        codes->count[bits] = at - codes->at[bits];
        code += codes->count[bits];
    }
}

uint64_t capan_huffman_len(const uint8_t *text, size_t len) {
    uint64_t bits = 0;
    for (size_t i = 0; i < len; i++) bits += capan_huffman_bits[text[i]];
    return bits;
}

bool capan_huffman_decode(struct capan_span coded, uint8_t *text, size_t *len) {
    struct codes codes;
    uint32_t code = 0;
    unsigned bits = 0;
    order(&codes);
    *len = 0;
    for (size_t i = 0; i < coded.len * 8; i++) {
        code = code << 1 | (coded.at[i / 8] >> (7 - i % 8) & 1);
        if (++bits > BITS_MOST) return false;
        if (code - codes.first[bits] >= codes.count[bits] || code < codes.first[bits]) continue;
        text[(*len)++] = codes.octets[codes.at[bits] + code - codes.first[bits]];
        code = bits = 0;
    }
    return bits < 8 && code == (1U << bits) - 1; /* what is left is padding: the first bits of EOS */
}

void capan_huffman_encode(const uint8_t *text, size_t len, uint8_t *coded) {
    struct codes codes;
    uint64_t held = 0; /* its last bits have not been written yet */
    unsigned bits = 0;
    order(&codes);
    for (size_t i = 0; i < len; i++) {
        const unsigned more = capan_huffman_bits[text[i]];
        uint32_t code = codes.first[more];
        for (unsigned at = codes.at[more]; codes.octets[at] != text[i]; at++) code++;
        held = held << more | code;
        for (bits += more; bits >= 8; bits -= 8) *coded++ = (uint8_t)(held >> (bits - 8));
    }
    if (bits) *coded = (uint8_t)(held << (8 - bits) | (0xff >> bits));
}
