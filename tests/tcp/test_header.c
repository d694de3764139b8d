/* SPDX-License-Identifier: MIT */
/* Headers and options from octets, whole, cut and lying. RFC 9293 3.1, 3.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "header.h"

enum { FIXED = 20, LONGEST = 60 };

/* A segment's octets with the options given, padded to a multiple of four with end-of-options, and payload behind. */
struct sample {
    uint8_t octets[LONGEST + 64];
    size_t header_len, len;
};

static struct sample build(uint8_t flags, const uint8_t *options, size_t options_len, size_t payload_len) {
    struct sample sample = {
        {0x12, 0x34, 0x00, 0x50, 0xff, 0xff, 0xff, 0xf0, 0x80, 0, 0, 1, 0, flags, 0x20, 0x10, 0xab, 0xcd, 0, 7}, 0, 0};
    if (options_len > 0) memcpy(sample.octets + FIXED, options, options_len);
    sample.header_len = FIXED + (options_len + 3) / 4 * 4;
    sample.octets[12] = (uint8_t)(sample.header_len / 4 << 4);
    memset(sample.octets + sample.header_len, 'x', payload_len);
    sample.len = sample.header_len + payload_len;
    return sample;
}

/* Parses the first captured octets from a block of exactly that size, so that a sanitizer sees each read beyond. */
static bool parse_cut(struct capan_tcp_header *header, const struct sample *sample, size_t captured) {
    uint8_t *exact = malloc(captured ? captured : 1);
    assert_non_null(exact);
    memcpy(exact, sample->octets, captured);
    const struct capan_packet packet = {.octets = {exact, captured}, .wire_len = (uint32_t)sample->len};
    const bool parsed = capan_tcp_header_parse(header, &packet);
    header->payload.at = NULL;
    free(exact);
    return parsed;
}

static struct capan_tcp_header parse(const struct sample *sample) {
    struct capan_tcp_header header;
    assert_true(parse_cut(&header, sample, sample->len));
    return header;
}

static struct capan_tcp_header parse_options(uint8_t flags, const uint8_t *options, size_t len) {
    const struct sample sample = build(flags, options, len, 0);
    return parse(&sample);
}

#define PARSE(flags, ...) parse_options(flags, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void reads_the_fixed_part(void **state) {
    (void)state;
    const struct sample sample = build(CAPAN_TH_ACK | CAPAN_TH_PSH, NULL, 0, 10);
    const struct capan_tcp_header header = parse(&sample);
    assert_int_equal(header.src_port, 0x1234);
    assert_int_equal(header.dst_port, 80);
    assert_int_equal(header.seq, 0xfffffff0);
    assert_int_equal(header.ack, 0x80000001);
    assert_int_equal(header.window, 0x2010);
    assert_int_equal(header.urgent, 7);
    assert_int_equal(header.flags, CAPAN_TH_ACK | CAPAN_TH_PSH);
    assert_int_equal(header.header_len, 20);
    assert_int_equal(header.payload_len, 10);
    assert_int_equal(header.payload.len, 10);
    assert_false(header.malformed || header.options_cut);
}

static void reads_the_options_of_a_syn(void **state) {
    (void)state;
    const struct capan_tcp_header header =
        PARSE(CAPAN_TH_SYN, 2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7, 34, 6, 1, 2, 3, 4);
    assert_false(header.malformed);
    assert_true(header.has_mss && header.has_window_scale && header.sack_permitted && header.has_timestamps &&
                header.has_fast_open);
    assert_int_equal(header.mss, 1460);
    assert_int_equal(header.window_scale, 7);
    assert_int_equal(header.ts_val, 0x01020304);
    assert_int_equal(header.ts_ecr, 0x05060708);
    assert_int_equal(header.fast_open_len, 4);
}

static void ignores_syn_options_elsewhere(void **state) {
    (void)state;
    const struct capan_tcp_header header = PARSE(CAPAN_TH_ACK, 2, 4, 5, 0xb4, 4, 2, 3, 3, 7, 34, 2);
    assert_false(header.malformed || header.has_mss || header.has_window_scale || header.sack_permitted ||
                 header.has_fast_open);
}

static void holds_the_window_scale_at_14(void **state) {
    (void)state;
    assert_int_equal(PARSE(CAPAN_TH_SYN, 3, 3, 14).window_scale, 14);
    assert_int_equal(PARSE(CAPAN_TH_SYN, 3, 3, 255).window_scale, 14);
}

static void reads_up_to_four_sack_blocks(void **state) {
    (void)state;
    uint8_t option[34] = {5, 34};
    for (uint8_t count = 1; count <= 4; count++) {
        option[1] = (uint8_t)(2 + 8 * count);
        option[2 + 8 * (count - 1) + 3] = count;
        option[2 + 8 * (count - 1) + 7] = (uint8_t)(count + 100);
        const struct capan_tcp_header header = parse_options(CAPAN_TH_ACK, option, option[1]);
        assert_int_equal(header.sack_count, count);
        assert_int_equal(header.sack[count - 1].left, count);
        assert_int_equal(header.sack[count - 1].right, count + 100);
        assert_false(header.malformed);
    }
}

static void holds_repeated_sack_options_at_four(void **state) {
    (void)state;
    const struct capan_tcp_header header = PARSE(CAPAN_TH_ACK, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 5,
                                                 18, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 8);
    assert_int_equal(header.sack_count, 4);
}

static void knows_fast_open_by_both_numbers(void **state) {
    (void)state;
    assert_true(PARSE(CAPAN_TH_SYN, 34, 2).has_fast_open);
    assert_int_equal(PARSE(CAPAN_TH_SYN, 34, 2).fast_open_len, 0);
    assert_int_equal(PARSE(CAPAN_TH_SYN, 254, 12, 0xf9, 0x89, 1, 2, 3, 4, 5, 6, 7, 8).fast_open_len, 8);
    assert_true(PARSE(CAPAN_TH_SYN, 254, 4, 0xf9, 0x89).has_fast_open);
    assert_false(PARSE(CAPAN_TH_SYN, 254, 4, 0xf9, 0x88).has_fast_open);
    assert_false(PARSE(CAPAN_TH_SYN, 254, 2).has_fast_open);
    assert_false(PARSE(CAPAN_TH_SYN, 34, 5, 1, 2, 3).has_fast_open); /* an odd cookie is ignored, RFC 7413 4.1.1 */
    assert_false(PARSE(CAPAN_TH_SYN, 34, 5, 1, 2, 3).malformed);
}

static void names_impossible_lengths(void **state) {
    (void)state;
    assert_true(PARSE(CAPAN_TH_SYN, 2, 0).malformed);
    assert_true(PARSE(CAPAN_TH_SYN, 2, 1).malformed);
    assert_true(PARSE(CAPAN_TH_SYN, 2, 3, 5).malformed);
    assert_true(PARSE(CAPAN_TH_SYN, 2, 200, 5, 0xb4).malformed);
    assert_true(PARSE(CAPAN_TH_ACK, 5, 9, 0, 0, 0, 0, 0, 0, 0).malformed);
    assert_true(PARSE(CAPAN_TH_ACK, 1, 1, 1, 8).malformed);  /* a kind in the last octet has no length */
    assert_false(PARSE(CAPAN_TH_ACK, 200, 3, 0).malformed);  /* unknown, but its length is sound */
    assert_false(PARSE(CAPAN_TH_ACK, 0, 8, 0, 0).malformed); /* behind the end of options nothing is read */
}

static void keeps_what_came_before_a_bad_option(void **state) {
    (void)state;
    const struct capan_tcp_header header = PARSE(CAPAN_TH_SYN, 2, 4, 5, 0xb4, 3, 9, 7, 0);
    assert_true(header.malformed && header.has_mss);
    assert_int_equal(header.mss, 1460);
}

static void reads_on_behind_an_option_of_wrong_size(void **state) {
    (void)state;
    const struct capan_tcp_header header = PARSE(CAPAN_TH_SYN, 3, 4, 5, 0, 2, 4, 5, 0xb4);
    assert_true(header.malformed && header.has_mss && !header.has_window_scale);
}

static void refuses_impossible_data_offsets(void **state) {
    (void)state;
    struct sample sample = build(CAPAN_TH_ACK, NULL, 0, 4);
    memset(sample.octets + FIXED, 0, 4);
    for (unsigned words = 0; words < 16; words++) {
        sample.octets[12] = (uint8_t)(words << 4);
        const struct capan_tcp_header header = parse(&sample);
        assert_int_equal(header.malformed, words < 5 || words > 6);
        if (header.malformed) assert_int_equal(header.payload_len, 0);
    }
}

/* Cut anywhere, a sound header is never called malformed, and says no other thing than the whole one. */
static void survives_every_cut(void **state) {
    (void)state;
    static const uint8_t options[] = {2, 4, 5, 0xb4, 4, 2, 8,  10, 1, 2, 3, 4, 5, 6, 7,
                                      8, 1, 3, 3,    7, 5, 10, 0,  0, 0, 1, 0, 0, 0, 9};
    const struct sample sample = build(CAPAN_TH_SYN | CAPAN_TH_ACK, options, sizeof options, 16);
    const struct capan_tcp_header whole = parse(&sample);
    for (size_t captured = 0; captured <= sample.len; captured++) {
        struct capan_tcp_header header;
        assert_int_equal(parse_cut(&header, &sample, captured), captured >= 14);
        if (captured < 14) continue;
        assert_false(header.malformed);
        assert_int_equal(header.payload_len, 16);
        assert_int_equal(header.payload.len, captured > sample.header_len ? captured - sample.header_len : 0);
        assert_int_equal(header.options_cut, captured < sample.header_len);
        assert_true(!header.has_mss || header.mss == whole.mss);
        assert_true(!header.has_window_scale || header.window_scale == whole.window_scale);
        assert_true(header.sack_count == 0 || header.sack[0].right == whole.sack[0].right);
        assert_int_equal(header.has_mss, captured >= 24);
        assert_int_equal(header.sack_permitted, captured >= 26);
        assert_int_equal(header.has_timestamps, captured >= 32);
        assert_int_equal(header.has_ts_ecr, captured >= 36);
        assert_int_equal(header.has_window_scale, captured >= 40);
        assert_int_equal(header.sack_count, captured >= 50);
    }
}

/* The data offset tells what the options held that were not captured. */
static void knows_cut_sack(void **state) {
    (void)state;
    static const uint8_t options[] = {1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9};
    const struct sample with = build(CAPAN_TH_ACK, options, sizeof options, 0);
    const struct sample without = build(CAPAN_TH_ACK, options, 12, 0);
    const struct sample syn = build(CAPAN_TH_SYN, options, sizeof options, 0);
    for (size_t captured = 20; captured <= with.len; captured++) {
        struct capan_tcp_header header;
        assert_true(parse_cut(&header, &with, captured));
        assert_int_equal(header.sack_cut, captured < with.len);
    }
    for (size_t captured = 20; captured <= without.len; captured++) {
        struct capan_tcp_header header;
        assert_true(parse_cut(&header, &without, captured));
        assert_false(header.sack_cut);
        assert_true(parse_cut(&header, &syn, captured));
        assert_false(header.sack_cut);
    }
}

static void survives_any_option_octets(void **state) {
    (void)state;
    uint32_t random = 20261122;
    print_message("seed %u\n", random);
    for (unsigned run = 0; run < 20000; run++) {
        uint8_t options[40];
        for (size_t i = 0; i < sizeof options; i++) {
            random = random * 1664525 + 1013904223;
            options[i] = (uint8_t)((random >> 24) % (i % 3 ? 36 : 12));
        }
        const struct sample sample = build((uint8_t)(random >> 16), options, sizeof options, 3);
        struct capan_tcp_header header;
        assert_true(parse_cut(&header, &sample, 14 + (random >> 8) % (sample.len - 13)));
        assert_in_range(header.sack_count, 0, CAPAN_SACK_MAX);
        assert_in_range(header.window_scale, 0, 14);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_fixed_part),
        cmocka_unit_test(reads_the_options_of_a_syn),
        cmocka_unit_test(ignores_syn_options_elsewhere),
        cmocka_unit_test(holds_the_window_scale_at_14),
        cmocka_unit_test(reads_up_to_four_sack_blocks),
        cmocka_unit_test(holds_repeated_sack_options_at_four),
        cmocka_unit_test(knows_fast_open_by_both_numbers),
        cmocka_unit_test(names_impossible_lengths),
        cmocka_unit_test(keeps_what_came_before_a_bad_option),
        cmocka_unit_test(reads_on_behind_an_option_of_wrong_size),
        cmocka_unit_test(refuses_impossible_data_offsets),
        cmocka_unit_test(survives_every_cut),
        cmocka_unit_test(knows_cut_sack),
        cmocka_unit_test(survives_any_option_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
