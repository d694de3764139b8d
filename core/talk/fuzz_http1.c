/* SPDX-License-Identifier: MIT */
/* Any octets as what two sides of a connection send, with holes, splits and ends, up to exchanges and their verdicts.
 * Built for libFuzzer with CAPAN_FUZZ; else with a main that replays files.
 *
 * The input is a list of steps: one octet says what and which way, a second one how much. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "protocol.h"
#include "require.h"

enum { LINE = 0, SHORT = 1, LONG = 2, GAP = 3, END = 4, ACK = 5, REST = 6, KINDS = 7, MEMORY_MAX = 4 << 20 };

struct talk {
    void *http1;
    struct capan_span input;
    uint64_t exchange_count;
    uint32_t frame;
};

static void check_extent(const struct capan_http_extent *extent, uint32_t frame) {
    require(extent->first_frame <= extent->last_frame && extent->last_frame <= frame,
            "a message's frames are in order");
    require(extent->head_len <= extent->wire_len, "a head is part of its message");
    require(!extent->complete || extent->head_len + extent->body_len <= extent->wire_len,
            "a body is part of its message");
}

static void hear_exchange(struct talk *talk, const struct capan_exchange *exchange) {
    char text[CAPAN_EXPLAIN_TEXT];
    check_extent(&exchange->request, talk->frame);
    check_extent(&exchange->response, talk->frame);
    require(exchange->outcome < CAPAN_HTTP_OUTCOME_COUNT && exchange->reason < CAPAN_HTTP_REASON_COUNT,
            "outcome and reason are of their lists");
    require(exchange->cond < CAPAN_HTTP_COND_COUNT, "cond is of its list");
    require((uint64_t)exchange->request_framing >> CAPAN_HTTP_FRAMING_COUNT == 0, "framing is of its list");
    require((uint64_t)exchange->response_framing >> CAPAN_HTTP_FRAMING_COUNT == 0, "framing is of its list");
    require(exchange->method.len || exchange->status || exchange->interim_count || exchange->request_framing ||
                exchange->response_framing,
            "an exchange has a request or a response, or says what could not be read");
    require(capan_exchange_explain(exchange, text) == strlen(text), "an explanation knows its length");
    talk->exchange_count++;
}

static void hear(struct talk *talk, struct capan_talks *talks) {
    struct capan_exchange *exchange;
    struct capan_judgement *judgement;
    void *owner;
    while ((judgement = capan_ended_take(&talks->ended, &exchange, &owner))) {
        hear_exchange(talk, exchange);
        capan_judgement_free(talks->judge, judgement);
    }
}

static uint8_t take(struct talk *talk) {
    uint8_t octet = talk->input.len ? talk->input.at[0] : 0;
    talk->input = span_cut(talk->input, 1, SIZE_MAX);
    return octet;
}

/* A copy of exactly that size, so that a sanitizer sees a read beyond. */
static void send_octets(struct talk *talk, enum capan_direction direction, size_t len) {
    struct capan_span octets = span_cut(talk->input, 0, len);
    talk->input = span_cut(talk->input, octets.len, SIZE_MAX);
    uint8_t *copy = malloc(octets.len + 1);
    if (!copy) abort();
    if (octets.len) memcpy(copy, octets.at, octets.len);
    capan_protocol_http1.octets(talk->http1, direction, (struct capan_span){copy, octets.len},
                                (struct moment){talk->frame, talk->frame});
    free(copy);
}

static size_t line_len(const struct talk *talk) {
    const uint8_t *lf = talk->input.len ? memchr(talk->input.at, '\n', talk->input.len) : NULL;
    return lf ? (size_t)(lf - talk->input.at) + 1 : talk->input.len;
}

static void step(struct talk *talk) {
    uint8_t what = take(talk);
    enum capan_direction direction = what & 0x80 ? CAPAN_S2C : CAPAN_C2S;
    talk->frame++;
    switch ((what & 0x7f) % KINDS) {
    case LINE: send_octets(talk, direction, line_len(talk)); break;
    case SHORT: send_octets(talk, direction, take(talk) % 16 + 1); break;
    case LONG: send_octets(talk, direction, (size_t)take(talk) * 8 + 1); break;
    case GAP:
        capan_protocol_http1.gap(talk->http1, direction, take(talk), (struct moment){talk->frame, talk->frame});
        break;
    case END:
        capan_protocol_http1.end(talk->http1, direction, (enum capan_end)(take(talk) % 4),
                                 (struct moment){talk->frame, talk->frame});
        break;
    case ACK:
        capan_protocol_http1.acked(talk->http1, direction, (uint64_t)take(talk) << (what >> 5 & 3), talk->frame,
                                   what & 16);
        break;
    case REST: send_octets(talk, direction, SIZE_MAX); break;
    default: break;
    }
    (void)capan_protocol_http1.hopeless(talk->http1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    const struct capan_judge_config config = {.memory = 1 << 16, .seed = size};
    const struct capan_endpoint ends[2] = {{{4, {192, 0, 2, 1}}, 40000}, {{4, {192, 0, 2, 2}}, 80}};
    struct talk talk = {.input = {data, size}};
    struct capan_talks talks = {.alloc = &counter.alloc, .judge = capan_judge_new(&counter.alloc, &config)};
    struct capan_carrier carrier = {.talks = &talks, .ends = ends};
    const struct capan_medium medium = {.carrier = &carrier};
    talk.http1 = capan_protocol_http1.open(&medium, CAPAN_C2S, NULL);
    require(talks.judge && talk.http1, "memory");
    while (talk.input.len) {
        step(&talk);
        hear(&talk, &talks);
    }
    capan_protocol_http1.end(talk.http1, CAPAN_C2S, CAPAN_ENDED_CAPTURE, (struct moment){talk.frame, talk.frame});
    hear(&talk, &talks);
    capan_protocol_http1.close(talk.http1);
    capan_judge_free(talks.judge);
    require(counter.held == 0, "everything is given back");
    require(counter.peak < MEMORY_MAX, "memory is bounded");
    return 0;
}
