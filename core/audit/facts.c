/* SPDX-License-Identifier: MIT */
#include "facts.h"

#include <stdlib.h>

#include "bytes.h"

enum { BESIDE_MAX = 512, COVERING_MAX = 256, TCP_HEADER_MIN = 20, ECHO_HEADER = 8 };

void capan_facts_free(struct facts *facts) {
    for (size_t i = 0; i < facts->exchange_count; i++) capan_exchange_free(facts->alloc, facts->exchanges[i]);
    capan_delete(facts->alloc, facts->frames, facts->frame_room * sizeof *facts->frames);
    capan_delete(facts->alloc, facts->connections, facts->connection_room * sizeof *facts->connections);
    capan_delete(facts->alloc, facts->exchanges, facts->exchange_room * sizeof(struct capan_exchange *));
}

static int by_stream(const void *left, const void *right) {
    const struct capan_connection *a = left, *b = right;
    return a->stream < b->stream ? -1 : a->stream > b->stream;
}

static int by_stream_and_end(const void *left, const void *right) {
    const struct capan_exchange *a = *(struct capan_exchange *const *)left, *b = *(struct capan_exchange *const *)right;
    if (a->stream != b->stream) return a->stream < b->stream ? -1 : 1;
    const uint32_t x = max_u32(a->response.last_frame, a->request.last_frame),
                   y = max_u32(b->response.last_frame, b->request.last_frame);
    if (x != y) return x < y ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

void capan_facts_sort(struct facts *facts) {
    if (facts->connection_count)
        qsort(facts->connections, facts->connection_count, sizeof *facts->connections, by_stream);
    if (facts->exchange_count)
        qsort(facts->exchanges, facts->exchange_count, sizeof *facts->exchanges, by_stream_and_end);
}

/* frame_count: none. */
static size_t index_of(const struct facts *facts, uint64_t number) {
    size_t low = 0, high = facts->frame_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (facts->frames[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < facts->frame_count && facts->frames[low].number == number ? low : facts->frame_count;
}

const struct fact_frame *capan_facts_frame(const struct facts *facts, uint64_t number) {
    const size_t at = index_of(facts, number);
    return at < facts->frame_count ? &facts->frames[at] : NULL;
}

const struct fact_frame *capan_facts_beside(const struct facts *facts, const struct fact_frame *frame, int step) {
    const struct fact_frame *at = frame;
    if (!frame->tcp) return NULL;
    for (unsigned i = 0; i < BESIDE_MAX; i++) {
        if (at == (step < 0 ? facts->frames : facts->frames + facts->frame_count - 1)) return NULL;
        at += step < 0 ? -1 : 1;
        if (at->tcp && at->segment.stream == frame->segment.stream) return at;
    }
    return NULL;
}

const struct capan_connection *capan_facts_connection(const struct facts *facts, uint32_t stream) {
    const struct capan_connection key = {.stream = stream};
    return facts->connection_count ? bsearch(&key, facts->connections, facts->connection_count, sizeof key, by_stream)
                                   : NULL;
}

static bool covers(const struct capan_http_extent *extent, uint32_t frame) {
    return extent->first_frame && extent->first_frame <= frame && frame <= extent->last_frame;
}

/* The first exchange of the stream that does not end before the frame. */
static size_t first_covering(const struct facts *facts, uint32_t stream, uint32_t frame) {
    struct capan_exchange key = {.stream = stream, .response.last_frame = frame};
    const struct capan_exchange *pointer = &key;
    size_t low = 0, high = facts->exchange_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (by_stream_and_end(&facts->exchanges[middle], &pointer) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct capan_exchange *capan_facts_exchange(const struct facts *facts, const struct fact_frame *frame,
                                                  bool *response) {
    if (!frame->tcp) return NULL;
    const struct capan_segment *segment = &frame->segment;
    size_t at = first_covering(facts, segment->stream, segment->frame);
    for (size_t tried = 0; at < facts->exchange_count && tried < COVERING_MAX; at++, tried++) {
        const struct capan_exchange *exchange = facts->exchanges[at];
        if (exchange->stream != segment->stream) return NULL;
        *response = segment->direction == CAPAN_S2C;
        if (covers(*response ? &exchange->response : &exchange->request, segment->frame)) return exchange;
    }
    return NULL;
}

struct capan_endpoint capan_facts_end(const struct facts *facts, const struct fact_frame *frame, bool sender) {
    const struct capan_connection *connection = capan_facts_connection(facts, frame->segment.stream);
    if (!frame->tcp || !connection) return (struct capan_endpoint){.port = 0};
    return (frame->segment.direction == CAPAN_C2S) == sender ? connection->client : connection->server;
}

/* --- what is kept ----------------------------------------------------------------------------------------------- */

/* RFC 9293 3.1: MSS is kind 2, the window's scale kind 3. */
static void read_options(struct fact_frame *fact, struct capan_span options) {
    while (options.len && options.at[0]) {
        const size_t len = options.at[0] == 1 ? 1 : options.len > 1 ? options.at[1] : 0;
        if (!len || len > options.len || (len < 2 && options.at[0] != 1)) return;
        if (options.at[0] == 2 && len == 4) fact->mss = read_be16(options.at + 2);
        if (options.at[0] == 3 && len == 3) fact->scale = (int8_t)min_u32(options.at[2], 14);
        span_take(&options, len);
    }
}

void capan_facts_packet(struct facts *facts, const struct capan_packet *packet, bool icmp) {
    if (capan_reserve(facts->alloc, (void **)&facts->frames, &facts->frame_room, facts->frame_count + 1,
                      sizeof *facts->frames) != CAPAN_OK) {
        facts->left_out++;
        return;
    }
    if (!facts->frame_count) facts->origin_ns = packet->time_ns;
    struct fact_frame *fact = &facts->frames[facts->frame_count++];
    *fact = (struct fact_frame){.number = packet->frame,
                                .frame_len = packet->frame_len,
                                .link_len = packet->link_header_len,
                                .ip_len = packet->ip_header_len,
                                .padding = packet->padding,
                                .scale = -1,
                                .segment.time_ns = packet->time_ns};
    if (icmp) {
        const bool echo = packet->octets.len && (packet->octets.at[0] == 8 || packet->octets.at[0] == 0 ||
                                                 packet->octets.at[0] == 128 || packet->octets.at[0] == 129);
        if (echo && packet->wire_len > ECHO_HEADER) fact->echo_len = packet->wire_len - ECHO_HEADER;
    } else if (packet->octets.len >= TCP_HEADER_MIN) {
        fact->window = read_be16(packet->octets.at + 14);
        fact->tcp_len = (uint32_t)(packet->octets.at[12] >> 4) * 4;
        read_options(fact, span_cut(span_cut(packet->octets, 0, fact->tcp_len), TCP_HEADER_MIN, SIZE_MAX));
    }
}

void capan_facts_segment(struct facts *facts, const struct capan_segment *segment, const uint32_t *acks) {
    const size_t at = index_of(facts, segment->frame);
    if (at == facts->frame_count || facts->frames[at].tcp) return;
    struct fact_frame *fact = &facts->frames[at];
    fact->segment = *segment;
    fact->tcp = true;
    for (uint32_t i = 0; acks && i < segment->acks_count; i++) {
        const struct fact_frame *acked = capan_facts_frame(facts, acks[i]);
        if (acked && acked->tcp) fact->newly += acked->segment.len;
    }
}

void capan_facts_exchange_ended(struct facts *facts, const struct capan_exchange *exchange) {
    struct capan_exchange *copy = NULL;
    if (capan_reserve(facts->alloc, (void **)&facts->exchanges, &facts->exchange_room, facts->exchange_count + 1,
                      sizeof(struct capan_exchange *)) == CAPAN_OK)
        copy = capan_exchange_copy(facts->alloc, exchange);
    if (copy)
        facts->exchanges[facts->exchange_count++] = copy;
    else
        facts->left_out++;
}

void capan_facts_connection_ended(struct facts *facts, const struct capan_connection *connection) {
    if (capan_reserve(facts->alloc, (void **)&facts->connections, &facts->connection_room, facts->connection_count + 1,
                      sizeof *facts->connections) != CAPAN_OK) {
        facts->left_out++;
        return;
    }
    struct capan_connection *kept = &facts->connections[facts->connection_count++];
    *kept = *connection;
    kept->tls = NULL;
    kept->statistics = NULL;
}
