/* SPDX-License-Identifier: GPL-2.0-or-later */
/* STREAM frames put in order: however they are cut, repeated and shuffled, the same octets come out once; other frames
 * are passed over; and octets that are no frames are harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "h3.h"
#include "streams.h"

/* --- HTTP/3's place is taken by what it was given, by side --- */

static struct {
    char octets[1 << 12];
    size_t len;
    unsigned ends, resets;
} got[2];

struct capan_h3 *capan_h3_new(void) {
    memset(got, 0, sizeof got);
    return NULL;
}

void capan_h3_free(struct capan_h3 *h3) {
    (void)h3;
}

void capan_h3_read(struct capan_h3 *h3, const struct capan_decoded *at, uint64_t stream, bool from_client,
                   struct capan_span octets) {
    (void)h3, (void)at, (void)stream;
    assert_true(octets.len > 0);
    for (size_t i = 0; i < octets.len && got[!from_client].len < sizeof got->octets; i++)
        got[!from_client].octets[got[!from_client].len++] = (char)octets.at[i];
}

void capan_h3_end(struct capan_h3 *h3, const struct capan_decoded *at, uint64_t stream, bool from_client, bool reset) {
    (void)h3, (void)at, (void)stream;
    *(reset ? &got[!from_client].resets : &got[!from_client].ends) += 1;
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

/* Two octets hold each integer here. */
static void put_integer(struct packet *packet, size_t value) {
    put(packet, (uint8_t[]){(uint8_t)(0x40 | value >> 8), (uint8_t)value}, 2);
}

static void put_stream(struct packet *packet, size_t offset, const char *octets, size_t len, bool fin) {
    put(packet, (uint8_t[]){(uint8_t)(0x0e | fin)}, 1);
    put_integer(packet, 4);
    put_integer(packet, offset);
    put_integer(packet, len);
    put(packet, octets, len);
}

static void give(struct capan_streams *streams, bool from_client, const struct packet *packet) {
    const struct capan_decoded at = {.frame = 1, .quic = true};

    capan_streams_read(streams, &at, from_client, (struct capan_span){packet->at, packet->len});
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
        struct capan_streams *streams = capan_streams_new();
        while (!got[0].ends) {
            struct packet packet = {.len = 0};
            size_t from = random_below(LEN), len = 1 + random_below((uint32_t)(LEN - from));
            put_stream(&packet, from, TEXT + from, len, from + len == LEN);
            give(streams, true, &packet);
        }
        assert_int_equal(LEN, got[0].len);
        assert_memory_equal(TEXT, got[0].octets, LEN);
        assert_int_equal(1, got[0].ends);
        assert_int_equal(0, got[1].len);
        capan_streams_free(streams);
    }
}

/* One of each type of RFC 9000 19 and RFC 9221, then a STREAM frame without a length (0x09: with FIN). */
static void other_frames_are_passed_over(void **unused) {
    (void)unused;
    static const uint8_t frames[] = {
        0x00, 0x01, 0x02, 9,    1,   1,    2,    3,    4,    0x03, 9,    1,    0, 2,    1,    1,    1,    0x05, 4,
        1,    0x06, 0,    3,    'a', 'b',  'c',  0x07, 2,    'a',  'b',  0x10, 9, 0x11, 4,    9,    0x12, 9,    0x13,
        9,    0x14, 9,    0x15, 4,   9,    0x16, 9,    0x17, 9,    0x18, 1,    0, 2,    'c',  'd',  1,    2,    3,
        4,    5,    6,    7,    8,   1,    2,    3,    4,    5,    6,    7,    8, 0x19, 1,    0x1a, 1,    2,    3,
        4,    5,    6,    7,    8,   0x1b, 1,    2,    3,    4,    5,    6,    7, 8,    0x1c, 1,    6,    2,    'n',
        'o',  0x1d, 1,    2,    'n', 'o',  0x1e, 0x31, 2,    'd',  'g',  0x09, 4, 'e',  'n',  'd'};
    struct capan_streams *streams = capan_streams_new();
    struct packet packet = {.len = 0};

    put(&packet, frames, sizeof frames);
    give(streams, false, &packet);
    assert_int_equal(3, got[1].len);
    assert_memory_equal("end", got[1].octets, 3);
    assert_int_equal(1, got[1].ends);
    capan_streams_free(streams);
}

static void a_reset_ends_once(void **unused) {
    (void)unused;
    struct capan_streams *streams = capan_streams_new();
    struct packet packet = {.len = 0};

    put_stream(&packet, 0, "abc", 3, false);
    put(&packet, "\4\4\0\3", 4);
    put(&packet, "\4\4\0\3", 4);
    put_stream(&packet, 3, "def", 3, true);
    give(streams, false, &packet);
    assert_int_equal(3, got[1].len);
    assert_int_equal(1, got[1].resets);
    assert_int_equal(0, got[1].ends);
    capan_streams_free(streams);
}

static void any_octets_are_harmless(void **unused) {
    (void)unused;
    struct capan_streams *streams = capan_streams_new();

    for (int round = 0; round < 200000; round++) {
        uint8_t *octets = g_malloc(1 + round % 60);
        size_t len = 1 + (size_t)round % 60;
        for (size_t i = 0; i < len; i++) octets[i] = (uint8_t)random_below(i ? 256 : 0x32);
        capan_streams_read(streams, &(struct capan_decoded){.frame = 1}, round & 1, (struct capan_span){octets, len});
        g_free(octets);
    }
    capan_streams_free(streams);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_order_gives_the_same),
                                       cmocka_unit_test(other_frames_are_passed_over),
                                       cmocka_unit_test(a_reset_ends_once), cmocka_unit_test(any_octets_are_harmless)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
