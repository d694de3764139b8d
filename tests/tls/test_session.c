/* SPDX-License-Identifier: MIT */
/* suites.pcapng (make_suites.sh): what comes out of each connection, however its octets are handed in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "capan/capture.h"
#include "capan/tls.h"

enum { CONNECTIONS = 16, FIRST_PORT = 18501, STREAM_MAX = 16384, TEXT_MAX = 1024 };

static const char *const names[CONNECTIONS] = {"1.3-gcm-128",  "1.3-gcm-256",    "1.3-chacha",     "1.3-ccm",
                                               "1.3-ccm-8",    "1.3-retry",      "1.3-key-update", "1.2-gcm-128",
                                               "1.2-gcm-256",  "1.2-chacha",     "1.2-ccm",        "1.2-ccm-8",
                                               "1.2-cbc-sha1", "1.2-cbc-sha256", "1.2-cbc-sha384", "1.2-cbc-mac-last"};

/* The octets of each direction, and in which order the segments came. */
struct piece {
    bool of_client;
    size_t start, len;
};
struct recorded {
    uint8_t octets[2][STREAM_MAX];
    size_t len[2];
    struct piece pieces[64];
    size_t count;
};
static struct recorded recorded[CONNECTIONS];
static char key_log[1 << 16];
static size_t key_log_len;

static void record(void *context, const struct capan_packet *packet) {
    (void)context;
    unsigned from = read_be16(packet->octets.at), to = read_be16(packet->octets.at + 2);
    bool of_client = to >= FIRST_PORT && to < FIRST_PORT + CONNECTIONS;
    struct recorded *connection = &recorded[(of_client ? to : from) - FIRST_PORT];
    size_t header = (size_t)(packet->octets.at[12] >> 4) * 4, len = packet->octets.len - header;
    if (!len) return;
    memcpy(connection->octets[of_client] + connection->len[of_client], packet->octets.at + header, len);
    connection->pieces[connection->count++] = (struct piece){of_client, connection->len[of_client], len};
    connection->len[of_client] += len;
}

static void take_secrets(void *context, struct capan_span lines) {
    (void)context;
    memcpy(key_log + key_log_len, lines.at, lines.len);
    key_log_len += lines.len;
}

static int read_capture(void **state) {
    (void)state;
    struct capan_capture *capture;
    char message[256];
    const struct capan_capture_sink sink = {.tcp = record, .secrets = take_secrets};
    if (capan_capture_open(&capture, SUITES, NULL, message) != CAPAN_OK) return -1;
    while (capan_capture_next(capture, &sink) == CAPAN_OK) {
    }
    capan_capture_close(capture);
    return key_log_len ? 0 : -1;
}

/* --- what came out --- */

struct heard {
    char text[2][TEXT_MAX]; /* by of_client */
    size_t len[2];
    uint64_t lost_len[2];
    unsigned lost[2];
};

static void hear(void *context, bool of_client, struct capan_span octets) {
    struct heard *heard = context;
    assert_true(heard->len[of_client] + octets.len < TEXT_MAX);
    memcpy(heard->text[of_client] + heard->len[of_client], octets.at, octets.len);
    heard->len[of_client] += octets.len;
    heard->text[of_client][heard->len[of_client]] = 0;
}

static void hear_loss(void *context, bool of_client, uint64_t len) {
    struct heard *heard = context;
    heard->lost[of_client]++;
    heard->lost_len[of_client] += len;
}

struct bench {
    struct capan_tls_secrets *secrets;
    struct capan_tls *tls;
    struct heard heard;
};

static void begin(struct bench *bench, const char *lines, size_t len) {
    memset(bench, 0, sizeof *bench);
    bench->secrets = capan_tls_secrets_new(0, 7, NULL);
    assert_int_equal(capan_tls_secrets_add(bench->secrets, (struct capan_span){(const uint8_t *)lines, len}), CAPAN_OK);
    bench->tls = capan_tls_new(bench->secrets, &(struct capan_tls_sink){hear, hear_loss, &bench->heard});
    assert_non_null(bench->tls);
}

static void end(struct bench *bench) {
    capan_tls_free(bench->tls);
    capan_tls_secrets_free(bench->secrets);
}

static void hand_in(struct bench *bench, const struct recorded *connection, size_t at_once) {
    for (size_t i = 0; i < connection->count; i++) {
        const struct piece *piece = &connection->pieces[i];
        struct capan_span octets = {connection->octets[piece->of_client] + piece->start, piece->len};
        for (size_t at = 0; at < octets.len; at += at_once)
            capan_tls_read(bench->tls, piece->of_client, span_cut(octets, at, at_once));
    }
}

static void assert_whole(const struct heard *heard, const char *name) {
    char request[128], content[64];
    snprintf(request, sizeof request, "GET /%s HTTP/1.1\r\nHost: %s.example\r\n\r\n", name, name);
    snprintf(content, sizeof content, "\r\n\r\ncontent of %s", name);
    assert_non_null(strstr(heard->text[true], request));
    assert_non_null(strstr(heard->text[false], content));
    assert_int_equal(heard->lost[true] + heard->lost[false], 0);
}

/* --- the tests --- */

static void every_suite(void **state) {
    (void)state;
    static const size_t at_once[] = {1, 7, STREAM_MAX};
    for (size_t i = 0; i < CONNECTIONS; i++)
        for (size_t k = 0; k < sizeof at_once / sizeof *at_once; k++) {
            struct bench bench;
            begin(&bench, key_log, key_log_len);
            hand_in(&bench, &recorded[i], at_once[k]);
            assert_whole(&bench.heard, names[i]);
            assert_false(capan_tls_is_closed(bench.tls));
            end(&bench);
        }
}

static void without_secrets(void **state) {
    (void)state;
    static const char others[] =
        "# a comment\nCLIENT_RANDOM 00 11\nCLIENT_RANDOM\n\nSERVER_TRAFFIC_SECRET_0 zz zz\nRSA 12 34";
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct bench bench;
        begin(&bench, others, sizeof others - 1);
        hand_in(&bench, &recorded[i], STREAM_MAX);
        assert_int_equal(bench.heard.len[0] + bench.heard.len[1], 0);
        assert_true(capan_tls_is_closed(bench.tls));
        end(&bench);
    }
}

/* Where the last record of a direction begins. */
static size_t last_record(const struct recorded *connection, bool of_client) {
    const uint8_t *octets = connection->octets[of_client];
    size_t at = 0, next = 0;
    for (; next < connection->len[of_client]; next += 5 + (size_t)read_be16(octets + next + 3)) at = next;
    return at;
}

/* A hole inside of a record loses that record alone: its number is known. A hole that may hide a header loses the rest.
 */
static void hole(bool of_client, bool in_body, struct heard *heard) {
    struct recorded *connection = &recorded[0];
    struct bench bench;
    begin(&bench, key_log, key_log_len);
    size_t cut = last_record(connection, of_client) + (in_body ? 9 : 2), missing = 6;
    for (size_t i = 0; i < connection->count; i++) {
        const struct piece *piece = &connection->pieces[i];
        const uint8_t *octets = connection->octets[piece->of_client] + piece->start;
        bool is_cut = piece->of_client == of_client && cut >= piece->start && cut < piece->start + piece->len;
        size_t before = is_cut ? cut - piece->start : piece->len;
        capan_tls_read(bench.tls, piece->of_client, (struct capan_span){octets, before});
        if (!is_cut) continue;
        capan_tls_gap(bench.tls, of_client, missing);
        capan_tls_read(bench.tls, of_client,
                       (struct capan_span){octets + before + missing, piece->len - before - missing});
    }
    *heard = bench.heard;
    end(&bench);
}

static void holes(void **state) {
    (void)state;
    for (int of_client = 0; of_client < 2; of_client++) {
        struct heard heard;
        hole(of_client, true, &heard);
        assert_int_equal(heard.lost[of_client], 1);
        assert_true(heard.lost_len[of_client] > 0);
        hole(of_client, false, &heard);
        assert_int_equal(heard.lost[of_client], 1);
        assert_int_equal(heard.lost_len[of_client], 0);
    }
}

/* A changed octet never passes for content: what is heard is a part of the true text. */
static void every_octet_changed(void **state) {
    (void)state;
    for (size_t i = 0; i < CONNECTIONS; i += 5)
        for (int of_client = 0; of_client < 2; of_client++)
            for (size_t at = 0; at < recorded[i].len[of_client]; at++) {
                struct bench whole, bench;
                begin(&whole, key_log, key_log_len);
                begin(&bench, key_log, key_log_len);
                hand_in(&whole, &recorded[i], STREAM_MAX);
                recorded[i].octets[of_client][at] ^= 0x41;
                hand_in(&bench, &recorded[i], STREAM_MAX);
                recorded[i].octets[of_client][at] ^= 0x41;
                for (int k = 0; k < 2; k++)
                    assert_memory_equal(bench.heard.text[k], whole.heard.text[k], bench.heard.len[k]);
                end(&whole);
                end(&bench);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_suite), cmocka_unit_test(without_secrets),
                                       cmocka_unit_test(holes), cmocka_unit_test(every_octet_changed)};
    return cmocka_run_group_tests_name("tls session", tests, read_capture, NULL);
}
