/* SPDX-License-Identifier: MIT */
#include "content.h"

static bool is_alnum(uint8_t octet) {
    return (octet >= '0' && octet <= '9') || ((octet | 0x20) >= 'a' && (octet | 0x20) <= 'z');
}

/* Ends of lines, and the first octet if it is of no word, tell what it may be. */
void capan_anonymise_octets(const struct capan_standins *standins, struct capan_stream *stream, size_t from,
                            size_t end) {
    for (size_t at = from; at < end; at++) {
        const uint8_t was = stream->octets[at], standin = capan_standin_other(standins, 0, at, was);
        const bool is_control = was < 0x20 || was == 0x7f;
        if (was == '\r' || was == '\n' || (at == from && !is_alnum(was))) continue;
        stream->octets[at] = is_control ? (uint8_t)(1 + standin % 8) : standin;
    }
}

void capan_filling_add(struct capan_filling *content, const struct capan_standins *standins,
                       struct capan_stream *stream, size_t from, size_t len) {
    if (!len) return;
    if (content->count == CAPAN_FILLING_SPANS) capan_filling_end(content, standins, stream);
    content->spans[content->count].from = from;
    content->spans[content->count++].len = len;
}

void capan_filling_end(struct capan_filling *content, const struct capan_standins *standins,
                       struct capan_stream *stream) {
    uint64_t key = 0, at = 0;
    for (size_t i = 0; i < content->count; i++)
        for (size_t o = 0; o < content->spans[i].len; o++)
            key = (key ^ stream->octets[content->spans[i].from + o]) * UINT64_C(0x100000001b3) + 1;
    for (size_t i = 0; i < content->count; i++) {
        uint8_t *octets = stream->octets + content->spans[i].from;
        for (size_t o = 0; o < content->spans[i].len; o++)
            octets[o] = capan_standin_other(standins, key, at++, octets[o]);
    }
    content->count = 0;
}
