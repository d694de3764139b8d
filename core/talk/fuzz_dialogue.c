/* SPDX-License-Identifier: MIT */
/* Any frames of HTTP/2 on one connection, after a preface or an upgrade, with holes, splits and ends, up to exchanges
 * and their verdicts. Built for libFuzzer with CAPAN_FUZZ; else with a main that replays files.
 *
 * The input is a list of steps: one octet says what and which way. Field sections are compressed in a way of their own
 * that a fuzzer learns at once: a line is an octet for the name out of a table, one for the value's length, the value.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "dialogue.h"
#include "require.h"
#include "streams.h"

enum {
    FRAME = 0,
    OCTETS = 1,
    PREFACE = 2,
    UPGRADE = 3,
    GAP = 4,
    END = 5,
    KINDS = 6,
    RECORDS_MAX = 64,
    MEMORY_MAX = 16 << 20
};

struct talk {
    struct capan_records records;
    struct capan_dialogue *dialogue;
    struct capan_span input;
    uint32_t frame;
};

/* --- the compression --- */

static void *open_toy(const struct capan_alloc *alloc) {
    return capan_new(alloc, 1);
}

static const struct capan_alloc *toy_alloc;

static void close_toy(void *decoder) {
    capan_delete(toy_alloc, decoder, 1);
}

static enum capan_hpack_reading read_toy(void *decoder, struct capan_span section, size_t limit, capan_http_line *line,
                                         void *context) {
    static const char *const names[] = {
        ":method",       ":path",         ":authority",    ":scheme", ":status",        "etag",       "if-match",
        "if-none-match", "last-modified", "cache-control", "range",   "content-length", "connection", "X"};
    (void)decoder;
    while (section.len >= 2) {
        struct capan_span name = span_of(names[section.at[0] % (sizeof names / sizeof *names)]);
        struct capan_span value = span_cut(section, 2, section.at[1]);
        if (value.len != section.at[1] || name.len + value.len > limit) return CAPAN_HPACK_UNREADABLE;
        limit -= name.len + value.len;
        section = span_cut(section, 2 + value.len, SIZE_MAX);
        if (!line(context, name, value)) return CAPAN_HPACK_UNREADABLE;
    }
    return section.len == 0 ? CAPAN_HPACK_READ : CAPAN_HPACK_UNREADABLE;
}

static const struct capan_hpack toy = {open_toy, close_toy, read_toy};

/* --- what comes out --- */

static void check_extent(const struct capan_http_extent *extent, uint32_t frame) {
    require(extent->first_frame <= extent->last_frame && extent->last_frame <= frame,
            "a message's frames are in order");
    require(extent->head_len + extent->body_len <= extent->wire_len, "head and body are parts of their message");
}

static void hear_exchange(const struct talk *talk, const struct capan_exchange *exchange) {
    char text[CAPAN_EXPLAIN_TEXT];
    if (exchange->h2_stream >= 0) check_extent(&exchange->request, talk->frame);
    if (exchange->h2_stream >= 0) check_extent(&exchange->response, talk->frame);
    require(exchange->outcome < CAPAN_HTTP_OUTCOME_COUNT && exchange->reason < CAPAN_HTTP_REASON_COUNT,
            "outcome and reason are of their lists");
    require((uint64_t)exchange->response_framing >> CAPAN_HTTP_FRAMING_COUNT == 0, "framing is of its list");
    require(capan_exchange_explain(exchange, text) == strlen(text), "an explanation knows its length");
}

static void hear(const struct talk *talk, struct capan_talks *talks) {
    struct capan_exchange *exchange;
    struct capan_judgement *judgement;
    void *owner;
    while ((judgement = capan_ended_take(&talks->ended, &exchange, &owner))) {
        hear_exchange(talk, exchange);
        capan_judgement_free(talks->judge, judgement);
    }
}

/* HTTP says of a segment that it ends a message, or that a body follows, and nothing else. */
static void check_first(struct talk *talk) {
    const uint64_t marks = UINT64_C(1) << CAPAN_FLAG_LAST_OF_MESSAGE | UINT64_C(1) << CAPAN_FLAG_HEADER_ONLY;
    require(!(capan_records_first(&talk->records)->segment.flags & ~marks), "a mark is one of HTTP's");
    capan_records_pop(&talk->records);
}

/* --- what goes in --- */

static uint8_t take(struct talk *talk) {
    uint8_t octet = talk->input.len ? talk->input.at[0] : 0;
    talk->input = span_cut(talk->input, 1, SIZE_MAX);
    return octet;
}

/* A copy of exactly that size, so that a sanitizer sees a read beyond. */
static void send_octets(struct talk *talk, enum capan_direction direction, struct capan_span octets) {
    uint8_t *copy = malloc(octets.len + 1);
    if (!copy) abort();
    if (octets.len) memcpy(copy, octets.at, octets.len);
    capan_dialogue_octets(talk->dialogue, direction, (struct capan_span){copy, octets.len},
                          (struct moment){talk->frame, talk->frame});
    free(copy);
}

/* Header and payload each in a call of its own: with OCTETS any other split is reached. */
static void send_frame(struct talk *talk, enum capan_direction direction) {
    uint8_t type = take(talk), flags = take(talk), stream = take(talk), len = take(talk);
    const uint8_t header[] = {0, 0, len, type, flags, 0, 0, 0, stream};
    struct capan_span payload = span_cut(talk->input, 0, len);
    talk->input = span_cut(talk->input, payload.len, SIZE_MAX);
    send_octets(talk, direction, (struct capan_span){header, sizeof header});
    send_octets(talk, direction, payload);
}

static void send_some(struct talk *talk, enum capan_direction direction) {
    uint8_t len = take(talk);
    struct capan_span octets = span_cut(talk->input, 0, len);
    talk->input = span_cut(talk->input, octets.len, SIZE_MAX);
    send_octets(talk, direction, octets);
}

/* One segment a frame: HTTP may mark any that is not reported yet. */
static void capture_segment(struct talk *talk) {
    talk->frame++;
    if (capan_records_full(&talk->records)) check_first(talk);
    struct capan_segment *segment = capan_records_push(&talk->records, talk);
    require(segment, "memory");
    segment->frame = talk->frame;
}

static void send_upgrade(struct talk *talk) {
    send_octets(talk, CAPAN_C2S, span_of("GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"));
    capture_segment(talk);
    send_octets(talk, CAPAN_S2C,
                span_of("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"));
}

static void step(struct talk *talk) {
    uint8_t what = take(talk);
    enum capan_direction direction = what & 0x80 ? CAPAN_S2C : CAPAN_C2S;
    capture_segment(talk);
    switch ((what & 0x7f) % KINDS) {
    case FRAME: send_frame(talk, direction); break;
    case OCTETS: send_some(talk, direction); break;
    case PREFACE: send_octets(talk, direction, span_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")); break;
    case UPGRADE: send_upgrade(talk); break;
    case GAP:
        capan_dialogue_gap(talk->dialogue, direction, take(talk), (struct moment){talk->frame, talk->frame});
        break;
    case END:
        capan_dialogue_end(talk->dialogue, direction, (enum capan_end)(take(talk) & 1),
                           (struct moment){talk->frame, talk->frame});
        break;
    default: break;
    }
    (void)capan_dialogue_hopeless(talk->dialogue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    toy_alloc = &counter.alloc;
    const struct capan_judge_config config = {.memory = 1 << 16, .seed = size};
    const struct capan_endpoint ends[2] = {{{4, {192, 0, 2, 1}}, 40000}, {{4, {192, 0, 2, 2}}, 80}};
    struct talk talk = {.input = {data, size}};
    struct capan_talks talks = {.alloc = &counter.alloc,
                                .judge = capan_judge_new(&counter.alloc, &config),
                                .hpack = &toy,
                                .records = &talk.records};
    struct capan_carrier carrier = {.talks = &talks, .ends = ends, .owner = &talk};
    require(capan_records_init(&talk.records, RECORDS_MAX, &counter.alloc) == CAPAN_OK, "memory");
    capan_streams_open(&talks, size);
    talk.dialogue = capan_dialogue_new(&(struct capan_medium){.carrier = &carrier});
    require(talks.judge && talk.dialogue, "memory");
    while (talk.input.len) {
        step(&talk);
        hear(&talk, &talks);
    }
    capan_dialogue_end(talk.dialogue, CAPAN_C2S, CAPAN_ENDED_CAPTURE, (struct moment){talk.frame, talk.frame});
    hear(&talk, &talks);
    require(carrier.streams.count == 0 && talks.streams.count == 0, "the end of a connection ends its exchanges");
    capan_dialogue_free(talk.dialogue);
    capan_streams_close(&talks);
    capan_judge_free(talks.judge);
    while (!capan_records_empty(&talk.records)) check_first(&talk);
    capan_records_free(&talk.records);
    require(counter.held == 0, "everything is given back");
    require(counter.peak < MEMORY_MAX, "memory is bounded");
    return 0;
}
