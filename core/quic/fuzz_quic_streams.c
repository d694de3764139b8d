/* SPDX-License-Identifier: MIT */
/* Any packets of one QUIC connection, up to its streams in order. Built for libFuzzer with CAPAN_FUZZ; else with a main
 * that replays files.
 *
 * The input is packets: an octet whose top bit says who sends and whose others how long, then so many octets. */
#include <stdlib.h>

#include "alloc.h"
#include "bytes.h"
#include "quic_streams.h"
#include "require.h"

enum { FROM_SERVER = 0x80, MEMORY_MAX = 4 << 20 };

/* The reader of a stream: what each direction said already. */
struct reader {
    bool over[2];
};

static void hear(const struct capan_quic_event *event) {
    struct reader *reader = *event->reader;
    if (!reader) *event->reader = reader = calloc(1, sizeof *reader);
    if (!reader) abort();
    bool *over = &reader->over[!event->from_client];
    require(event->what == CAPAN_QUIC_GONE || !*over, "a direction that is over says no more");
    require(event->what != CAPAN_QUIC_OCTETS || event->octets.len || event->missing, "octets are some");
    *over |= event->what != CAPAN_QUIC_OCTETS;
    if (event->what != CAPAN_QUIC_GONE) return;
    free(reader);
    *event->reader = NULL;
}

static void drain(struct capan_quic *quic) {
    struct capan_quic_event event;
    while (capan_quic_next(quic, &event)) hear(&event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_span input = {data, size};
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    struct capan_quic *quic = capan_quic_new(1, &counter.alloc);
    struct moment at = {0};
    if (!quic) return 0;
    while (input.len) {
        uint8_t kind = *span_take(&input, 1).at;
        at.frame++;
        capan_quic_packet(quic, !(kind & FROM_SERVER), span_take(&input, (uint8_t)(kind & ~FROM_SERVER)), at);
        drain(quic);
    }
    capan_quic_last(quic);
    drain(quic);
    capan_quic_free(quic);
    require(counter.held == 0, "all memory is given back");
    require(counter.peak < MEMORY_MAX, "memory is bounded");
    return 0;
}
