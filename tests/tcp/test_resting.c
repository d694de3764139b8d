/* SPDX-License-Identifier: MIT */
/* A connection that lay down and woke up again is what it was: two of them have the same segments, and one rests before
 * each of them where it can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "resting.h"

enum { TALKS = 200, SEGMENTS = 40, HEADER = 20, ROOM = 64, MS = 1000000 };

struct line {
    unsigned direction;
    uint8_t flags;
    uint32_t seq, ack, len;
    int64_t time_ns;
};

/* One of the two. */
struct copy {
    struct capan_records records;
    struct capan_tcp *tcp;
};

static void open_copy(struct copy *copy) {
    assert_int_equal(capan_records_init(&copy->records, 1024, &capan_libc), CAPAN_OK);
    copy->tcp = capan_tcp_new(&capan_libc, &copy->records);
    assert_non_null(copy->tcp);
}

static void close_copy(struct copy *copy) {
    capan_tcp_free(copy->tcp);
    capan_records_free(&copy->records);
}

static uint32_t any(uint32_t *random, uint32_t below) {
    *random = *random * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)*random * below >> 32);
}

/* Data that is acknowledged, now and then in two pieces, out of order or again; then both FINs, and what comes late. */
static struct line choose(uint32_t *random, unsigned number, uint32_t next[2], int64_t *now) {
    const unsigned from = number == 0 ? 0 : number == 1 ? 1 : any(random, 2);
    const uint8_t flags = number == 0                                                  ? CAPAN_TH_SYN
                          : number == 1                                                ? CAPAN_TH_SYN | CAPAN_TH_ACK
                          : number >= SEGMENTS / 2 + from && number < SEGMENTS / 2 + 4 ? CAPAN_TH_FIN | CAPAN_TH_ACK
                                                                                       : CAPAN_TH_ACK;
    *now += any(random, 20) ? any(random, 30) * MS : INT64_C(7000) * MS;
    struct line line = {from, flags, next[from], number ? next[!from] : 0, 0, *now};
    if (number > 1 && number < SEGMENTS / 2) line.len = any(random, 3) * 20;
    if (number > SEGMENTS / 2 && !any(random, 8)) line.seq -= 20, line.len = 20;
    const uint32_t end = line.seq + line.len + (flags & (CAPAN_TH_SYN | CAPAN_TH_FIN) ? 1 : 0);
    if (number < SEGMENTS / 2 + 4) next[from] = end;
    return line;
}

static struct capan_packet packet_of(const struct line *line, unsigned number, uint8_t octets[HEADER + ROOM]) {
    const uint16_t ports[2] = {40000, 80};
    memset(octets, 0, HEADER + ROOM);
    octets[12] = HEADER / 4 << 4;
    octets[13] = line->flags;
    octets[14] = 0x10;
    for (unsigned i = 0; i < 2; i++) {
        octets[i] = (uint8_t)(ports[line->direction] >> (8 - 8 * i));
        octets[2 + i] = (uint8_t)(ports[!line->direction] >> (8 - 8 * i));
    }
    for (unsigned i = 0; i < 4; i++) {
        octets[4 + i] = (uint8_t)(line->seq >> (24 - 8 * i));
        octets[8 + i] = (uint8_t)(line->ack >> (24 - 8 * i));
    }
    return (struct capan_packet){.time_ns = line->time_ns,
                                 .frame = number + 1,
                                 .octets = {octets, HEADER + line->len},
                                 .wire_len = HEADER + line->len,
                                 .ip_id = (uint16_t)(number * 3),
                                 .has_ip_id = true,
                                 .ttl = 64};
}

static struct capan_segment segment_of(struct copy *copy, const struct line *line, unsigned number) {
    uint8_t octets[HEADER + ROOM];
    const struct capan_packet packet = packet_of(line, number, octets);
    struct capan_tcp_header header;
    struct capan_tcp_data data;
    assert_true(capan_tcp_header_parse(&header, &packet));
    struct capan_segment *segment = capan_records_push(&copy->records, copy);
    assert_non_null(segment);
    segment->frame = packet.frame;
    segment->time_ns = packet.time_ns;
    segment->direction = (uint8_t)line->direction;
    capan_tcp_segment(copy->tcp, &packet, &header, false, segment, &data);
    return *segment;
}

static struct capan_tcp_resting *rest_syn(struct capan_tcp *tcp, const struct line *line,
                                          const struct capan_segment *segment) {
    uint8_t octets[HEADER + ROOM];
    const struct capan_packet packet = packet_of(line, segment->frame - 1, octets);
    struct capan_tcp_header header;
    struct capan_tcp_syn syn;
    assert_true(capan_tcp_header_parse(&header, &packet));
    assert_true(capan_tcp_syn_take(&syn, &packet, &header, segment, false));
    struct capan_tcp_resting *resting = capan_tcp_lay_down_syn(tcp, &syn);
    assert_non_null(resting);
    return resting;
}

/* False: something of it is under way. */
static bool rest_and_wake(struct copy *copy) {
    struct capan_tcp_resting *resting = capan_tcp_lay_down(copy->tcp);
    if (!resting) return false;
    assert_in_range(capan_tcp_resting_size(resting), 1, 1200);
    copy->tcp = capan_tcp_wake(resting, &capan_libc, &copy->records);
    assert_non_null(copy->tcp);
    return true;
}

static void assert_same_row(const struct capan_tcp *a, const struct capan_tcp *b, int64_t last_ns) {
    struct capan_tcp_summary rows[2];
    memset(rows, 0, sizeof rows);
    capan_tcp_summarise(a, &rows[0]);
    capan_tcp_summarise(b, &rows[1]);
    capan_tcp_tell_time(a, 0, last_ns, &rows[0]);
    capan_tcp_tell_time(b, 0, last_ns, &rows[1]);
    assert_memory_equal(&rows[0], &rows[1], sizeof rows[0]);
}

/* How often one of them rested. */
static unsigned talk(uint32_t random) {
    struct copy copies[2];
    uint32_t next[2] = {any(&random, UINT32_MAX), any(&random, UINT32_MAX)};
    int64_t now = INT64_C(1767225600000000000);
    unsigned rests = 0;
    for (unsigned i = 0; i < 2; i++) open_copy(&copies[i]);
    for (unsigned number = 0; number < SEGMENTS; number++) {
        const struct line line = choose(&random, number, next, &now);
        rests += rest_and_wake(&copies[1]);
        const struct capan_segment a = segment_of(&copies[0], &line, number);
        const struct capan_segment b = segment_of(&copies[1], &line, number);
        assert_memory_equal(&a, &b, sizeof a);
    }
    assert_same_row(copies[0].tcp, copies[1].tcp, now);
    for (unsigned i = 0; i < 2; i++) close_copy(&copies[i]);
    return rests;
}

static void who_rested_goes_on_as_if_it_had_not(void **state) {
    unsigned rests = 0;
    (void)state;
    for (uint32_t seed = 1; seed <= TALKS; seed++) rests += talk(seed);
    assert_true(rests > TALKS);
}

/* A handshake, and its row is the same where the connection is only looked at. */
static void one_can_be_looked_at_while_it_rests(void **state) {
    const struct line lines[] = {{0, CAPAN_TH_SYN, 10, 0, 0, 5 * MS},
                                 {1, CAPAN_TH_SYN | CAPAN_TH_ACK, 20, 11, 0, 7 * MS},
                                 {0, CAPAN_TH_ACK, 11, 21, 0, 8 * MS}};
    struct copy copies[2];
    struct capan_tcp_seat *seat = capan_tcp_seat_new(&capan_libc, &copies[0].records);
    (void)state;
    assert_non_null(seat);
    for (unsigned i = 0; i < 2; i++) {
        open_copy(&copies[i]);
        for (unsigned number = 0; number < 3; number++) segment_of(&copies[i], &lines[number], number);
    }
    struct capan_tcp_resting *resting = capan_tcp_lay_down(copies[1].tcp);
    assert_non_null(resting);
    assert_same_row(copies[0].tcp, capan_tcp_look(resting, seat), 8 * MS);
    capan_tcp_resting_free(resting, &capan_libc);
    capan_tcp_seat_free(seat);
    copies[1].tcp = NULL;
    for (unsigned i = 0; i < 2; i++) close_copy(&copies[i]);
}

/* A SYN alone is judged once more; what follows is judged as if it had been only once. */
static void one_that_nobody_answered_goes_on_likewise(void **state) {
    const struct line lines[] = {{0, CAPAN_TH_SYN, 10, 0, 0, 5 * MS},
                                 {0, CAPAN_TH_SYN, 10, 0, 0, 1005 * MS},
                                 {1, CAPAN_TH_SYN | CAPAN_TH_ACK, 20, 11, 0, 1007 * MS},
                                 {0, CAPAN_TH_ACK, 11, 21, 20, 1008 * MS}};
    enum { LINES = sizeof lines / sizeof *lines };
    struct copy copies[2];
    (void)state;
    for (unsigned i = 0; i < 2; i++) open_copy(&copies[i]);
    struct capan_tcp_seat *seat = capan_tcp_seat_new(&capan_libc, &copies[1].records);
    assert_non_null(seat);
    for (unsigned number = 0; number < LINES; number++) {
        const struct capan_segment a = segment_of(&copies[0], &lines[number], number);
        const struct capan_segment b = segment_of(&copies[1], &lines[number], number);
        assert_memory_equal(&a, &b, sizeof a);
        if (number) continue;
        struct capan_tcp_resting *resting = rest_syn(copies[1].tcp, &lines[0], &b);
        assert_same_row(copies[0].tcp, capan_tcp_look(resting, seat), 5 * MS);
        assert_same_row(copies[0].tcp, capan_tcp_look(resting, seat), 5 * MS);
        copies[1].tcp = capan_tcp_wake(resting, &capan_libc, &copies[1].records);
        assert_non_null(copies[1].tcp);
    }
    assert_same_row(copies[0].tcp, copies[1].tcp, 1008 * MS);
    capan_tcp_seat_free(seat);
    for (unsigned i = 0; i < 2; i++) close_copy(&copies[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_rested_goes_on_as_if_it_had_not),
        cmocka_unit_test(one_can_be_looked_at_while_it_rests),
        cmocka_unit_test(one_that_nobody_answered_goes_on_likewise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
