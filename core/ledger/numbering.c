/* SPDX-License-Identifier: MIT */
#include "numbering.h"

#include <string.h>

#include "alloc.h"
#include "ascending.h"

/* --- one number --- */

void capan_numbering_free(struct capan_numbering *numbering) {
    capan_delete(numbering->alloc, numbering->dropped, numbering->capacity * sizeof *numbering->dropped);
}

enum capan_result capan_numbering_drop(struct capan_numbering *numbering, uint32_t in_capture) {
    void *dropped = numbering->dropped;
    enum capan_result result = capan_reserve(numbering->alloc, &dropped, &numbering->capacity, numbering->count + 1,
                                             sizeof *numbering->dropped);
    if (result != CAPAN_OK) return result;
    numbering->dropped = dropped;
    numbering->dropped[numbering->count++] = in_capture;
    return CAPAN_OK;
}

/* The i-th dropped frame stood behind dropped[i] - i - 1 shown ones. */
uint32_t capan_numbering_in_capture(const struct capan_numbering *numbering, uint32_t shown) {
    size_t low = 0, high = numbering->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (numbering->dropped[middle] - middle <= shown)
            low = middle + 1;
        else
            high = middle;
    }
    return shown + (uint32_t)low;
}

uint32_t capan_numbering_shown(const struct capan_numbering *numbering, uint32_t in_capture) {
    size_t before = ascending_first(numbering->dropped, numbering->count, in_capture);
    bool dropped = before < numbering->count && numbering->dropped[before] == in_capture;
    return dropped ? 0 : in_capture - (uint32_t)before;
}

/* --- verdicts --- */

/* Members that are a frame's number, or an array of them. */
struct member {
    uint16_t offset, count;
};
#define MEMBER(type, name)                                                                                             \
    { offsetof(struct type, name), sizeof((struct type *)NULL)->name / sizeof(uint32_t) }
static const struct member segment_members[] = {
    MEMBER(capan_segment, frame),
    MEMBER(capan_segment, acked_in),
    MEMBER(capan_segment, because),
    {0, 0},
};
static const struct member exchange_members[] = {
    MEMBER(capan_exchange, request.first_frame),
    MEMBER(capan_exchange, request.last_frame),
    MEMBER(capan_exchange, response.first_frame),
    MEMBER(capan_exchange, response.last_frame),
    MEMBER(capan_exchange, validator_in),
    MEMBER(capan_exchange, known_in),
    MEMBER(capan_exchange, delayed_in),
    MEMBER(capan_exchange, crossed_fin),
    {0, 0},
};
static const struct member connection_members[] = {
    MEMBER(capan_connection, first_frame),
    MEMBER(capan_connection, last_frame),
    MEMBER(capan_connection, tcp.side[CAPAN_C2S].fin_frame),
    MEMBER(capan_connection, tcp.side[CAPAN_C2S].rst_frame),
    MEMBER(capan_connection, tcp.side[CAPAN_S2C].fin_frame),
    MEMBER(capan_connection, tcp.side[CAPAN_S2C].rst_frame),
    MEMBER(capan_connection, tcp.handshake_frames),
    MEMBER(capan_connection, tcp.pmtu_frame),
    MEMBER(capan_connection, ping.passed_frame),
    MEMBER(capan_connection, ping.refused_frame),
    MEMBER(capan_connection, icmp.frame),
    MEMBER(capan_connection, icmp.quoted_frame),
    {0, 0},
};

static void show_members(const struct capan_numbering *numbering, const struct member *member, void *of) {
    for (; member->count; member++) {
        uint32_t *at = (uint32_t *)(void *)((uint8_t *)of + member->offset);
        for (uint16_t i = 0; i < member->count; i++) at[i] = capan_numbering_shown(numbering, at[i]);
    }
}

/* Returns how many of the frames are shown. */
static uint32_t show_list(const struct capan_numbering *numbering, uint32_t *at, uint32_t count) {
    uint32_t left = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t shown = capan_numbering_shown(numbering, at[i]);
        if (shown) at[left++] = shown;
    }
    return left;
}

static void *copy_of(const void *from, size_t len, struct capan_arena *arena) {
    void *copy = capan_arena_take(arena, len);
    if (copy && len) memcpy(copy, from, len);
    return copy;
}

static const struct capan_exchange *shown_exchange(const struct capan_numbering *numbering,
                                                   const struct capan_exchange *stored, struct capan_arena *arena) {
    struct capan_exchange *exchange = copy_of(stored, sizeof *stored, arena);
    if (exchange) show_members(numbering, exchange_members, exchange);
    return exchange;
}

static const struct capan_exchange_part *shown_exchanges(const struct capan_numbering *numbering,
                                                         const struct capan_exchange_part *part,
                                                         struct capan_arena *arena) {
    struct capan_exchange_part *first = NULL, **end = &first;
    for (; part; part = part->next) {
        const struct capan_exchange *of = shown_exchange(numbering, part->of, arena);
        struct capan_exchange_part *copy = of ? capan_arena_take(arena, sizeof *copy) : NULL;
        if (!copy) break;
        *copy = (struct capan_exchange_part){NULL, of, part->is_end};
        *end = copy;
        end = &copy->next;
    }
    return first;
}

static const struct capan_stored_connection *shown_connections(const struct capan_numbering *numbering,
                                                               const struct capan_stored_connection *stored,
                                                               struct capan_arena *arena) {
    struct capan_stored_connection *first = NULL, **end = &first;
    for (; stored; stored = stored->next) {
        struct capan_stored_connection *copy = copy_of(stored, sizeof *stored, arena);
        if (!copy) break;
        show_members(numbering, connection_members, &copy->connection);
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
    }
    return first;
}

static void show_segment(const struct capan_numbering *numbering, struct capan_stored_segment *stored,
                         struct capan_arena *arena) {
    struct capan_segment *segment = &stored->segment;
    uint32_t *acks = copy_of(stored->acks, segment->acks_count * sizeof *acks, arena);
    show_members(numbering, segment_members, segment);
    segment->acks_count = acks ? show_list(numbering, acks, segment->acks_count) : 0;
    stored->acks = acks;
}

static struct capan_stored_segment *shown_segments(const struct capan_numbering *numbering,
                                                   const struct capan_verdicts *verdicts, struct capan_arena *arena) {
    size_t count = verdicts->segment_count;
    struct capan_stored_segment *copy = copy_of(verdicts->segments, count * sizeof *copy, arena);
    for (size_t i = 0; copy && i < count; i++) show_segment(numbering, &copy[i], arena);
    return copy;
}

void capan_numbering_show(const struct capan_numbering *numbering, struct capan_verdicts *verdicts,
                          struct capan_arena *arena) {
    verdicts->segments = shown_segments(numbering, verdicts, arena);
    if (!verdicts->segments) verdicts->segment_count = 0;
    verdicts->exchanges = shown_exchanges(numbering, verdicts->exchanges, arena);
    verdicts->connections = shown_connections(numbering, verdicts->connections, arena);
}

void capan_numbering_show_finding(const struct capan_numbering *numbering, struct capan_finding *finding) {
    finding->frame_count = show_list(numbering, finding->frames, finding->frame_count);
}
