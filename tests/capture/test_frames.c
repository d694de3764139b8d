/* SPDX-License-Identifier: MIT */
/* Frames built in memory, one behaviour each. What every link type and tunnel looks like is in run_links.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "link.h"

enum { ETHERNET = 1, RAW = 101, SEEN_MAX = 8 };

/* A frame under construction, and what came out of it. */
struct bench {
    struct capan_decoder *decoder;
    struct capan_capture_totals totals;
    uint8_t octets[4096];
    size_t len;
    uint32_t number;
    struct capan_packet tcp[SEEN_MAX], icmp[SEEN_MAX];
    size_t tcp_count, icmp_count;
};

static void see_tcp(void *context, const struct capan_packet *packet) {
    struct bench *bench = context;
    assert_true(bench->tcp_count < SEEN_MAX);
    bench->tcp[bench->tcp_count++] = *packet;
}

static void see_icmp(void *context, const struct capan_packet *packet) {
    struct bench *bench = context;
    assert_true(bench->icmp_count < SEEN_MAX);
    bench->icmp[bench->icmp_count++] = *packet;
}

static int set_up(void **state) {
    static struct bench bench;
    bench = (struct bench){.decoder = capan_decoder_new(&capan_libc)};
    assert_non_null(bench.decoder);
    *state = &bench;
    return 0;
}

static int tear_down(void **state) {
    struct bench *bench = *state;
    capan_decoder_free(bench->decoder);
    return 0;
}

static void begin(struct bench *bench) {
    bench->len = 0;
}

static void put(struct bench *bench, const void *octets, size_t len) {
    assert_true(bench->len + len <= sizeof bench->octets);
    memcpy(bench->octets + bench->len, octets, len);
    bench->len += len;
}

#define PUT(bench, ...) put(bench, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void put_zeros(struct bench *bench, size_t len) {
    static const uint8_t zeros[2048];
    put(bench, zeros, len);
}

static void put_ethernet(struct bench *bench, uint16_t type) {
    put(bench, "\2\0\0\0\0\2\2\0\0\0\0\1", 12);
    PUT(bench, (uint8_t)(type >> 8), (uint8_t)type);
}

/* From 10.0.0.from to 10.0.0.to. */
static void put_ipv4(struct bench *bench, uint8_t protocol, uint16_t total, uint8_t from, uint8_t to) {
    PUT(bench, 0x45, 2, (uint8_t)(total >> 8), (uint8_t)total, 0x12, 0x34, 0x40, 0, 64, protocol, 0, 0);
    PUT(bench, 10, 0, 0, from, 10, 0, 0, to);
}

static void put_ipv6(struct bench *bench, uint8_t next, uint16_t len) {
    PUT(bench, 0x60, 0x10, 0, 0, (uint8_t)(len >> 8), (uint8_t)len, next, 63);
    PUT(bench, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    PUT(bench, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
}

/* Twenty octets, ports 1000 and 80, with this checksum. */
static void put_tcp(struct bench *bench, uint16_t sum) {
    PUT(bench, 3, 232, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0x20, 0, (uint8_t)(sum >> 8), (uint8_t)sum, 0, 0);
}

static void decode_cut(struct bench *bench, uint32_t link_type, size_t captured) {
    const struct capan_capture_sink sink = {.tcp = see_tcp, .icmp = see_icmp, .context = bench};
    struct capan_frame frame = {.time_ns = 1000 * (int64_t)++bench->number,
                                .number = bench->number,
                                .link_type = link_type,
                                .wire_len = (uint32_t)bench->len,
                                .octets = {bench->octets, captured}};
    bench->tcp_count = bench->icmp_count = 0;
    capan_link_decode(bench->decoder, &frame, &sink, &bench->totals);
}

static void decode(struct bench *bench, uint32_t link_type) {
    decode_cut(bench, link_type, bench->len);
}

/* Ethernet pads to 60 octets (IEEE 802.3 3.2.8): none of that is payload. */
static void padding_is_told(void **state) {
    struct bench *bench = *state;
    put_ethernet(bench, 0x0800);
    put_ipv4(bench, 6, 40, 1, 2);
    put_tcp(bench, 0);
    put_zeros(bench, 6);
    decode(bench, ETHERNET);
    const struct capan_packet *packet = &bench->tcp[0];
    assert_int_equal(bench->tcp_count, 1);
    assert_int_equal(packet->octets.len, 20);
    assert_int_equal(packet->wire_len, 20);
    assert_int_equal(packet->padding, 6);
    assert_int_equal(packet->frame_len, 60);
    assert_int_equal(packet->link_header_len, 14);
    assert_int_equal(packet->ip_header_len, 20);
    assert_int_equal(packet->ip_id, 0x1234);
    assert_int_equal(packet->ttl, 64);
    assert_int_equal(packet->ecn, 2);
    assert_true(packet->ethernet && packet->has_ip_id && packet->dont_fragment);
    assert_int_equal(packet->path, 0);
}

static void ipv6_fields(void **state) {
    struct bench *bench = *state;
    put_ipv6(bench, 0, 28);
    PUT(bench, 6, 0, 1, 4, 0, 0, 0, 0);
    put_tcp(bench, 0);
    decode(bench, RAW);
    const struct capan_packet *packet = &bench->tcp[0];
    assert_int_equal(bench->tcp_count, 1);
    assert_int_equal(packet->ip_header_len, 48);
    assert_int_equal(packet->ttl, 63);
    assert_int_equal(packet->ecn, 1);
    assert_true(!packet->ethernet && !packet->has_ip_id && packet->dont_fragment);
}

/* The length is IP's, the octets what the snaplen left. */
static void snaplen_cuts(void **state) {
    struct bench *bench = *state;
    put_ethernet(bench, 0x0800);
    put_ipv4(bench, 6, 1040, 1, 2);
    put_tcp(bench, 0);
    put_zeros(bench, 1000);
    decode_cut(bench, ETHERNET, 60);
    assert_int_equal(bench->tcp[0].wire_len, 1020);
    assert_int_equal(bench->tcp[0].octets.len, 26);
    assert_int_equal(bench->tcp[0].padding, 0);
}

/* Somebody cut the frame and gave its new length as the one on the wire. */
static void ip_is_longer_than_its_frame(void **state) {
    struct bench *bench = *state;
    put_ethernet(bench, 0x0800);
    put_ipv4(bench, 6, 1040, 1, 2);
    put_tcp(bench, 0);
    decode(bench, ETHERNET);
    assert_int_equal(bench->tcp[0].wire_len, 1020);
    assert_int_equal(bench->tcp[0].octets.len, 20);
}

/* But not when a header between says so: then IP is wrong. */
static void carrier_is_shorter_than_ip(void **state) {
    struct bench *bench = *state;
    put_ethernet(bench, 0x8864);
    PUT(bench, 0x11, 0, 0, 7, 0, 42, 0, 0x21);
    put_ipv4(bench, 6, 46, 1, 2);
    put_tcp(bench, 0);
    put_zeros(bench, 6);
    decode(bench, ETHERNET);
    assert_int_equal(bench->tcp[0].wire_len, 20);
    assert_int_equal(bench->tcp[0].padding, 6);
}

/* Segmentation offload: no length at all. IPv6 has none either when it is a jumbogram (RFC 2675). */
static void no_length(void **state) {
    struct bench *bench = *state;
    put_ethernet(bench, 0x0800);
    put_ipv4(bench, 6, 0, 1, 2);
    put_tcp(bench, 0);
    put_zeros(bench, 500);
    decode(bench, ETHERNET);
    assert_int_equal(bench->tcp[0].wire_len, 520);
    begin(bench);
    put_ipv6(bench, 6, 0);
    put_tcp(bench, 0);
    put_zeros(bench, 500);
    decode(bench, RAW);
    assert_int_equal(bench->tcp[0].wire_len, 520);
}

/* 10.0.0.1, 10.0.0.2 and protocol 6 add up to 0x1409; 20 octets make 0x141d; the header makes 0x8858, whose complement
 * is 0x77a7. */
static void checksums(void **state) {
    static const struct {
        uint16_t field;
        enum capan_checksum told;
    } cases[] = {
        {0x141d, CAPAN_CHECKSUM_PARTIAL},
        {0x1409, CAPAN_CHECKSUM_PARTIAL},
        {0x77a8, CAPAN_CHECKSUM_BAD},
        {0x77a7, CAPAN_CHECKSUM_GOOD},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(bench);
        put_ipv4(bench, 6, 40, 1, 2);
        put_tcp(bench, cases[i].field);
        decode(bench, RAW);
        assert_int_equal(bench->tcp[0].checksum, cases[i].told);
    }
    decode_cut(bench, RAW, 20 + 17);
    assert_int_equal(bench->tcp[0].checksum, CAPAN_CHECKSUM_UNKNOWN);
}

static void put_vlan_segment(struct bench *bench, uint8_t vlan, uint8_t from, uint8_t to) {
    begin(bench);
    put_ethernet(bench, 0x8100);
    PUT(bench, 0, vlan, 8, 0);
    put_ipv4(bench, 6, 40, from, to);
    put_tcp(bench, 0);
    decode(bench, ETHERNET);
}

static void path_is_the_vlans(void **state) {
    struct bench *bench = *state;
    put_vlan_segment(bench, 5, 1, 2);
    uint32_t five = bench->tcp[0].path;
    put_vlan_segment(bench, 5, 2, 1);
    assert_int_equal(bench->tcp[0].path, five);
    put_vlan_segment(bench, 6, 1, 2);
    assert_int_not_equal(bench->tcp[0].path, five);
    assert_int_not_equal(five, 0);
    put_vlan_segment(bench, 0, 1, 2);
    assert_int_equal(bench->tcp[0].path, 0);
}

static uint32_t tunnel_path(struct bench *bench, uint8_t from, uint8_t to) {
    begin(bench);
    put_ipv4(bench, 4, 60, from, to);
    put_ipv4(bench, 6, 40, 1, 2);
    put_tcp(bench, 0);
    decode(bench, RAW);
    assert_int_equal(bench->tcp_count, 1);
    assert_int_equal(bench->tcp[0].src.octets[3], 1);
    assert_int_equal(bench->tcp[0].link_header_len, 20);
    return bench->tcp[0].path;
}

static void path_is_the_tunnels_ends(void **state) {
    struct bench *bench = *state;
    uint32_t path = tunnel_path(bench, 8, 9);
    assert_int_not_equal(path, 0);
    assert_int_equal(tunnel_path(bench, 9, 8), path);
    assert_int_not_equal(tunnel_path(bench, 8, 7), path);
}

/* Linux sends VXLAN to port 8472 unless told otherwise. What only has the port is no tunnel, and nothing wrong. */
static void vxlan_by_its_header(void **state) {
    static const uint8_t flags[] = {0x08, 0x00};
    struct bench *bench = *state;
    for (size_t i = 0; i < 2; i++) {
        begin(bench);
        put_ipv4(bench, 17, 90, 8, 9);
        PUT(bench, 0x99, 0x99, 0x21, 0x18, 0, 70, 0, 0, flags[i], 0, 0, 0, 0, 0, 7, 0);
        put_ethernet(bench, 0x0800);
        put_ipv4(bench, 6, 40, 1, 2);
        put_tcp(bench, 0);
        decode(bench, RAW);
        assert_int_equal(bench->tcp_count, flags[i] ? 1 : 0);
    }
    assert_int_equal(bench->totals.undecoded, 0);
}

/* Behind the last label the first address may begin with 0, as a control word would. */
static void frames_behind_labels(void **state) {
    struct bench *bench = *state;
    for (int word = 0; word < 2; word++) {
        begin(bench);
        put_ethernet(bench, 0x8847);
        PUT(bench, 0, 1, 0, 64, 0, 1, 1, 64);
        if (word) put_zeros(bench, 4);
        put_ethernet(bench, 0x0800);
        put_ipv4(bench, 6, 40, 1, 2);
        put_tcp(bench, 0);
        decode(bench, ETHERNET);
        assert_int_equal(bench->tcp_count, 1);
    }
}

/* What an error quotes is no segment, but the message is evidence. */
static void icmp_is_handed_over(void **state) {
    struct bench *bench = *state;
    put_ipv4(bench, 1, 20 + 8 + 28, 3, 1);
    PUT(bench, 3, 4, 0, 0, 0, 0, 5, 120);
    put_ipv4(bench, 6, 1500, 1, 2);
    PUT(bench, 3, 232, 0, 80, 0, 0, 0, 1);
    decode(bench, RAW);
    assert_int_equal(bench->tcp_count, 0);
    assert_int_equal(bench->icmp_count, 1);
    assert_int_equal(bench->icmp[0].octets.at[1], 4);
    assert_int_equal(bench->icmp[0].octets.len, 36);
    assert_int_equal(bench->icmp[0].src.octets[3], 3);
}

/* RFC 8200 4.5 and RFC 5722 4: an overlap voids the datagram, and fragments that come later as well. */
static void overlap_voids_ipv6(void **state) {
    struct bench *bench = *state;
    static const uint8_t offsets[] = {0 | 1, 8 | 1, 16};
    for (size_t i = 0; i < 3; i++) {
        begin(bench);
        put_ipv6(bench, 44, 8 + 16);
        PUT(bench, 6, 0, 0, offsets[i], 0, 0, 0, 9);
        put_zeros(bench, 16);
        decode(bench, RAW);
        assert_int_equal(bench->tcp_count, 0);
    }
    capan_link_finish(bench->decoder, &bench->totals);
    assert_int_equal(bench->totals.fragments_lost, 3);
}

/* A captured part of a first fragment shows at least the header (the rest cannot be put together). */
static void snapped_fragment(void **state) {
    struct bench *bench = *state;
    put_ipv4(bench, 6, 20 + 80, 1, 2);
    bench->octets[6] = 0x20;
    put_tcp(bench, 0);
    put_zeros(bench, 60);
    decode_cut(bench, RAW, 50);
    assert_int_equal(bench->tcp_count, 1);
    assert_int_equal(bench->tcp[0].octets.len, 30);
    bench->octets[7] = 10;
    decode_cut(bench, RAW, 50);
    assert_int_equal(bench->tcp_count, 0);
}

static void nesting_ends(void **state) {
    struct bench *bench = *state;
    for (int i = 0; i < 60; i++) put_ipv4(bench, 4, 0, 1, 2);
    put_ipv4(bench, 6, 0, 1, 2);
    put_tcp(bench, 0);
    decode(bench, RAW);
    assert_int_equal(bench->tcp_count, 0);
    assert_int_equal(bench->totals.undecoded, 1);
}

static void what_counts_as_undecoded(void **state) {
    struct bench *bench = *state;
    put_ethernet(bench, 0x0806);
    put_zeros(bench, 46);
    decode(bench, ETHERNET);
    assert_int_equal(bench->totals.undecoded, 0);
    decode(bench, 147);
    assert_int_equal(bench->totals.undecoded, 1);
    decode_cut(bench, ETHERNET, 13);
    assert_int_equal(bench->totals.undecoded, 2);
    begin(bench);
    put_ipv4(bench, 6, 19, 1, 2);
    decode(bench, RAW);
    assert_int_equal(bench->totals.undecoded, 3);
    assert_true(capan_link_known(ETHERNET));
    assert_false(capan_link_known(147));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(padding_is_told),
        TEST(ipv6_fields),
        TEST(snaplen_cuts),
        TEST(ip_is_longer_than_its_frame),
        TEST(carrier_is_shorter_than_ip),
        TEST(no_length),
        TEST(checksums),
        TEST(path_is_the_vlans),
        TEST(path_is_the_tunnels_ends),
        TEST(vxlan_by_its_header),
        TEST(frames_behind_labels),
        TEST(icmp_is_handed_over),
        TEST(overlap_voids_ipv6),
        TEST(snapped_fragment),
        TEST(nesting_ends),
        TEST(what_counts_as_undecoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
