/* SPDX-License-Identifier: MIT */
/* Segments as somebody would choose them who wants the engine to be slow: four times as many may take four times as
 * long, not sixteen times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "capan/analysis.h"

enum { FEW = 12000, TIMES = 4, TRIES = 2, HEADER = 20, SACK_OPTION = 36, MICROSECOND = 1000, MSS = 1460 };

/* A conversation that goes on and on. */
struct talk {
    struct capan_analysis *analysis;
    uint8_t octets[HEADER + SACK_OPTION + MSS];
    uint32_t frame, random;
    uint32_t sack[8];
};

static void write_be(uint8_t *at, uint32_t value, unsigned octets) {
    while (octets-- > 0) *at++ = (uint8_t)(value >> (8 * octets));
}

static uint32_t any(struct talk *talk, uint32_t below) {
    talk->random = talk->random * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)talk->random * below >> 32);
}

static void send_from(struct talk *talk, unsigned side, uint16_t port, uint8_t flags, uint32_t seq, uint32_t ack,
                      uint32_t len, bool sacks) {
    const size_t header_len = HEADER + (sacks ? SACK_OPTION : 0);
    uint8_t *at = talk->octets;
    memset(at, 'x', sizeof talk->octets);
    memset(at, 0, header_len);
    write_be(at, side ? 80 : port, 2);
    write_be(at + 2, side ? port : 80, 2);
    write_be(at + 4, seq, 4);
    write_be(at + 8, ack, 4);
    at[12] = (uint8_t)(header_len / 4 << 4);
    at[13] = flags;
    write_be(at + 14, 65535, 2);
    if (sacks) write_be(at + HEADER, 0x01010522, 4);
    for (unsigned i = 0; sacks && i < 8; i++) write_be(at + HEADER + 4 + 4 * i, talk->sack[i], 4);
    talk->frame++;
    const struct capan_packet packet = {.time_ns = (int64_t)talk->frame * 20 * MICROSECOND,
                                        .frame = talk->frame,
                                        .octets = {at, header_len + (len < MSS ? len : 0)},
                                        .wire_len = (uint32_t)header_len + len,
                                        .ip_header_len = 20,
                                        .ttl = 64,
                                        .ip_id = (uint16_t)talk->frame,
                                        .has_ip_id = true,
                                        .src = {4, {10, 0, 0, (uint8_t)(side + 1)}},
                                        .dst = {4, {10, 0, 0, (uint8_t)(2 - side)}}};
    capan_analysis_segment(talk->analysis, &packet, CAPAN_STREAM_AUTO, NULL);
}

static void client(struct talk *talk, uint32_t seq, uint32_t len) {
    send_from(talk, 0, 40000, CAPAN_TH_ACK, seq, 1, len, false);
}
static void server(struct talk *talk, uint32_t ack, bool sacks) {
    send_from(talk, 1, 40000, CAPAN_TH_ACK, 1, ack, 0, sacks);
}

static void never_acknowledged(struct talk *talk, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) client(talk, 1 + i * 100, 100);
}

static void octets_with_holes(struct talk *talk, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) client(talk, 2 + 2 * i, 1);
}

static void octets_backwards(struct talk *talk, uint32_t count) {
    for (uint32_t i = count; i > 0; i--) client(talk, 2 * i, 1);
}

static void octets_anywhere(struct talk *talk, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) client(talk, 2 * any(talk, count), 1);
}

static void sacks_anywhere(struct talk *talk, uint32_t count) {
    octets_with_holes(talk, count / 2);
    for (uint32_t i = 0; i < count / 2; i++) {
        for (unsigned block = 0; block < 8; block += 2)
            talk->sack[block + 1] = 1 + (talk->sack[block] = any(talk, count));
        server(talk, 1, true);
    }
}

static void sacks_of_everything(struct talk *talk, uint32_t count) {
    never_acknowledged(talk, count / 2);
    for (uint32_t i = 0; i < count / 2; i++) {
        for (unsigned block = 0; block < 8; block += 2)
            talk->sack[block] = 1 + any(talk, count), talk->sack[block + 1] = 1 + count * 50;
        server(talk, 1, true);
    }
}

static void the_same_again(struct talk *talk, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) client(talk, 1, 1000);
}

static void duplicate_acks(struct talk *talk, uint32_t count) {
    client(talk, 1, 1000);
    for (uint32_t i = 0; i < count; i++) server(talk, 1, false);
}

static void small_acks(struct talk *talk, uint32_t count) {
    never_acknowledged(talk, count / 2);
    for (uint32_t i = 0; i < count / 2; i++) server(talk, 1 + i, false);
}

static void syn_flood(struct talk *talk, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        send_from(talk, 0, (uint16_t)(1024 + i % 60000), CAPAN_TH_SYN, any(talk, UINT32_MAX), 0, 0, false);
}

static void anything(struct talk *talk, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        send_from(talk, any(talk, 2), 40000, (uint8_t)any(talk, 256), any(talk, UINT32_MAX), any(talk, UINT32_MAX),
                  any(talk, MSS), false);
}

/* What a capture is made of, ever more of it. */
#define PLAY(name)                                                                                                     \
    { #name, name }
static struct play {
    const char *name;
    void (*send)(struct talk *, uint32_t count);
} plays[] = {
    PLAY(never_acknowledged), PLAY(octets_with_holes),   PLAY(octets_backwards), PLAY(octets_anywhere),
    PLAY(sacks_anywhere),     PLAY(sacks_of_everything), PLAY(the_same_again),   PLAY(duplicate_acks),
    PLAY(small_acks),         PLAY(syn_flood),           PLAY(anything),
};

static clock_t time_of(void (*play)(struct talk *, uint32_t), uint32_t count) {
    static struct talk talk;
    const struct capan_sink sink = {NULL, NULL, NULL, NULL};
    const struct capan_config config = {.seed = 9293, .window_segments = 1024};
    clock_t best = 0;
    for (int i = 0; i < TRIES; i++) {
        talk = (struct talk){.analysis = capan_analysis_new(&config, &sink, NULL), .random = 5961};
        assert_non_null(talk.analysis);
        const clock_t begin = clock();
        send_from(&talk, 0, 40000, CAPAN_TH_SYN, 0, 0, 0, false);
        send_from(&talk, 1, 40000, CAPAN_TH_SYN | CAPAN_TH_ACK, 0, 1, 0, false);
        play(&talk, count);
        capan_analysis_finish(talk.analysis);
        capan_analysis_free(talk.analysis);
        const clock_t taken = clock() - begin;
        if (i == 0 || taken < best) best = taken;
    }
    return best;
}

/* Linear is TIMES, quadratic TIMES squared: the bar lies between. */
static void is_linear(void **state) {
    const struct play *play = *state;
    const clock_t few = time_of(play->send, FEW), many = time_of(play->send, FEW * TIMES);
    print_message("    %.2f us a segment, then %.2f us\n", (double)few / CLOCKS_PER_SEC / FEW * 1e6,
                  (double)many / CLOCKS_PER_SEC / FEW / TIMES * 1e6);
    assert_true(many < (few + CLOCKS_PER_SEC / 100) * TIMES * 5 / 2);
}

int main(void) {
    struct CMUnitTest tests[sizeof plays / sizeof *plays];
    for (size_t i = 0; i < sizeof plays / sizeof *plays; i++)
        tests[i] = (struct CMUnitTest){plays[i].name, is_linear, NULL, NULL, &plays[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
