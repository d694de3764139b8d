/* SPDX-License-Identifier: MIT */
#include "midway.h"

#include "bytes.h"

enum { HEADER_LEN = 9, LENGTH_MAX = 1 << 14, TRIES_MAX = 64, FRAMES_MIN = 3, ANY_LENGTH = 0 };
enum { ON_A_STREAM = 1, ON_THE_CONNECTION = 2 };

/* What a frame of each type is like (RFC 9113 6). len 0 any; of SETTINGS, many times it. */
static const struct type {
    uint8_t flags, on, len;
    const char *source;
} types[] = {
    {0x09, ON_A_STREAM, ANY_LENGTH, "RFC 9113 6.1"},
    {0x2d, ON_A_STREAM, ANY_LENGTH, "RFC 9113 6.2"},
    {0x00, ON_A_STREAM, 5, "RFC 9113 6.3"},
    {0x00, ON_A_STREAM, 4, "RFC 9113 6.4"},
    {0x01, ON_THE_CONNECTION, 6, "RFC 9113 6.5"},
    {0x0c, ON_A_STREAM, ANY_LENGTH, "RFC 9113 6.6"},
    {0x01, ON_THE_CONNECTION, 8, "RFC 9113 6.7"},
    {0x00, ON_THE_CONNECTION, ANY_LENGTH, "RFC 9113 6.8"},
    {0x00, ON_A_STREAM | ON_THE_CONNECTION, 4, "RFC 9113 6.9"},
    {0x04, ON_A_STREAM, ANY_LENGTH, "RFC 9113 6.10"},
};
enum { SETTINGS = 4, TYPES = sizeof types / sizeof *types };

static bool fits(const uint8_t *header) {
    const uint32_t len = read_be24(header), stream = read_be32(header + 5);
    if (header[3] >= TYPES || len > LENGTH_MAX || stream >> 31) return false;
    const struct type *type = &types[header[3]];
    const bool len_fits = !type->len || len == type->len || (header[3] == SETTINGS && len % type->len == 0);
    return len_fits && !(header[4] & ~type->flags) && type->on & (stream ? ON_A_STREAM : ON_THE_CONNECTION);
}

static void read_header(struct capan_midway_side *side, struct capan_span *octets) {
    const struct capan_span part = span_take(octets, HEADER_LEN - side->header_len);
    memcpy(side->header + side->header_len, part.at, part.len);
    side->header_len = (uint8_t)(side->header_len + part.len);
    if (side->header_len < HEADER_LEN) return;
    side->header_len = 0;
    side->left = read_be24(side->header);
    side->is_broken = !fits(side->header);
    if (!side->is_broken && side->frames < UINT8_MAX) side->frames++;
    if (side->is_broken && side->frames < FRAMES_MIN) side->frames = 0;
}

void capan_midway_octets(struct capan_midway_side *side, struct capan_span octets) {
    if (side->is_broken && (side->frames >= FRAMES_MIN || side->tries >= TRIES_MAX)) return;
    if (side->is_broken) *side = (struct capan_midway_side){.tries = (uint8_t)(side->tries + 1)};
    while (octets.len && !side->is_broken) {
        side->left -= (uint32_t)span_take(&octets, side->left).len;
        if (octets.len) read_header(side, &octets);
    }
}

void capan_midway_gap(struct capan_midway_side *side, uint64_t len) {
    if (len && len <= side->left && !side->header_len)
        side->left -= (uint32_t)len;
    else
        side->is_broken = true;
}

bool capan_midway_tells(const struct capan_midway *midway) {
    return midway->side[0].frames + midway->side[1].frames >= FRAMES_MIN;
}
