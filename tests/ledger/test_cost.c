/* SPDX-License-Identifier: MIT */
/* What is kept when a capture was read: octets a frame, and a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capan/ledger.h"

enum {
    FRAME_MAX = 48,
    CONNECTION_MAX = 400, /* beside its frames */
    HEADER = 32,          /* with timestamps */
    CONNECTIONS = 9000,
    SEGMENTS = 200000,
    SYN = 2,
    FIN = 1,
    PSH = 8,
    ACK = 16
};

static size_t held;

static void *count(void *context, void *block, size_t old_size, size_t new_size) {
    (void)context;
    held += new_size - old_size;
    if (new_size) return realloc(block, new_size);
    free(block);
    return NULL;
}

static const struct capan_alloc counting = {count, NULL};

struct wire {
    struct capan_ledger *ledger;
    uint32_t frame, stamp;
    int64_t time_ns;
    uint32_t client; /* its address and port are of this number */
};

static void write_be32(uint8_t *to, uint32_t number) {
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(number >> (24 - 8 * i));
}

static void put(struct wire *wire, bool from_server, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t len) {
    static uint8_t octets[HEADER + 1460];
    struct capan_address client = {4, {10}}, server = {4, {192, 0, 2, 2}};
    const uint32_t port = 1024 + wire->client % 60000;
    write_be32(client.octets, UINT32_C(10) << 24 | wire->client / 60000);
    write_be32(octets, from_server ? 80u << 16 | port : port << 16 | 80);
    write_be32(octets + 4, seq);
    write_be32(octets + 8, ack);
    write_be32(octets + 12, 8u << 28 | (uint32_t)flags << 16 | 0x8000);
    write_be32(octets + 20, 0x0101080a);
    write_be32(octets + 24, wire->stamp + (uint32_t)(wire->time_ns / 1000000));
    write_be32(octets + 28, flags & ACK ? wire->stamp + (uint32_t)(wire->time_ns / 1000000) : 0);
    const struct capan_packet packet = {.time_ns = wire->time_ns,
                                        .frame = ++wire->frame,
                                        .src = from_server ? server : client,
                                        .dst = from_server ? client : server,
                                        .octets = {octets, HEADER + len},
                                        .wire_len = HEADER + len};
    wire->time_ns += 123457;
    assert_int_equal(capan_ledger_tcp(wire->ledger, &packet), CAPAN_OK);
}

static uint32_t shake_hands(struct wire *wire) {
    const uint32_t isn = 0x80000000u + wire->client * 7919u;
    put(wire, false, SYN, isn, 0, 0);
    put(wire, true, SYN | ACK, ~isn, isn + 1, 0);
    put(wire, false, ACK, isn + 1, ~isn + 1, 0);
    return isn + 1;
}

static void close_all(struct wire *wire, uint32_t client, uint32_t server) {
    put(wire, true, FIN | ACK, server, client, 0);
    put(wire, false, FIN | ACK, client, server + 1, 0);
    put(wire, true, ACK, server + 1, client + 1, 0);
}

static struct wire begin(void) {
    const struct capan_config config = {.seed = 1, .no_http = true};
    held = 0;
    struct wire wire = {.ledger = capan_ledger_new(&config, &counting), .time_ns = INT64_C(1767225600000000000)};
    assert_non_null(wire.ledger);
    return wire;
}

/* What the capture made it keep. */
static size_t end(struct wire *wire) {
    capan_analysis_finish(capan_ledger_analysis(wire->ledger));
    const size_t kept = held;
    capan_ledger_free(wire->ledger);
    assert_int_equal(held, 0);
    return kept;
}

static size_t empty(void) {
    struct wire wire = begin();
    return end(&wire);
}

static void a_frame_is_short(void **state) {
    (void)state;
    struct wire wire = begin();
    const uint32_t client = shake_hands(&wire);
    uint32_t server = ~(client - 1) + 1;
    for (unsigned i = 0; i < SEGMENTS; i += 3) {
        put(&wire, true, ACK, server, client, 1460);
        put(&wire, true, ACK | PSH, server + 1460, client, 1460);
        put(&wire, false, ACK, client, server += 2920, 0);
    }
    close_all(&wire, client, server);
    const uint32_t frames = wire.frame;
    assert_in_range(end(&wire) - empty(), 1, (uint64_t)frames * FRAME_MAX);
}

static void a_connection_is_short(void **state) {
    (void)state;
    struct wire wire = begin();
    for (; wire.client < CONNECTIONS; wire.client++) {
        const uint32_t client = shake_hands(&wire), server = ~(client - 1) + 1;
        put(&wire, false, ACK | PSH, client, server, 300);
        put(&wire, true, ACK | PSH, server, client + 300, 1200);
        put(&wire, false, ACK, client + 300, server + 1200, 0);
        close_all(&wire, client + 300, server + 1200);
        wire.time_ns += 50000000;
    }
    const uint64_t frames = wire.frame;
    assert_in_range(end(&wire) - empty(), 1, frames * FRAME_MAX + CONNECTIONS * CONNECTION_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_frame_is_short), cmocka_unit_test(a_connection_is_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
