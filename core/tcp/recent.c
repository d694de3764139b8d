/* SPDX-License-Identifier: MIT */
#include "recent.h"

#include "bytes.h"

enum { SAMPLES = 8, SAMPLE = 8 };

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t load(const uint8_t *at, size_t len) {
    uint64_t value = 0;
    memcpy(&value, at, len);
    return value;
}

uint32_t capan_digest(struct capan_span payload, uint32_t len) {
    uint64_t hash = mix(len, payload.len);
    if (payload.len <= SAMPLES * SAMPLE) {
        for (size_t at = 0; at < payload.len; at += SAMPLE) {
            hash = mix(hash, load(payload.at + at, min_u64(SAMPLE, payload.len - at)));
        }
    } else {
        for (size_t i = 0; i < SAMPLES; i++)
            hash = mix(hash, load(payload.at + i * (payload.len - SAMPLE) / (SAMPLES - 1), SAMPLE));
    }
    return (uint32_t)(hash >> 16) | 1;
}

uint32_t capan_fingerprint(const struct capan_tcp_header *header, uint32_t digest) {
    uint64_t hash = mix(digest, (uint64_t)header->seq << 32 | header->ack);
    hash = mix(hash, (uint64_t)header->flags << 32 | (uint64_t)header->window << 16 | header->header_len);
    if (header->has_timestamps) hash = mix(hash, (uint64_t)header->ts_val << 32 | header->ts_ecr);
    for (unsigned i = 0; i < header->sack_count; i++)
        hash = mix(hash, (uint64_t)header->sack[i].left << 32 | header->sack[i].right);
    return (uint32_t)(hash >> 16) | 1;
}

static uint32_t microseconds(int64_t time_ns) {
    return (uint32_t)((uint64_t)time_ns / 1000);
}
static uint32_t with_id(uint32_t fingerprint, const struct capan_packet *packet) {
    return packet->has_ip_id ? fingerprint ^ packet->ip_id * UINT32_C(0x9e3779b1) : fingerprint;
}

void capan_recent_add(struct capan_recent *recent, const struct capan_packet *packet, uint32_t fingerprint) {
    unsigned at = recent->next++ % CAPAN_RECENT;
    recent->at[at].fingerprint = with_id(fingerprint, packet);
    recent->at[at].time_us = microseconds(packet->time_ns);
}

int64_t capan_recent_find(const struct capan_recent *recent, const struct capan_packet *packet, uint32_t fingerprint) {
    const uint32_t wanted = with_id(fingerprint, packet);
    for (unsigned i = 0; i < CAPAN_RECENT; i++) {
        if (recent->at[i].fingerprint != wanted) continue;
        return (int64_t)(uint32_t)(microseconds(packet->time_ns) - recent->at[i].time_us) * 1000;
    }
    return -1;
}
