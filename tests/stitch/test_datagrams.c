/* SPDX-License-Identifier: MIT */
/* UDP and ICMP at two places: what is told of each datagram, though addresses, ports and identifiers are translated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capan/stitch.h"

#define MS INT64_C(1000000)
enum { HEADER = 8, OCTETS_MAX = 64, FRAMES_MAX = 512 };
#define AHEAD (INT64_C(-86400) * 1000 * MS) /* B's clock */

/* Both captures, and the rows that came of them. */
struct scene {
    struct capan_stitch *stitch;
    uint32_t frames[CAPAN_STITCH_SIDES];
    uint32_t twin[FRAMES_MAX]; /* in B, by the frame in A */
    unsigned fates[CAPAN_STITCH_FATE_COUNT];
    struct capan_stitch_clock clock;
    uint64_t rewrites;
};

/* A datagram, as its sender sends it. */
struct datagram {
    enum capan_stitch_protocol protocol;
    bool back;      /* from the server */
    uint16_t ip_id; /* 0 none */
    uint8_t octets[OCTETS_MAX];
    uint32_t len; /* with its header */
};

static void on_row(void *context, const struct capan_stitch_row *row) {
    struct scene *scene = context;
    if (row->row == CAPAN_STITCH_CLOCK) scene->clock = *row->clock;
    if (row->row == CAPAN_STITCH_DATAGRAMS) scene->rewrites |= row->connection->rewrites;
    if (row->row != CAPAN_STITCH_PACKET) return;
    scene->fates[row->fate]++;
    if (row->a_frame && row->b_frame) scene->twin[row->a_frame] = row->b_frame;
}

static void put_be16(uint8_t *at, unsigned number) {
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

/* B lies behind a translator: the client has another address and port, or another identifier, there. */
static void see(struct scene *scene, enum capan_stitch_side side, const struct datagram *datagram, int64_t time_ns) {
    const struct capan_address client = {4, {10, 0, 0, 2}}, server = {4, {203, 0, 113, 5}}, outside = {4, {198, 51}};
    const struct capan_address *at = side == CAPAN_STITCH_A ? &client : &outside;
    uint8_t octets[OCTETS_MAX];
    memcpy(octets, datagram->octets, datagram->len);
    if (side == CAPAN_STITCH_B && datagram->protocol == CAPAN_STITCH_UDP)
        put_be16(octets + (datagram->back ? 2 : 0), 7);
    if (side == CAPAN_STITCH_B && datagram->protocol == CAPAN_STITCH_ICMP) put_be16(octets + 4, 7);
    const struct capan_packet packet = {.time_ns = time_ns + (side == CAPAN_STITCH_B ? AHEAD : 0),
                                        .frame = ++scene->frames[side],
                                        .src = datagram->back ? server : *at,
                                        .dst = datagram->back ? *at : server,
                                        .octets = {octets, datagram->len},
                                        .wire_len = datagram->len,
                                        .ip_id = datagram->ip_id,
                                        .has_ip_id = true,
                                        .ttl = (side == CAPAN_STITCH_B) == datagram->back ? 64 : 60};
    assert_int_equal(capan_stitch_datagram(scene->stitch, side, &packet, datagram->protocol), CAPAN_OK);
}

/* It needs 10 ms from one capture to the other. */
static void pass(struct scene *scene, const struct datagram *datagram, int64_t time_ns) {
    const enum capan_stitch_side near = datagram->back ? CAPAN_STITCH_B : CAPAN_STITCH_A;
    see(scene, near, datagram, time_ns);
    see(scene, near == CAPAN_STITCH_A ? CAPAN_STITCH_B : CAPAN_STITCH_A, datagram, time_ns + 10 * MS);
}

static struct datagram udp(bool back, unsigned content, uint32_t len) {
    struct datagram datagram = {.protocol = CAPAN_STITCH_UDP, .back = back, .len = HEADER + len};
    put_be16(datagram.octets, back ? 443 : 50000);
    put_be16(datagram.octets + 2, back ? 50000 : 443);
    for (uint32_t i = 0; i < len; i++) datagram.octets[HEADER + i] = (uint8_t)(content * 31 + i * (content | 1));
    return datagram;
}

static struct datagram echo(bool reply, unsigned number) {
    struct datagram datagram = {.protocol = CAPAN_STITCH_ICMP, .back = reply, .len = HEADER + 32};
    datagram.octets[0] = reply ? 0 : 8;
    put_be16(datagram.octets + 4, 1234);
    put_be16(datagram.octets + 6, number);
    return datagram;
}

static void begin(struct scene *scene) {
    memset(scene, 0, sizeof *scene);
    const struct capan_stitch_config config = {.row = on_row, .context = scene};
    scene->stitch = capan_stitch_new(&config, NULL);
    assert_non_null(scene->stitch);
}

static void end(struct scene *scene) {
    capan_stitch_finish(scene->stitch);
    capan_stitch_free(scene->stitch);
}

static void assert_clock(const struct scene *scene) {
    assert_true(scene->clock.known && scene->clock.has_low && scene->clock.has_high);
    assert_in_range((uint64_t)(scene->clock.offset_ns - AHEAD + 2 * MS), 0, 4 * MS);
}

/* As QUIC's are: no identification, and nothing alike. */
static void test_contents_tell_datagrams(void **state) {
    struct scene scene;
    (void)state;
    begin(&scene);
    for (unsigned i = 0; i < 100; i++) {
        const struct datagram datagram = udp(i % 2, i, 48);
        if (i == 40)
            see(&scene, CAPAN_STITCH_A, &datagram, i * 5 * MS); /* and is lost */
        else
            pass(&scene, &datagram, i * 5 * MS);
        if (i == 60) see(&scene, CAPAN_STITCH_B, &datagram, i * 5 * MS + 11 * MS);
    }
    end(&scene);
    assert_int_equal(scene.fates[CAPAN_STITCH_PASSED], 99);
    assert_int_equal(scene.fates[CAPAN_STITCH_LOST], 1);
    assert_int_equal(scene.fates[CAPAN_STITCH_DUPLICATED], 1);
    assert_true(scene.rewrites & UINT64_C(1) << CAPAN_STITCH_REWRITES_PORT);
    assert_clock(&scene);
}

/* Each echo is the same but for its number, and its identifier is translated (RFC 5508 3). */
static void test_numbers_tell_echoes(void **state) {
    struct scene scene;
    (void)state;
    begin(&scene);
    for (unsigned i = 1; i <= 50; i++) {
        const struct datagram request = echo(false, i), reply = echo(true, i);
        pass(&scene, &request, i * 100 * MS);
        if (i == 20)
            see(&scene, CAPAN_STITCH_B, &reply, i * 100 * MS + 10 * MS);
        else
            pass(&scene, &reply, i * 100 * MS + 10 * MS);
    }
    end(&scene);
    assert_int_equal(scene.fates[CAPAN_STITCH_PASSED], 99);
    assert_int_equal(scene.fates[CAPAN_STITCH_LOST], 1);
    for (uint32_t i = 1; i < 39; i++) assert_int_equal(scene.twin[i], i);
    assert_clock(&scene);
}

/* Keep-alives of one octet behind a handshake, and one of them is lost: those behind it are not taken for those before.
 */
static void test_time_tells_what_is_alike(void **state) {
    struct scene scene;
    const struct datagram there = udp(false, 255, 1), back = udp(true, 255, 1);
    (void)state;
    begin(&scene);
    for (unsigned i = 0; i < 4; i++) {
        const struct datagram handshake = udp(i % 2, i, 48);
        pass(&scene, &handshake, (int64_t)i * 20 * MS - 1000 * MS);
    }
    for (unsigned i = 0; i < 50; i++) {
        if (i == 10)
            see(&scene, CAPAN_STITCH_A, &there, i * 200 * MS);
        else
            pass(&scene, &there, i * 200 * MS);
        pass(&scene, &back, i * 200 * MS + 100 * MS);
    }
    end(&scene);
    assert_int_equal(scene.fates[CAPAN_STITCH_PASSED], 4 + 99);
    assert_int_equal(scene.fates[CAPAN_STITCH_LOST], 1);
    assert_int_equal(scene.twin[4 + 2 * 10 + 1], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_contents_tell_datagrams),
                                       cmocka_unit_test(test_numbers_tell_echoes),
                                       cmocka_unit_test(test_time_tells_what_is_alike)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
