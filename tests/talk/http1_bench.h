/* SPDX-License-Identifier: MIT */
/* HTTP/1 on one connection without TCP below it: octets in, and what ended is told. */
#ifndef HTTP1_BENCH_H
#define HTTP1_BENCH_H

#include "protocol.h"

static const struct capan_endpoint bench_ends[2] = {{{4, {192, 0, 2, 1}}, 40000}, {{4, {192, 0, 2, 2}}, 80}};

struct bench {
    struct capan_talks talks;
    struct capan_carrier carrier;
    struct capan_medium medium;
    void *http1; /* NULL: it could not be opened */
    void (*hear)(void *context, struct capan_exchange *);
    void *context;
};

/* Stays where it is until it is closed. False without memory; it must be closed even so. */
static inline bool bench_open(struct bench *bench, const struct capan_alloc *alloc,
                              void (*hear)(void *context, struct capan_exchange *), void *context) {
    const struct capan_judge_config config = {.memory = 1 << 20};
    *bench = (struct bench){.talks = {.alloc = alloc}, .carrier = {.ends = bench_ends}};
    bench->hear = hear;
    bench->context = context;
    bench->talks.judge = capan_judge_new(alloc, &config);
    bench->carrier.talks = &bench->talks;
    bench->medium.carrier = &bench->carrier;
    if (bench->talks.judge) bench->http1 = capan_protocol_http1.open(&bench->medium, CAPAN_C2S, NULL);
    return bench->http1 != NULL;
}

static inline void bench_tell(struct bench *bench) {
    struct capan_exchange *exchange;
    struct capan_judgement *judgement;
    void *owner;
    while ((judgement = capan_ended_take(&bench->talks.ended, &exchange, &owner))) {
        bench->hear(bench->context, exchange);
        capan_judgement_free(bench->talks.judge, judgement);
    }
}

static inline void bench_octets(struct bench *bench, enum capan_direction direction, struct capan_span octets,
                                struct moment at) {
    capan_protocol_http1.octets(bench->http1, direction, octets, at);
    bench_tell(bench);
}

static inline void bench_gap(struct bench *bench, enum capan_direction direction, uint64_t len, struct moment at) {
    capan_protocol_http1.gap(bench->http1, direction, len, at);
    bench_tell(bench);
}

static inline void bench_end(struct bench *bench, enum capan_direction direction, enum capan_end end,
                             struct moment at) {
    capan_protocol_http1.end(bench->http1, direction, end, at);
    bench_tell(bench);
}

static inline void bench_acked(struct bench *bench, enum capan_direction acked, uint64_t offset, uint32_t frame) {
    capan_protocol_http1.acked(bench->http1, acked, offset, frame, true);
}

static inline bool bench_hopeless(const struct bench *bench) {
    return capan_protocol_http1.hopeless(bench->http1);
}

static inline void bench_close(struct bench *bench) {
    if (bench->http1) capan_protocol_http1.close(bench->http1);
    if (bench->talks.judge) capan_judge_free(bench->talks.judge);
}

#endif
