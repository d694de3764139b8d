/* SPDX-License-Identifier: MIT */
#include "recent.h"

#include "alloc.h"
#include "bytes.h"

enum { SAMPLES = 8, SAMPLE = 8, OCTETS = 0xffffff };

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t load(const uint8_t *at, size_t len) {
    uint64_t value = 0;
    memcpy(&value, at, len);
    return value;
}

static uint32_t fold(uint64_t hash) {
    return (uint32_t)(hash >> 16) | 1;
}

uint32_t capan_digest(struct capan_span payload, uint32_t len) {
    uint64_t hash = mix(0, len);
    if (payload.len < len) return 0;
    if (payload.len <= SAMPLES * SAMPLE) {
        for (size_t at = 0; at < payload.len; at += SAMPLE) {
            hash = mix(hash, load(payload.at + at, min_size(SAMPLE, payload.len - at)));
        }
    } else {
        for (size_t i = 0; i < SAMPLES; i++)
            hash = mix(hash, load(payload.at + i * (payload.len - SAMPLE) / (SAMPLES - 1), SAMPLE));
    }
    return fold(hash);
}

static uint32_t numbers_of(const struct capan_packet *packet, const struct capan_tcp_header *header) {
    const uint64_t id = packet->has_ip_id ? packet->ip_id : UINT16_MAX + UINT64_C(1);
    uint64_t hash = mix(header->payload_len, (uint64_t)header->seq << 32 | header->ack);
    hash = mix(hash, id << 40 | (uint64_t)header->flags << 32 | (uint64_t)header->window << 16 | header->header_len);
    return fold(hash);
}

static uint32_t octets_of(const struct capan_tcp_header *header, uint32_t digest) {
    if (!digest || header->options_cut) return 0;
    uint64_t hash = digest;
    if (header->has_timestamps) hash = mix(hash, (uint64_t)header->ts_val << 32 | header->ts_ecr);
    for (unsigned i = 0; i < header->sack_count; i++)
        hash = mix(hash, (uint64_t)header->sack[i].left << 32 | header->sack[i].right);
    return fold(hash);
}

struct capan_seen capan_seen_of(const struct capan_packet *packet, const struct capan_tcp_header *header,
                                uint32_t digest) {
    return (struct capan_seen){.numbers = numbers_of(packet, header),
                               .octets = octets_of(header, digest) & OCTETS,
                               .time_us = (uint32_t)((uint64_t)packet->time_ns / 1000),
                               .frame = packet->frame,
                               .tap = (uint8_t)(packet->ttl + packet->path)};
}

static bool is_same(const struct capan_seen *a, const struct capan_seen *b) {
    return a->numbers == b->numbers && (a->octets == b->octets || !a->octets || !b->octets);
}

void capan_recent_add(struct capan_recent *recent, const struct capan_seen *seen) {
    recent->at[recent->next] = *seen;
    recent->next = (uint8_t)((recent->next + 1) % CAPAN_RECENT);
}

const struct capan_seen *capan_recent_find(const struct capan_recent *recent, const struct capan_seen *seen) {
    for (unsigned i = 1; i <= CAPAN_RECENT; i++) {
        const struct capan_seen *at = &recent->at[(recent->next + CAPAN_RECENT - i) % CAPAN_RECENT];
        if (is_same(at, seen)) return at;
    }
    return NULL;
}

static struct capan_seen *bucket(const struct capan_seen_set *set, uint32_t numbers) {
    return set->at + ((numbers >> 1) & (set->capacity / CAPAN_SEEN_WAYS - 1)) * CAPAN_SEEN_WAYS;
}

/* The one of a bucket to give up: the same one, else an unused one, else the oldest. */
static struct capan_seen *least(const struct capan_seen_set *set, const struct capan_seen *seen) {
    struct capan_seen *at = bucket(set, seen->numbers), *found = at;
    for (unsigned i = 0; i < CAPAN_SEEN_WAYS; i++) {
        if (is_same(&at[i], seen)) return &at[i];
        if (!found->numbers) continue;
        if (!at[i].numbers || capan_seen_age_ns(&at[i], found) > 0) found = &at[i];
    }
    return found;
}

static bool resize(struct capan_seen_set *set, uint32_t capacity, const struct capan_alloc *alloc) {
    struct capan_seen_set larger = {capan_new(alloc, capacity * sizeof *set->at), capacity, set->longest_us};
    if (!larger.at) return false;
    for (uint32_t i = 0; i < set->capacity; i++) {
        if (set->at[i].numbers) *least(&larger, &set->at[i]) = set->at[i];
    }
    capan_seen_set_free(set, alloc);
    *set = larger;
    return true;
}

void capan_seen_set_begin(struct capan_seen_set *set, const struct capan_recent *recent,
                          const struct capan_alloc *alloc) {
    if (set->capacity || !resize(set, CAPAN_SEEN_FIRST, alloc)) return;
    for (unsigned i = 0; i < CAPAN_RECENT; i++) {
        const struct capan_seen *seen = &recent->at[i];
        if (seen->numbers) *least(set, seen) = *seen;
    }
}

void capan_seen_set_free(struct capan_seen_set *set, const struct capan_alloc *alloc) {
    capan_delete(alloc, set->at, set->capacity * sizeof *set->at);
    *set = (struct capan_seen_set){0};
}

void capan_seen_set_add(struct capan_seen_set *set, const struct capan_seen *seen, const struct capan_alloc *alloc) {
    if (!set->capacity) return;
    struct capan_seen *out = least(set, seen);
    const bool may_come_again = out->numbers && capan_seen_age_ns(out, seen) < 2 * (int64_t)set->longest_us * 1000;
    if (may_come_again && set->capacity < CAPAN_SEEN_MAX && resize(set, 2 * set->capacity, alloc))
        out = least(set, seen);
    *out = *seen;
}

const struct capan_seen *capan_seen_set_find(const struct capan_seen_set *set, const struct capan_seen *seen) {
    if (!set->capacity) return NULL;
    const struct capan_seen *at = bucket(set, seen->numbers);
    for (unsigned i = 0; i < CAPAN_SEEN_WAYS; i++) {
        if (is_same(&at[i], seen)) return &at[i];
    }
    return NULL;
}
