/* SPDX-License-Identifier: MIT */
/* A capture told frame by frame, as an article about it would. Everything is kept until the end, because what a frame
 * was for may be known much later; a capture too long to be read is told up to a limit that is said. */
#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "capan/report.h"
#include "document.h"
#include "header.h"
#include "plot.h"
#include "tell.h"

enum {
    SEGMENTS_MAX = 200000,
    PROOF_FRAMES = 50000,
    EXCHANGES_MAX = 50000,
    CONNECTIONS_MAX = 50000,
    PAGES_MAX = 50000,
};

#define MEMORY_USUAL (UINT64_C(256) << 20)

struct capan_story *capan_story_new(FILE *out, const struct capan_layout *layout, uint32_t frame, uint64_t memory) {
    struct capan_story *story = calloc(1, sizeof *story);
    if (!story) return NULL;
    story->frame = frame;
    for (enum capan_gathered part = 0; part < CAPAN_GATHERED_COUNT; part++)
        capan_counter_init(&story->memory[part], &capan_libc);
    story->most = (memory ? memory : MEMORY_USUAL) / CAPAN_GATHERED_COUNT;
    story->text = (struct capan_text){.out = &story->out, .colour = layout && layout->colour};
    if (capan_out_init(&story->out, out, layout) == CAPAN_OK) return story;
    free(story);
    return NULL;
}

/* That there was no memory is the graver reason. */
static void cut(struct capan_story *story, enum capan_result reason) {
    if (story->kept != CAPAN_NO_MEMORY) story->kept = reason;
}

/* Room for one more item, or NULL: then the story is cut there. */
static void *append(struct capan_story *story, enum capan_gathered part, void **items, size_t *capacity, size_t *count,
                    size_t limit, size_t size) {
    struct capan_counter *memory = &story->memory[part];
    const bool full = *count == *capacity && memory->held + *capacity * size > story->most; /* it would be doubled */
    enum capan_result result =
        *count == limit || full ? CAPAN_END : capan_reserve(&memory->alloc, items, capacity, *count + 1, size);
    if (result != CAPAN_OK) {
        cut(story, result);
        return NULL;
    }
    return (uint8_t *)*items + (*count)++ * size;
}
#define APPEND(story, part, list, limit)                                                                               \
    append(story, CAPAN_GATHERED_##part, (void **)&(story)->list, &(story)->list##_capacity, &(story)->list##_count,   \
           limit, sizeof *(story)->list)

/* What proves a frame's verdict lies before it or soon behind it. */
static bool is_told(const struct capan_story *story, uint32_t frame) {
    return !story->frame ||
           (frame + (uint64_t)PROOF_FRAMES >= story->frame && frame <= story->frame + (uint64_t)PROOF_FRAMES);
}

static void keep_sacks(struct capan_story *story, const struct capan_packet *packet, uint64_t serial) {
    struct capan_tcp_header header;
    if (!capan_tcp_header_parse(&header, packet)) return;
    for (unsigned i = 0; i < header.sack_count; i++) {
        struct capan_sack *sack = APPEND(story, SEGMENTS, sacks, SEGMENTS_MAX);
        if (sack) *sack = (struct capan_sack){serial, header.sack[i].left, header.sack[i].right};
    }
}

void capan_story_draws(struct capan_story *story) {
    story->drawn = true;
}

void capan_story_packet(struct capan_story *story, const struct capan_packet *packet) {
    uint64_t serial = story->packets++;
    if (serial == 0) story->origin_ns = packet->time_ns;
    if (!is_told(story, packet->frame)) return;
    if (!story->layers_count) story->layers_from = serial;
    struct capan_layers *layers = APPEND(story, SEGMENTS, layers, SEGMENTS_MAX);
    if (!layers) return;
    layers->frame_len = packet->frame_len;
    layers->pppoe = min_u32(packet->pppoe_len, packet->link_header_len);
    layers->link = packet->link_header_len - layers->pppoe;
    layers->ip = packet->ip_header_len;
    layers->tcp = packet->octets.len > 12 ? (packet->octets.at[12] >> 4) * 4u : 0;
    layers->payload = packet->wire_len > layers->tcp ? packet->wire_len - layers->tcp : 0;
    layers->padding = packet->padding;
    if (story->drawn) keep_sacks(story, packet, serial);
}

void capan_story_segment(struct capan_story *story, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct capan_step *step = is_told(story, segment->frame) ? APPEND(story, SEGMENTS, steps, SEGMENTS_MAX) : NULL;
    if (!step) return;
    step->segment = *segment;
    step->client = connection->client;
    step->server = connection->server;
    step->acks_at = story->acks_count;
    for (uint32_t i = 0; i < segment->acks_count; i++) {
        uint32_t *frame = APPEND(story, SEGMENTS, acks, SEGMENTS_MAX);
        if (!frame) break;
        *frame = acks[i];
    }
    step->acks_count = (uint32_t)(story->acks_count - step->acks_at);
}

/* Names in a story are cut off early. */
static struct capan_exchange *copy_of(struct capan_story *story, const struct capan_exchange *exchange) {
    struct capan_exchange brief = *exchange;
    brief.method = span_cut(exchange->method, 0, CAPAN_NAME_KEPT);
    brief.target = span_cut(exchange->target, 0, CAPAN_NAME_KEPT);
    brief.authority = span_cut(exchange->authority, 0, CAPAN_NAME_KEPT);
    struct capan_counter *memory = &story->memory[CAPAN_GATHERED_EXCHANGES];
    bool room = memory->held < story->most;
    struct capan_exchange *copy = room ? capan_exchange_copy(&memory->alloc, &brief) : NULL;
    if (!copy) cut(story, room ? CAPAN_NO_MEMORY : CAPAN_END);
    return copy;
}

void capan_story_exchange(struct capan_story *story, const struct capan_exchange *exchange) {
    if (story->frame && !capan_story_within(&exchange->request, story->frame) &&
        !capan_story_within(&exchange->response, story->frame))
        return;
    struct capan_exchange *copy = copy_of(story, exchange);
    struct capan_exchange **kept = copy ? APPEND(story, EXCHANGES, exchanges, EXCHANGES_MAX) : NULL;
    if (kept)
        *kept = copy;
    else
        capan_exchange_free(&story->memory[CAPAN_GATHERED_EXCHANGES].alloc, copy);
}

void capan_story_connection(struct capan_story *story, const struct capan_connection *connection) {
    struct capan_connection *kept = story->frame ? NULL : APPEND(story, CONNECTIONS, connections, CONNECTIONS_MAX);
    if (!kept) return;
    *kept = *connection;
    capan_sealed_note(&story->sealed, connection);
    kept->tls = NULL; /* it does not live on */
}

void capan_story_page(struct capan_story *story, const struct capan_page *page) {
    struct capan_page *kept = APPEND(story, CONNECTIONS, pages, PAGES_MAX);
    if (!kept) return;
    *kept = *page;
    kept->url = (struct capan_span){NULL, 0}; /* it does not live on */
}

static bool finish(struct capan_story *story) {
    bool fine = capan_out_flush(&story->out);
    int reason = fine ? ENOMEM : errno;
    fine = fine && story->kept != CAPAN_NO_MEMORY;
    for (size_t i = 0; i < story->exchanges_count; i++)
        capan_exchange_free(&story->memory[CAPAN_GATHERED_EXCHANGES].alloc, story->exchanges[i]);
    free(story->steps);
    free(story->acks);
    free(story->sacks);
    free(story->layers);
    free(story->exchanges);
    free(story->connections);
    free(story->pages);
    capan_out_free(&story->out);
    free(story);
    errno = reason;
    return fine;
}

bool capan_story_cut(const struct capan_story *story) {
    return story->kept == CAPAN_END;
}

bool capan_story_close(struct capan_story *story, const struct capan_source *source) {
    if (story->frame)
        capan_prove(story);
    else
        capan_tell(story, source);
    return finish(story);
}

bool capan_story_close_html(struct capan_story *story, const struct capan_source *source,
                            const struct capan_totals *totals, const struct capan_finding *findings, size_t count) {
    capan_document_write(story, source, totals, findings, count);
    return finish(story);
}

bool capan_story_close_plot(struct capan_story *story, const struct capan_plot *plot, uint64_t *left) {
    if (!capan_plot_write(story, plot, left)) cut(story, CAPAN_NO_MEMORY);
    return finish(story);
}
