/* SPDX-License-Identifier: MIT */
/* A capture told frame by frame, as an article about it would. Everything is kept until the end, because what a frame
 * was for may be known much later; a capture too long to be read is told up to a limit that is said. */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "bytes.h"
#include "capan/report.h"
#include "page.h"
#include "tell.h"

enum {
    SEGMENTS_MAX = 200000,
    PROOF_FRAMES = 50000,
    EXCHANGES_MAX = 50000,
    CONNECTIONS_MAX = 50000,
    NAME_MAX_KEPT = 160,
    FIELDS_MAX_KEPT = 600
};

struct capan_story *capan_story_new(FILE *out, bool colour, uint32_t frame) {
    struct capan_story *story = calloc(1, sizeof *story);
    if (!story) return NULL;
    story->frame = frame;
    story->text = (struct capan_text){.out = &story->out, .colour = colour};
    if (capan_out_init(&story->out, out) == CAPAN_OK) return story;
    free(story);
    return NULL;
}

/* Room for one more item, or NULL: then the story is cut there. */
static void *append(struct capan_story *story, void **items, size_t *capacity, size_t *count, size_t limit,
                    size_t size) {
    if (*count == limit || capan_reserve(&capan_libc, items, capacity, *count + 1, size) != CAPAN_OK) {
        story->cut = true;
        return NULL;
    }
    return (uint8_t *)*items + (*count)++ * size;
}
#define APPEND(story, list, limit)                                                                                     \
    append(story, (void **)&(story)->list, &(story)->list##_capacity, &(story)->list##_count, limit,                   \
           sizeof *(story)->list)

/* What proves a frame's verdict lies before it or soon behind it. */
static bool is_told(const struct capan_story *story, uint32_t frame) {
    return !story->frame ||
           (frame + (uint64_t)PROOF_FRAMES >= story->frame && frame <= story->frame + (uint64_t)PROOF_FRAMES);
}

void capan_story_packet(struct capan_story *story, const struct capan_packet *packet) {
    uint64_t serial = story->packets++;
    if (serial == 0) story->origin_ns = packet->time_ns;
    if (!is_told(story, packet->frame)) return;
    if (!story->layers_count) story->layers_from = serial;
    struct capan_layers *layers = APPEND(story, layers, SEGMENTS_MAX);
    if (!layers) return;
    layers->frame_len = packet->frame_len;
    layers->link = packet->link_header_len;
    layers->ip = packet->ip_header_len;
    layers->tcp = packet->octets.len > 12 ? (packet->octets.at[12] >> 4) * 4u : 0;
    layers->payload = packet->wire_len > layers->tcp ? packet->wire_len - layers->tcp : 0;
    layers->padding = packet->padding;
}

void capan_story_segment(struct capan_story *story, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct capan_step *step = is_told(story, segment->frame) ? APPEND(story, steps, SEGMENTS_MAX) : NULL;
    if (!step) return;
    step->segment = *segment;
    step->client = connection->client;
    step->server = connection->server;
    step->acks_at = story->acks_count;
    for (uint32_t i = 0; i < segment->acks_count; i++) {
        uint32_t *frame = APPEND(story, acks, SEGMENTS_MAX);
        if (!frame) break;
        *frame = acks[i];
    }
    step->acks_count = (uint32_t)(story->acks_count - step->acks_at);
}

/* The span's octets in the story's own memory; empty when there is none. */
static struct capan_span keep(struct capan_span span, size_t limit) {
    struct capan_span kept = span_cut(span, 0, limit);
    uint8_t *copy = kept.len ? malloc(kept.len) : NULL;
    if (!copy) return (struct capan_span){NULL, 0};
    memcpy(copy, kept.at, kept.len);
    return (struct capan_span){copy, kept.len};
}

static size_t put(uint8_t *text, size_t len, struct capan_span span) {
    if (span.len) memcpy(text + len, span.at, span.len);
    return len + span.len;
}

/* Field lines as "etag: "a"; vary: b". */
static struct capan_span keep_fields(const struct capan_http_field *fields, size_t count) {
    uint8_t text[FIELDS_MAX_KEPT];
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        size_t need = fields[i].name.len + fields[i].value.len + 4;
        if (need > sizeof text - len) break;
        if (len) len = put(text, len, span_of("; "));
        len = put(text, len, fields[i].name);
        len = put(text, len, span_of(": "));
        len = put(text, len, fields[i].value);
    }
    return keep((struct capan_span){text, len}, sizeof text);
}

void capan_story_exchange(struct capan_story *story, const struct capan_exchange *exchange) {
    char text[CAPAN_EXPLAIN_TEXT];
    if (story->frame && !capan_story_within(&exchange->request, story->frame) &&
        !capan_story_within(&exchange->response, story->frame))
        return;
    struct capan_told *told = APPEND(story, exchanges, EXCHANGES_MAX);
    if (!told) return;
    told->exchange = *exchange;
    told->exchange.method = keep(exchange->method, NAME_MAX_KEPT);
    told->exchange.target = keep(exchange->target, NAME_MAX_KEPT);
    told->exchange.authority = keep(exchange->authority, NAME_MAX_KEPT);
    told->explain = keep((struct capan_span){(uint8_t *)text, capan_exchange_explain(exchange, text)}, sizeof text);
    told->referer =
        keep(capan_field_value(exchange->request_fields, exchange->request_field_count, "referer"), NAME_MAX_KEPT);
    told->coding =
        keep(capan_field_value(exchange->response_fields, exchange->response_field_count, "content-encoding"),
             NAME_MAX_KEPT);
    told->has_validator =
        capan_field_value(exchange->response_fields, exchange->response_field_count, "etag").len ||
        capan_field_value(exchange->response_fields, exchange->response_field_count, "last-modified").len;
    told->request_fields = keep_fields(exchange->request_fields, exchange->request_field_count);
    told->response_fields = keep_fields(exchange->response_fields, exchange->response_field_count);
}

void capan_story_connection(struct capan_story *story, const struct capan_connection *connection) {
    struct capan_connection *kept = story->frame ? NULL : APPEND(story, connections, CONNECTIONS_MAX);
    if (kept) *kept = *connection;
}

static void forget_span(struct capan_span span) {
    free((void *)(uintptr_t)span.at);
}

static bool finish(struct capan_story *story) {
    bool fine = capan_out_flush(&story->out);
    int reason = errno;
    for (size_t i = 0; i < story->exchanges_count; i++) {
        struct capan_told *told = &story->exchanges[i];
        const struct capan_span spans[] = {told->exchange.method, told->exchange.target, told->exchange.authority,
                                           told->explain,         told->referer,         told->coding,
                                           told->request_fields,  told->response_fields};
        for (size_t j = 0; j < sizeof spans / sizeof *spans; j++) forget_span(spans[j]);
    }
    free(story->steps);
    free(story->acks);
    free(story->layers);
    free(story->exchanges);
    free(story->connections);
    capan_out_free(&story->out);
    free(story);
    errno = reason;
    return fine;
}

bool capan_story_close(struct capan_story *story, const struct capan_source *source) {
    if (story->frame)
        capan_prove(story);
    else
        capan_tell(story, source);
    return finish(story);
}

bool capan_story_close_page(struct capan_story *story, const struct capan_source *source,
                            const struct capan_finding *findings, size_t count) {
    capan_page(story, source, findings, count);
    return finish(story);
}
