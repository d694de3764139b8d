/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store.h"

#include <assert.h>
#include <epan/wmem_scopes.h>
#include <string.h>

#include "packed.h"

/* What a connection has shown, a bit per token: an expert item is for the first of each. */
struct shown {
    uint64_t kinds, flags, outcomes, violations, advice, framing;
};

/* Verdicts are in file scope, the engine and the index of segments are freed by hand. */
static struct {
    struct capan_analysis *engine;
    GArray *frames;        /* uint32_t: each segment's frame, ascending */
    GPtrArray *packed;     /* each segment's settled verdict; NULL while it is the engine's */
    GArray *shown;         /* struct shown, by stream: what settled verdicts have shown */
    GArray *shown_in_quic; /* likewise, by QUIC connection */
    GArray *offered;       /* likewise what verdicts not settled yet have, up to this serial */
    uint64_t offered_upto;
    wmem_map_t *exchanges;   /* frame to struct parts */
    wmem_map_t *connections; /* frame to struct capan_stored_connection */
    uint8_t *block;          /* packed verdicts are cut from blocks */
    size_t block_left;
} store;

enum { BLOCK = 64 * 1024 };
static_assert(CAPAN_TCP_KIND_COUNT <= 64 && CAPAN_TCP_FLAG_COUNT <= 64 && CAPAN_HTTP_OUTCOME_COUNT <= 64,
              "one bit each");

/* --- segments --- */

static uint8_t *room_for(size_t len) {
    if (len > BLOCK) return wmem_alloc(wmem_file_scope(), len);
    if (len > store.block_left) {
        store.block = wmem_alloc(wmem_file_scope(), BLOCK);
        store.block_left = BLOCK;
    }
    return store.block;
}

static void give_back_after(const uint8_t *at, size_t len) {
    if (at != store.block) return;
    store.block += len;
    store.block_left -= len;
}

static struct shown *shown_in(GArray *by_stream, uint32_t stream) {
    if (stream >= by_stream->len) g_array_set_size(by_stream, stream + 1);
    return &g_array_index(by_stream, struct shown, stream);
}

static uint64_t loud_flags(uint64_t flags) {
    static uint64_t loud;

    for (size_t flag = 0; !loud && flag < CAPAN_TCP_FLAG_COUNT; flag++)
        if (capan_tcp_flags[flag].severity != CAPAN_NONE) loud |= UINT64_C(1) << flag;
    return flags & loud;
}

/* What a segment is the first of in its connection; the mark in front of a packed verdict. */
struct firsts {
    uint64_t flags;
    bool kind;
};

static struct firsts firsts_of(GArray *by_stream, const struct capan_segment *segment) {
    const struct shown *shown = shown_in(by_stream, segment->stream);

    return (struct firsts){loud_flags(segment->flags) & ~shown->flags, !(shown->kinds >> segment->kind & 1)};
}

static void now_shown(GArray *by_stream, const struct capan_segment *segment) {
    struct shown *shown = shown_in(by_stream, segment->stream);

    shown->kinds |= UINT64_C(1) << segment->kind;
    shown->flags |= segment->flags;
}

/* One octet says what is first; the flags follow only where one is. */
static uint8_t *put_firsts(uint8_t *at, struct firsts firsts) {
    *at++ = (uint8_t)(firsts.kind | (firsts.flags ? 2 : 0));
    if (!firsts.flags) return at;
    memcpy(at, &firsts.flags, sizeof firsts.flags);
    return at + sizeof firsts.flags;
}

static const uint8_t *get_firsts(const uint8_t *at, struct firsts *firsts) {
    uint8_t mark = *at++;

    *firsts = (struct firsts){.kind = mark & 1};
    if (!(mark & 2)) return at;
    memcpy(&firsts->flags, at, sizeof firsts->flags);
    return at + sizeof firsts->flags;
}

static void keep_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    (void)context, (void)connection;
    uint8_t *at = room_for(1 + sizeof(uint64_t) + capan_packed_room(segment->acks_count));
    uint8_t *next = put_firsts(at, firsts_of(store.shown, segment));

    now_shown(store.shown, segment);
    next += capan_pack(next, segment, acks);
    give_back_after(at, (size_t)(next - at));
    store.packed->pdata[segment->serial] = at;
}

/* The engine numbers the segments that it took; it may report one before the call returns. */
void capan_store_feed_tcp(const struct capan_packet *packet) {
    uint64_t serial;

    g_array_append_val(store.frames, packet->frame);
    g_ptr_array_add(store.packed, NULL);
    if (capan_analysis_segment(store.engine, packet, CAPAN_STREAM_AUTO, &serial) == CAPAN_OK && serial != UINT64_MAX)
        return;
    g_array_set_size(store.frames, store.frames->len - 1);
    g_ptr_array_set_size(store.packed, (gint)store.packed->len - 1);
}

void capan_store_feed_icmp(const struct capan_packet *packet) {
    capan_analysis_icmp(store.engine, packet);
}

void capan_store_feed_octets(const struct capan_decoded *at, struct capan_span octets) {
    capan_analysis_decoded_octets(store.engine, at, octets);
}

void capan_store_feed_head(const struct capan_decoded *at, const struct capan_decoded_head *head) {
    capan_analysis_decoded_head(store.engine, at, head);
}

void capan_store_feed_unread(const struct capan_decoded *at, bool request) {
    capan_analysis_decoded_unread(store.engine, at, request);
}

void capan_store_feed_body(const struct capan_decoded *at, bool request, struct capan_span octets) {
    capan_analysis_decoded_body(store.engine, at, request, octets, octets.len);
}

void capan_store_feed_end(const struct capan_decoded *at, bool request, bool reset) {
    capan_analysis_decoded_end(store.engine, at, request, reset);
}

/* The number of the first segment whose frame is not below this one. */
static guint first_serial(uint32_t frame) {
    guint low = 0, high = store.frames->len;

    if (high && g_array_index(store.frames, uint32_t, high - 1) < frame) return high;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(store.frames, uint32_t, middle) < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void read_settled(struct capan_stored_segment *stored, const uint8_t *at, wmem_allocator_t *pool) {
    struct firsts firsts;
    const uint8_t *packed_acks = capan_unpack(&stored->segment, get_firsts(at, &firsts));

    stored->acks = wmem_alloc_array(pool, uint32_t, stored->segment.acks_count);
    capan_unpack_acks(stored->acks, &stored->segment, packed_acks);
    stored->first_of_kind = firsts.kind;
    stored->first_flags = firsts.flags;
}

static bool read_pending(struct capan_stored_segment *stored, uint64_t serial, wmem_allocator_t *pool) {
    const uint32_t *acks = NULL;
    const struct capan_segment *segment = capan_analysis_pending(store.engine, serial, &acks);
    if (!segment) return false;
    struct firsts firsts = firsts_of(store.offered, segment);

    if (serial >= store.offered_upto) now_shown(store.offered, segment);
    store.offered_upto = MAX(store.offered_upto, serial + 1);
    stored->segment = *segment;
    if (segment->open_questions) stored->segment.certainty = CAPAN_PROVISIONAL;
    stored->acks = wmem_memdup(pool, acks, segment->acks_count * sizeof *acks);
    stored->first_of_kind = firsts.kind;
    stored->first_flags = firsts.flags;
    return true;
}

bool capan_store_segment(struct capan_stored_segment *stored, uint32_t frame, unsigned number, wmem_allocator_t *pool) {
    guint serial = first_serial(frame) + number;
    if (serial >= store.frames->len || g_array_index(store.frames, uint32_t, serial) != frame) return false;
    const uint8_t *at = store.packed->pdata[serial];

    stored->segment = (struct capan_segment){.serial = serial, .frame = frame};
    if (!at) return read_pending(stored, serial, pool);
    read_settled(stored, at, pool);
    return true;
}

bool capan_store_stream(uint32_t frame, uint32_t *stream) {
    guint serial = first_serial(frame);
    if (serial >= store.frames->len || g_array_index(store.frames, uint32_t, serial) != frame) return false;
    const struct capan_segment *segment = capan_analysis_pending(store.engine, serial, NULL);
    struct capan_segment settled = {.frame = frame};
    struct firsts firsts;

    if (!segment) capan_unpack(&settled, get_firsts(store.packed->pdata[serial], &firsts));
    *stream = segment ? segment->stream : settled.stream;
    return true;
}

/* --- exchanges --- */

/* The core's copies live as long as the file. */
static void *resize_in_file(void *context, void *block, size_t old_size, size_t new_size) {
    (void)context, (void)old_size;
    if (new_size) return wmem_realloc(wmem_file_scope(), block, new_size);
    wmem_free(wmem_file_scope(), block);
    return NULL;
}

/* Which of the tokens are new to the connection; they are not any more. */
static uint64_t take_new(uint64_t *shown, uint64_t tokens) {
    uint64_t new = tokens & ~*shown;

    *shown |= tokens;
    return new;
}

static void take_exchange_firsts(struct capan_stored_exchange *stored) {
    const struct capan_exchange *exchange = stored->exchange;
    bool in_quic = exchange->request_version == 30 || exchange->response_version == 30;
    struct shown *shown = shown_in(in_quic ? store.shown_in_quic : store.shown, exchange->stream);

    stored->first_outcome = take_new(&shown->outcomes, UINT64_C(1) << exchange->outcome);
    stored->first_violations = take_new(&shown->violations, exchange->violations);
    stored->first_advice = take_new(&shown->advice, exchange->advice);
    stored->first_framing = take_new(&shown->framing, exchange->request_framing | exchange->response_framing);
}

static struct capan_stored_exchange *copy_exchange(const struct capan_exchange *exchange) {
    static const struct capan_alloc file_scope = {resize_in_file, NULL};
    struct capan_stored_exchange *stored = wmem_new(wmem_file_scope(), struct capan_stored_exchange);

    *stored = (struct capan_stored_exchange){.exchange = capan_exchange_copy(&file_scope, exchange)};
    take_exchange_firsts(stored);
    return stored;
}

/* A frame's parts, in the order of the exchanges' index, which is the order of the calls. */
struct parts {
    struct capan_exchange_part *first, *last;
};

static void add_part(uint32_t frame, const struct capan_stored_exchange *of, bool is_end) {
    struct capan_exchange_part *part = wmem_new(wmem_file_scope(), struct capan_exchange_part);
    struct parts *parts = wmem_map_lookup(store.exchanges, GUINT_TO_POINTER(frame));

    *part = (struct capan_exchange_part){NULL, of, is_end};
    if (parts) {
        parts->last = parts->last->next = part;
        return;
    }
    parts = wmem_new(wmem_file_scope(), struct parts);
    *parts = (struct parts){part, part};
    wmem_map_insert(store.exchanges, GUINT_TO_POINTER(frame), parts);
}

static void keep_exchange(void *context, const struct capan_exchange *exchange) {
    (void)context;
    const struct capan_stored_exchange *stored = copy_exchange(exchange);
    uint32_t request = exchange->request.last_frame, response = exchange->response.last_frame;
    uint32_t end = response ? response : request;

    if (end) add_part(end, stored, true);
    if (request && request != end) add_part(request, stored, false);
}

const struct capan_exchange_part *capan_store_exchanges(uint32_t frame) {
    const struct parts *parts = wmem_map_lookup(store.exchanges, GUINT_TO_POINTER(frame));

    return parts ? parts->first : NULL;
}

/* --- connections --- */

static void keep_connection(void *context, const struct capan_connection *connection) {
    (void)context;
    struct capan_stored_connection *stored = wmem_new(wmem_file_scope(), struct capan_stored_connection);
    gpointer key = GUINT_TO_POINTER(connection->last_frame);
    struct capan_stored_connection *before = wmem_map_lookup(store.connections, key);

    *stored = (struct capan_stored_connection){NULL, *connection};
    if (!before) wmem_map_insert(store.connections, key, stored);
    while (before && before->next) before = before->next;
    if (before) before->next = stored;
}

const struct capan_stored_connection *capan_store_connections(uint32_t frame) {
    return wmem_map_lookup(store.connections, GUINT_TO_POINTER(frame));
}

/* --- the capture --- */

void capan_store_open(const struct capan_config *config) {
    const struct capan_sink sink = {keep_segment, keep_exchange, keep_connection, NULL};

    store.engine = capan_analysis_new(config, &sink, NULL);
    if (!store.engine) return;
    store.frames = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    store.packed = g_ptr_array_new();
    store.shown = g_array_new(FALSE, TRUE, sizeof(struct shown));
    store.shown_in_quic = g_array_new(FALSE, TRUE, sizeof(struct shown));
    store.offered = g_array_new(FALSE, TRUE, sizeof(struct shown));
    store.offered_upto = 0;
    store.exchanges = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    store.connections = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    store.block_left = 0;
}

void capan_store_close(void) {
    if (!store.engine) return;
    capan_analysis_free(store.engine);
    store.engine = NULL;
    g_array_free(store.frames, TRUE);
    g_ptr_array_free(store.packed, TRUE);
    g_array_free(store.shown, TRUE);
    g_array_free(store.shown_in_quic, TRUE);
    g_array_free(store.offered, TRUE);
}

bool capan_store_is_open(void) {
    return store.engine != NULL;
}

void capan_store_finish(void) {
    capan_analysis_finish(store.engine);
}

size_t capan_store_findings(const struct capan_finding **findings) {
    return capan_analysis_findings(store.engine, findings);
}

void capan_store_totals(struct capan_totals *totals) {
    capan_analysis_totals(store.engine, totals);
}
