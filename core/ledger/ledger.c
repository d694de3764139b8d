/* SPDX-License-Identifier: MIT */
#include "capan/ledger.h"

#include <stdalign.h>
#include <string.h>

#include "alloc.h"
#include "arena.h"
#include "index.h"
#include "numbering.h"
#include "segments.h"
#include "wordpack.h"

/* What most frames' verdicts take. */
enum { LENT = 4096 };

/* A frame on which an exchange or a connection ends, and what does. In the order in which it was reported. */
struct kept_frame {
    struct capan_indexed in;
    uint32_t frame;
    struct capan_exchange_part *exchanges, **exchanges_end;
    struct packed_connection *connections; /* hardly ever more than one */
};

enum { CONNECTION_WORDS = (sizeof(struct capan_connection) + CAPAN_WORD - 1) / CAPAN_WORD };

union whole_connection {
    struct capan_connection connection;
    uint64_t words[CONNECTION_WORDS];
};

struct packed_connection {
    struct packed_connection *next;
    int64_t last_ns; /* by which its words are packed */
    uint8_t words[];
};

struct capan_ledger {
    const struct capan_alloc *alloc;
    struct capan_analysis *analysis;
    struct capan_segments segments;
    struct capan_index frames; /* struct kept_frame */
    struct capan_arena arena;  /* what is found there, and exchanges */
    struct capan_numbering numbering;
    struct capan_arena lent; /* what was handed out last; first in room */
    alignas(max_align_t) uint8_t room[LENT];
};

/* --- frames --- */

static uint64_t hash_of(const struct capan_ledger *ledger, uint32_t frame) {
    return capan_hash(ledger->frames.key, &frame, sizeof frame);
}

static struct kept_frame *find_frame(const struct capan_ledger *ledger, uint32_t frame) {
    struct capan_indexed *at = capan_index_first(&ledger->frames, hash_of(ledger, frame));
    while (at && ((struct kept_frame *)at)->frame != frame) at = capan_index_next(at);
    return (struct kept_frame *)at;
}

static struct kept_frame *keep_frame(struct capan_ledger *ledger, uint32_t frame) {
    struct kept_frame *kept = find_frame(ledger, frame);
    if (!kept && (kept = capan_arena_take(&ledger->arena, sizeof *kept)) != NULL) {
        *kept = (struct kept_frame){.frame = frame};
        kept->exchanges_end = &kept->exchanges;
        capan_index_add(&ledger->frames, &kept->in, hash_of(ledger, frame));
    }
    return kept;
}

/* --- what the analysis reports --- */

static void keep_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct capan_ledger *ledger = context;
    (void)connection;
    capan_segments_keep(&ledger->segments, segment, acks);
}

/* For capan_exchange_copy(): the copy is freed with the arena. */
static void *take_from_arena(void *arena, void *block, size_t old_size, size_t new_size) {
    (void)block, (void)old_size;
    return new_size ? capan_arena_take(arena, new_size) : NULL;
}

static void add_part(struct capan_ledger *ledger, uint32_t frame, const struct capan_exchange *of, bool is_end) {
    struct kept_frame *kept = keep_frame(ledger, frame);
    struct capan_exchange_part *part = kept ? capan_arena_take(&ledger->arena, sizeof *part) : NULL;
    if (!part) return;
    *part = (struct capan_exchange_part){NULL, of, is_end};
    *kept->exchanges_end = part;
    kept->exchanges_end = &part->next;
}

static void keep_exchange(void *context, const struct capan_exchange *exchange) {
    struct capan_ledger *ledger = context;
    const struct capan_alloc in_arena = {take_from_arena, &ledger->arena};
    uint32_t request = exchange->request.last_frame, response = exchange->response.last_frame;
    uint32_t end = response ? response : request;
    const struct capan_exchange *stored = capan_exchange_copy(&in_arena, exchange);
    if (!stored) return;
    if (end) add_part(ledger, end, stored, true);
    if (request && request != end) add_part(ledger, request, stored, false);
}

/* What it points to does not live on. */
static void keep_connection(void *context, const struct capan_connection *connection) {
    struct capan_ledger *ledger = context;
    union whole_connection whole = {.words = {0}};
    uint8_t words[CAPAN_WORDS_ROOM(CONNECTION_WORDS)];
    whole.connection = *connection;
    whole.connection.tls = NULL;
    whole.connection.statistics = NULL;
    const uint8_t *end = capan_words_pack(words, whole.words, CONNECTION_WORDS, (uint64_t)connection->last_ns);
    const size_t len = (size_t)(end - words);
    struct kept_frame *kept = keep_frame(ledger, connection->last_frame);
    struct packed_connection *packed = kept ? capan_arena_take(&ledger->arena, sizeof *packed + len) : NULL;
    if (!packed) return;
    *packed = (struct packed_connection){.last_ns = connection->last_ns};
    memcpy(packed->words, words, len);
    struct packed_connection **at = &kept->connections;
    while (*at) at = &(*at)->next;
    *at = packed;
}

/* --- what a face asks --- */

struct capan_ledger *capan_ledger_new(const struct capan_config *config, const struct capan_alloc *alloc) {
    struct capan_ledger *ledger = capan_new(alloc, sizeof *ledger);
    if (!ledger) return NULL;
    const struct capan_sink sink = {keep_segment, keep_exchange, keep_connection, ledger};
    ledger->alloc = ledger->segments.alloc = ledger->numbering.alloc = alloc;
    capan_index_init(&ledger->frames, config->seed, alloc);
    capan_arena_init(&ledger->arena, alloc, NULL, 0, SIZE_MAX);
    capan_arena_init(&ledger->lent, alloc, ledger->room, LENT, SIZE_MAX);
    ledger->analysis = capan_analysis_new(config, &sink, alloc);
    if (ledger->analysis) return ledger;
    capan_ledger_free(ledger);
    return NULL;
}

void capan_ledger_free(struct capan_ledger *ledger) {
    if (!ledger) return;
    if (ledger->analysis) capan_analysis_free(ledger->analysis);
    capan_segments_free(&ledger->segments);
    capan_index_free(&ledger->frames);
    capan_arena_free(&ledger->arena);
    capan_arena_free(&ledger->lent);
    capan_numbering_free(&ledger->numbering);
    capan_delete(ledger->alloc, ledger, sizeof *ledger);
}

struct capan_analysis *capan_ledger_analysis(const struct capan_ledger *ledger) {
    return ledger->analysis;
}

/* The analysis numbers the segments that it takes, and may report one before the call returns. */
enum capan_result capan_ledger_tcp(struct capan_ledger *ledger, const struct capan_packet *packet) {
    uint64_t serial = UINT64_MAX;
    enum capan_result result = capan_segments_reserve(&ledger->segments);
    if (result != CAPAN_OK) return result;
    capan_segments_begin(&ledger->segments, packet->frame);
    result = capan_analysis_segment(ledger->analysis, packet, CAPAN_STREAM_AUTO, &serial);
    if (result != CAPAN_OK || serial == UINT64_MAX) capan_segments_undo(&ledger->segments);
    return result;
}

static bool has_segment(const struct capan_ledger *ledger, size_t serial, uint32_t frame) {
    return serial < ledger->segments.count && ledger->segments.frames[serial] == frame;
}

bool capan_ledger_stream(const struct capan_ledger *ledger, uint32_t frame, uint32_t *stream) {
    size_t serial = capan_segments_first(&ledger->segments, frame);
    capan_analysis_catch_up(ledger->analysis);
    return has_segment(ledger, serial, frame) &&
           capan_segments_stream(&ledger->segments, ledger->analysis, serial, stream);
}

/* --- by frame --- */

enum capan_result capan_ledger_drop(struct capan_ledger *ledger, uint32_t frame) {
    return capan_numbering_drop(&ledger->numbering, frame);
}

uint32_t capan_ledger_in_capture(const struct capan_ledger *ledger, uint32_t shown) {
    return capan_numbering_in_capture(&ledger->numbering, shown);
}

/* What was handed out before is given back. */
static struct capan_arena *lend(struct capan_ledger *ledger) {
    capan_arena_free(&ledger->lent);
    capan_arena_init(&ledger->lent, ledger->alloc, ledger->room, LENT, SIZE_MAX);
    return &ledger->lent;
}

static void find_segments(struct capan_ledger *ledger, uint32_t frame, struct capan_arena *arena,
                          struct capan_verdicts *verdicts) {
    size_t first = capan_segments_first(&ledger->segments, frame), count = 0;
    while (has_segment(ledger, first + count, frame)) count++;
    struct capan_stored_segment *segments = count ? capan_arena_take(arena, count * sizeof *segments) : NULL;
    verdicts->segments = segments;
    for (size_t i = 0; segments && i < count; i++) {
        if (!capan_segments_get(&ledger->segments, ledger->analysis, first + i, &segments[i], arena)) break;
        verdicts->segment_count++;
    }
}

static struct capan_stored_connection *unpack_connections(const struct packed_connection *packed,
                                                          struct capan_arena *arena) {
    struct capan_stored_connection *first = NULL, **end = &first;
    for (; packed; packed = packed->next) {
        struct capan_stored_connection *stored = capan_arena_take(arena, sizeof *stored);
        union whole_connection whole;
        if (!stored) break;
        capan_words_unpack(packed->words, whole.words, CONNECTION_WORDS, (uint64_t)packed->last_ns);
        *stored = (struct capan_stored_connection){NULL, whole.connection};
        *end = stored;
        end = &stored->next;
    }
    return first;
}

bool capan_ledger_frame(struct capan_ledger *ledger, uint32_t frame, struct capan_verdicts *verdicts) {
    uint32_t in_capture = capan_ledger_in_capture(ledger, frame);
    const struct kept_frame *kept = find_frame(ledger, in_capture);
    struct capan_arena *arena = lend(ledger);
    *verdicts = (struct capan_verdicts){.exchanges = kept ? kept->exchanges : NULL,
                                        .connections = unpack_connections(kept ? kept->connections : NULL, arena)};
    find_segments(ledger, in_capture, arena, verdicts);
    if (ledger->numbering.count) capan_numbering_show(&ledger->numbering, verdicts, arena);
    return verdicts->segment_count || verdicts->exchanges;
}

size_t capan_ledger_findings(struct capan_ledger *ledger, const struct capan_finding **findings) {
    size_t count = capan_analysis_findings(ledger->analysis, findings);
    if (!ledger->numbering.count) return count;
    struct capan_finding *shown = capan_arena_take(lend(ledger), count * sizeof *shown);
    if (!shown) return 0;
    for (size_t i = 0; i < count; i++) {
        shown[i] = (*findings)[i];
        capan_numbering_show_finding(&ledger->numbering, &shown[i]);
    }
    *findings = shown;
    return count;
}
