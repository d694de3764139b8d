/* SPDX-License-Identifier: MIT */
#include "content.h"

void capan_anonymise_octets(const struct capan_standins *standins, struct capan_stream *stream, size_t from,
                            uint64_t key) {
    for (size_t at = from; at < stream->len; at++) stream->octets[at] = capan_standin_octet(standins, key, at);
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
    for (size_t i = 0; i < content->count; i++)
        for (size_t o = 0; o < content->spans[i].len; o++)
            stream->octets[content->spans[i].from + o] = capan_standin_octet(standins, key, at++);
    content->count = 0;
}
