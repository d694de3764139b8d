/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdicts.h"

#include "frames.h"

static struct capan_ledger *ledger;

void capan_verdicts_open(const struct capan_config *config) {
    ledger = capan_ledger_new(config, &capan_libc);
}

void capan_verdicts_close(void) {
    capan_ledger_free(ledger);
    ledger = NULL;
}

struct capan_ledger *capan_verdicts_ledger(void) {
    return ledger;
}

struct capan_analysis *capan_verdicts_analysis(void) {
    return capan_ledger_analysis(ledger);
}

/* A frame with several TCP segments is a rarity: most take one round. */
static void find_segments(struct capan_verdicts *verdicts, uint32_t frame, wmem_allocator_t *pool) {
    struct capan_stored_segment one;

    while (capan_ledger_segment(ledger, frame, verdicts->segment_count, &one)) {
        one.acks = wmem_memdup(pool, one.acks, one.segment.acks_count * sizeof *one.acks);
        verdicts->segments = wmem_realloc(pool, verdicts->segments, (verdicts->segment_count + 1) * sizeof one);
        verdicts->segments[verdicts->segment_count++] = one;
    }
}

/* --- with the numbers that Wireshark shows --- */

static void show_segment(struct capan_stored_segment *stored, wmem_allocator_t *pool) {
    struct capan_segment *segment = &stored->segment;
    uint32_t *acks = wmem_memdup(pool, stored->acks, segment->acks_count * sizeof *acks);

    capan_frames_show(CAPAN_ROWS_SEGMENTS, segment);
    segment->acks_count = capan_frames_show_list(acks, segment->acks_count);
    stored->acks = acks;
}

static const struct capan_stored_exchange *shown_exchange(const struct capan_stored_exchange *stored,
                                                          wmem_allocator_t *pool) {
    struct capan_stored_exchange *copy = wmem_memdup(pool, stored, sizeof *stored);
    struct capan_exchange *exchange = wmem_memdup(pool, stored->exchange, sizeof *stored->exchange);

    capan_frames_show(CAPAN_ROWS_EXCHANGES, exchange);
    copy->exchange = exchange;
    return copy;
}

static const struct capan_exchange_part *shown_exchanges(const struct capan_exchange_part *part,
                                                         wmem_allocator_t *pool) {
    struct capan_exchange_part *first = NULL, **end = &first;

    for (; part; part = part->next, end = &(*end)->next) {
        *end = wmem_memdup(pool, part, sizeof *part);
        (*end)->of = shown_exchange(part->of, pool);
    }
    return first;
}

static const struct capan_stored_connection *shown_connections(const struct capan_stored_connection *stored,
                                                               wmem_allocator_t *pool) {
    struct capan_stored_connection *first = NULL, **end = &first;

    for (; stored; stored = stored->next, end = &(*end)->next) {
        *end = wmem_memdup(pool, stored, sizeof *stored);
        capan_frames_show(CAPAN_ROWS_CONNECTIONS, &(*end)->connection);
    }
    return first;
}

bool capan_verdicts_find(struct capan_verdicts *verdicts, const packet_info *pinfo) {
    uint32_t frame = capan_frames_in_file(pinfo->num);

    *verdicts = (struct capan_verdicts){0};
    find_segments(verdicts, frame, pinfo->pool);
    verdicts->exchanges = capan_ledger_exchanges(ledger, frame);
    verdicts->connections = capan_ledger_connections(ledger, frame);
    if (capan_frames_differ()) {
        for (unsigned i = 0; i < verdicts->segment_count; i++) show_segment(&verdicts->segments[i], pinfo->pool);
        verdicts->exchanges = shown_exchanges(verdicts->exchanges, pinfo->pool);
        verdicts->connections = shown_connections(verdicts->connections, pinfo->pool);
    }
    return verdicts->segment_count || verdicts->exchanges;
}

struct capan_finding *capan_verdicts_findings(size_t *count) {
    const struct capan_finding *findings = NULL;
    if (!ledger) return NULL;

    capan_analysis_finish(capan_verdicts_analysis());
    *count = capan_analysis_findings(capan_verdicts_analysis(), &findings);
    struct capan_finding *shown = g_memdup2(findings, *count * sizeof *findings);
    for (size_t i = 0; i < *count; i++)
        shown[i].frame_count = capan_frames_show_list(shown[i].frames, MIN(shown[i].frame_count, CAPAN_FINDING_FRAMES));
    return shown;
}
