/* SPDX-License-Identifier: MIT */
#include "held.h"

#include <string.h>

static struct held_frame *at(struct held *held, size_t number) {
    return &held->frames[(held->first + number) % HELD_FRAMES];
}

struct held_frame *capan_held_first(struct held *held) {
    return held->count ? at(held, 0) : NULL;
}

void capan_held_pop(struct held *held) {
    const struct capan_span octets = at(held, 0)->frame.octets;
    capan_delete(held->alloc, (void *)(uintptr_t)octets.at, octets.len);
    held->octets -= octets.len;
    held->first = (held->first + 1) % HELD_FRAMES;
    held->count--;
}

void capan_held_free(struct held *held) {
    while (held->count) capan_held_pop(held);
    capan_delete(held->alloc, held->frames, HELD_FRAMES * sizeof *held->frames);
    held->frames = NULL;
}

bool capan_held_push(struct held *held, const struct held_frame *frame) {
    const struct capan_span octets = frame->frame.octets;
    if (!held->frames) held->frames = capan_new(held->alloc, HELD_FRAMES * sizeof *held->frames);
    uint8_t *copy = held->frames && octets.len ? capan_new(held->alloc, octets.len) : NULL;
    if (!held->frames || (octets.len && !copy)) return false;
    if (copy) memcpy(copy, octets.at, octets.len);
    struct held_frame *to = at(held, held->count++);
    *to = *frame;
    to->frame.octets.at = copy;
    held->octets += octets.len;
    return true;
}

void capan_held_settle(struct held *held, uint64_t datagram, uint32_t part) {
    for (size_t i = 0; i < held->count; i++) {
        struct held_frame *frame = at(held, i);
        if (!frame->waits || frame->frame.datagram != datagram) continue;
        frame->part = part;
        frame->waits = false;
    }
}
