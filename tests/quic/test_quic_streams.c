/* SPDX-License-Identifier: MIT */
/* STREAM frames put in order: however they are cut, repeated and shuffled, the same octets come out once; streams come
 * and go within bounds; and octets that are no frames are harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "failing.h"
#include "quic_streams.h"

/* --- what was told, by side --- */

static struct {
    char octets[1 << 12];
    size_t len;
    uint64_t missing;
    unsigned ends, resets;
} got[2];
static unsigned gone;

static void forget(void) {
    memset(got, 0, sizeof got);
    gone = 0;
}

static void take_octets(const struct capan_quic_event *event) {
    const int side = !event->from_client;
    assert_true(event->octets.len > 0 || event->missing > 0);
    for (size_t i = 0; i < event->octets.len && got[side].len < sizeof got->octets; i++)
        got[side].octets[got[side].len++] = (char)event->octets.at[i];
    got[side].missing += event->missing;
}

/* The reader is told of before it goes, and once. */
static void drain(struct capan_quic *quic) {
    struct capan_quic_event event;
    while (capan_quic_next(quic, &event)) {
        if (event.what == CAPAN_QUIC_OCTETS) take_octets(&event);
        if (event.what == CAPAN_QUIC_END) got[!event.from_client].ends++;
        if (event.what == CAPAN_QUIC_RESET) got[!event.from_client].resets++;
        if (event.what == CAPAN_QUIC_GONE) gone++;
        assert_ptr_not_equal(*event.reader, got);
        *event.reader = event.what == CAPAN_QUIC_GONE ? (void *)got : (void *)&gone;
    }
}

static void close_connection(struct capan_quic *quic) {
    capan_quic_last(quic);
    drain(quic);
    capan_quic_free(quic);
}

/* --- packets --- */

struct packet {
    uint8_t at[2048];
    size_t len;
};

static void put(struct packet *packet, const void *octets, size_t len) {
    assert_true(packet->len + len <= sizeof packet->at);
    memcpy(packet->at + packet->len, octets, len);
    packet->len += len;
}

/* Four octets hold each integer here. */
static void put_integer(struct packet *packet, size_t value) {
    put(packet,
        (uint8_t[]){(uint8_t)(0x80 | value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value}, 4);
}

static void put_stream(struct packet *packet, size_t id, size_t offset, const char *octets, size_t len, bool fin) {
    put(packet, (uint8_t[]){(uint8_t)(0x0e | fin)}, 1);
    put_integer(packet, id);
    put_integer(packet, offset);
    put_integer(packet, len);
    put(packet, octets, len);
}

static void give(struct capan_quic *quic, bool from_client, const struct packet *packet) {
    capan_quic_packet(quic, from_client, (struct capan_span){packet->at, packet->len}, (struct moment){1, 0});
    drain(quic);
}

static void give_stream(struct capan_quic *quic, bool from_client, size_t id, size_t offset, const char *octets,
                        size_t len, bool fin) {
    struct packet packet = {.len = 0};
    put_stream(&packet, id, offset, octets, len, fin);
    give(quic, from_client, &packet);
}

static struct capan_quic *open_connection(const struct capan_alloc *alloc) {
    forget();
    return capan_quic_new(1, alloc);
}

static uint32_t state = 20260101;

static uint32_t random_below(uint32_t limit) {
    state = state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)state * limit >> 32);
}

static const char TEXT[] = "What is sent in pieces, some of them twice, comes out whole and once.";
enum { LEN = sizeof TEXT - 1 };

static void any_order_gives_the_same(void **unused) {
    (void)unused;
    for (int round = 0; round < 2000; round++) {
        struct capan_quic *quic = open_connection(&capan_libc);
        while (!got[0].ends) {
            size_t from = random_below(LEN), len = 1 + random_below((uint32_t)(LEN - from));
            give_stream(quic, true, 4, from, TEXT + from, len, from + len == LEN);
        }
        assert_int_equal(LEN, got[0].len);
        assert_memory_equal(TEXT, got[0].octets, LEN);
        assert_int_equal(0, got[0].missing);
        assert_int_equal(1, got[0].ends);
        assert_int_equal(0, got[1].len);
        close_connection(quic);
        assert_int_equal(1, gone);
    }
}

static void a_reset_ends_once(void **unused) {
    (void)unused;
    struct capan_quic *quic = open_connection(&capan_libc);
    struct packet packet = {.len = 0};
    put_stream(&packet, 4, 0, "abc", 3, false);
    put(&packet, "\4\4\0\3", 4);
    put(&packet, "\4\4\0\3", 4);
    put_stream(&packet, 4, 3, "def", 3, true);
    give(quic, false, &packet);
    assert_int_equal(3, got[1].len);
    assert_int_equal(1, got[1].resets);
    assert_int_equal(0, got[1].ends);
    assert_int_equal(0, gone);
    close_connection(quic);
    assert_int_equal(1, gone);
}

/* RFC 9000 3: a stream goes when both directions are over, one of one direction with that. What is repeated then, even
 * much later, is nothing new. */
static void a_stream_goes_once(void **unused) {
    (void)unused;
    struct capan_quic *quic = open_connection(&capan_libc);
    give_stream(quic, true, 4, 0, "ask", 3, true);
    assert_int_equal(0, gone);
    give_stream(quic, false, 4, 0, "answer", 6, true);
    assert_int_equal(1, gone);
    give_stream(quic, false, 3, 0, "x", 1, true);
    assert_int_equal(2, gone);
    give_stream(quic, true, 3, 0, "not the client's", 16, false);
    for (size_t id = 8; id < 8 + 4 * 5000; id += 4) {
        give_stream(quic, true, id, 0, "a", 1, true);
        give_stream(quic, false, id, 0, "b", 1, true);
    }
    assert_int_equal(5002, gone);
    forget();
    for (size_t id = 4; id < 4 + 4 * 5000; id += 4) give_stream(quic, true, id, 0, "a", 1, true);
    assert_int_equal(0, got[0].len);
    close_connection(quic);
    assert_int_equal(0, gone);
}

/* Those of two directions that were not used for longest are given up; those of one direction stay. */
static void open_streams_are_bounded(void **unused) {
    (void)unused;
    enum { OPENED = 100000, KEPT = 1024 };
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    struct capan_quic *quic = open_connection(&counter.alloc);
    give_stream(quic, true, 2, 0, "a", 1, false);
    for (size_t i = 0; i < OPENED; i++) give_stream(quic, true, 4 * i, 1, "a", 1, false);
    assert_int_equal(OPENED - KEPT + 1, gone);
    assert_true(counter.peak < 1 << 20);
    give_stream(quic, true, 2, 1, "b", 1, false);
    assert_int_equal(2, got[0].len);
    for (size_t i = 0; i < OPENED; i++) give_stream(quic, true, 6 + 4 * i, 1, "a", 1, false);
    assert_true(counter.peak < 1 << 20);
    close_connection(quic);
    assert_int_equal(0, counter.held);
}

/* A hole that is not filled is given up when more waits behind it than is kept. */
static void what_waits_is_bounded(void **unused) {
    (void)unused;
    static const char octets[1000];
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    struct capan_quic *quic = open_connection(&counter.alloc);
    for (size_t i = 0; i < 3000; i++) give_stream(quic, true, 4 * (i % 3), 10 + 1000 * i, octets, 1000, false);
    assert_true(counter.peak < 2 << 20);
    assert_true(got[0].missing > 0);
    close_connection(quic);
    assert_int_equal(0, counter.held);
}

static void any_octets_are_harmless(void **unused) {
    (void)unused;
    struct capan_quic *quic = open_connection(&capan_libc);
    for (int round = 0; round < 200000; round++) {
        size_t len = 1 + (size_t)round % 60;
        uint8_t *octets = malloc(len);
        assert_non_null(octets);
        for (size_t i = 0; i < len; i++) octets[i] = (uint8_t)random_below(i ? 256 : 0x32);
        capan_quic_packet(quic, round & 1, (struct capan_span){octets, len}, (struct moment){1, 0});
        drain(quic);
        free(octets);
    }
    close_connection(quic);
}

static void every_refused_allocation_fails_cleanly(void **unused) {
    (void)unused;
    for (size_t refuse = 1; refuse < 60; refuse++) {
        struct failing memory;
        failing_init(&memory, refuse);
        struct capan_quic *quic = open_connection(&memory.alloc);
        for (size_t i = 0; quic && i < 20; i++) {
            give_stream(quic, true, 4 * i, 4, "later", 5, true);
            give_stream(quic, true, 4 * i, 0, "soon", 4, false);
            give_stream(quic, false, 4 * i, 0, "answer", 6, true);
        }
        if (quic) close_connection(quic);
        assert_int_equal(memory.held, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_order_gives_the_same),
                                       cmocka_unit_test(a_reset_ends_once),
                                       cmocka_unit_test(a_stream_goes_once),
                                       cmocka_unit_test(open_streams_are_bounded),
                                       cmocka_unit_test(what_waits_is_bounded),
                                       cmocka_unit_test(any_octets_are_harmless),
                                       cmocka_unit_test(every_refused_allocation_fails_cleanly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
