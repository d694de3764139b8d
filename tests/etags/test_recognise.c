/* SPDX-License-Identifier: MIT */
/* Tags of every generator, of a file of 4090 octets that was changed on Tue, 14 Nov 2023 22:13:20 GMT, or of the
 * content "hello": named, read, and held against what else is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capan/etags.h"
#include "shape.h"

#define MODIFIED_S INT64_C(1700000000)
#define SECONDS    (MODIFIED_S * 1000000000)
#define WITH_US    (SECONDS + 123456000)
#define NONE       CAPAN_NO_MTIME

static const struct capan_etag_digests hello = {
    {0x5d, 0x41, 0x40, 0x2a, 0xbc, 0x4b, 0x2a, 0x76, 0xb9, 0x71, 0x9d, 0x91, 0x10, 0x17, 0xc5, 0x92},
    {0xaa, 0xf4, 0xc6, 0x1d, 0xdc, 0xc5, 0xe8, 0xa2, 0xda, 0xbe,
     0xde, 0x0f, 0x3b, 0x48, 0x2c, 0xd9, 0xae, 0xa9, 0x43, 0x4d},
    {0x2c, 0xf2, 0x4d, 0xba, 0x5f, 0xb0, 0xa3, 0x0e, 0x26, 0xe8, 0x3b, 0x2a, 0xc5, 0xb9, 0xe2, 0x9e,
     0x1b, 0x16, 0x1e, 0x5c, 0x1f, 0xa7, 0x42, 0x5e, 0x73, 0x04, 0x33, 0x62, 0x93, 0x8b, 0x98, 0x24},
    {0xb6, 0xfc, 0x4c, 0x62, 0x0b, 0x67, 0xd9, 0x5f, 0x95, 0x3a,
     0x5c, 0x1c, 0x12, 0x30, 0xaa, 0xab, 0x5d, 0xb5, 0xa1, 0xb0}};

enum known { NOTHING = 0, DATE = 1, LENGTH = 2, BOTH = 3, DIGESTS = 4 };

static const struct row {
    const char *tag;
    enum known known;
    uint8_t generator, certainty, mtime, size, digest; /* the last three: enum capan_etag_check */
    int64_t mtime_ns;
    const char *coding;
} rows[] = {
#define ROW(tag, known, generator, certainty, mtime, size, digest, mtime_ns, coding)                                   \
    {tag,                                                                                                              \
     CAPAN_KNOWN_##known,                                                                                              \
     CAPAN_GENERATOR_##generator,                                                                                      \
     CAPAN_##certainty,                                                                                                \
     CAPAN_CHECK_##mtime,                                                                                              \
     CAPAN_CHECK_##size,                                                                                               \
     CAPAN_CHECK_##digest,                                                                                             \
     mtime_ns,                                                                                                         \
     coding},
#define CAPAN_KNOWN_NOTHING NOTHING
#define CAPAN_KNOWN_DATE    DATE
#define CAPAN_KNOWN_LENGTH  LENGTH
#define CAPAN_KNOWN_BOTH    BOTH
#define CAPAN_KNOWN_DIGESTS DIGESTS
    ROW("\"6553f100-ffa\"", BOTH, NGINX, CERTAIN, EQUAL, EQUAL, UNKNOWN, SECONDS, "") ROW(
        "W/\"6553f100-ffa\"", DATE, NGINX, CERTAIN, EQUAL, UNKNOWN, UNKNOWN, SECONDS,
        "") ROW("\"6553f100-ffa\"", NOTHING, NGINX, LIKELY, UNKNOWN, UNKNOWN, UNKNOWN, SECONDS,
                "") ROW("\"6553f101-ffa\"", BOTH, NGINX, AMBIGUOUS, DIFFERS, EQUAL, UNKNOWN, SECONDS + 1000000000,
                        "") ROW("\"ffa-60a2418202240\"", BOTH, APACHE_SIZE_MTIME, CERTAIN, EQUAL, EQUAL, UNKNOWN,
                                WITH_US, "") ROW("\"ffa-60a2418202240-gzip\"", DATE, APACHE_SIZE_MTIME, CERTAIN, EQUAL,
                                                 UNKNOWN, UNKNOWN, WITH_US, "-gzip")
        ROW("\"ffa-60a2418202240\"-gzip", DATE, APACHE_SIZE_MTIME, CERTAIN, EQUAL, UNKNOWN, UNKNOWN, WITH_US,
            "-gzip") ROW("\"ffa-18202240\"", BOTH, APACHE_SIZE_MTIME, CERTAIN, EQUAL, EQUAL, UNKNOWN, WITH_US, "")
            ROW("\"ffa-6553f100\"", BOTH, APACHE_SIZE_MTIME, CERTAIN, EQUAL, EQUAL, UNKNOWN, SECONDS,
                "") ROW("\"43749-ffa-60a2418202240\"", BOTH, APACHE_INODE, CERTAIN, EQUAL, EQUAL, UNKNOWN, WITH_US, "")
                ROW("\"43749-ffa-18202240--gzip\"", DATE, APACHE_INODE, CERTAIN, EQUAL, UNKNOWN, UNKNOWN, WITH_US,
                    "--gzip") ROW("\"43749-60a2418202240\"", BOTH, APACHE_INODE_MTIME, CERTAIN, EQUAL, UNKNOWN, UNKNOWN,
                                  WITH_US, "") ROW("\"60a2418202240\"", DATE, APACHE_MTIME, CERTAIN, EQUAL, UNKNOWN,
                                                   UNKNOWN, WITH_US, "")
                    ROW("W/\"ffa-18bcfe5687b\"", BOTH, SEND, CERTAIN, EQUAL, EQUAL, UNKNOWN, SECONDS + 123000000,
                        "") ROW("\"17979cfe3d85ca00-ffa\"", BOTH, AIOHTTP, CERTAIN, EQUAL, EQUAL, UNKNOWN, WITH_US, "")
                        ROW("W/\"4090-1700000000123\"", BOTH, TOMCAT, CERTAIN, EQUAL, EQUAL, UNKNOWN,
                            SECONDS + 123000000, "") ROW("\"1700000000.5-4090-3141592653\"", BOTH, WERKZEUG,
                                                         CERTAIN, EQUAL, EQUAL, UNKNOWN, SECONDS, "")
                            ROW("\"87d67fc64717da1:0\"", DATE, IIS, CERTAIN, EQUAL, UNKNOWN, UNKNOWN,
                                SECONDS + 123456700, "") ROW("\"006dc64717da1:75c\"", DATE, IIS, CERTAIN, EQUAL,
                                                             UNKNOWN, UNKNOWN, SECONDS, "")
                                ROW("\"006dc64717da1:0\"", NOTHING, IIS, LIKELY, UNKNOWN, UNKNOWN, UNKNOWN, NONE, "")
                                    ROW("\"1da1747c66d0ffa\"", BOTH, ASPNET, CERTAIN, EQUAL, UNKNOWN, UNKNOWN, SECONDS,
                                        "") ROW("\"0x8DBE55EE8E4004D\"", DATE, AZURE, CERTAIN, EQUAL, UNKNOWN, UNKNOWN,
                                                SECONDS + 7700, "") ROW("\"cwyvpeni7vnk35m\"", BOTH, CADDY, CERTAIN,
                                                                        EQUAL, EQUAL, UNKNOWN, WITH_US, "")
                                        ROW("\"s44we835m\"", BOTH, CADDY, CERTAIN, EQUAL, EQUAL, UNKNOWN, SECONDS,
                                            "") ROW("\"359670651\"", BOTH, LIGHTTPD, LIKELY, UNKNOWN, UNKNOWN, UNKNOWN,
                                                    NONE, "") ROW("\"359670651+gzip+ident\"", BOTH, EDGECAST, LIKELY,
                                                                  UNKNOWN, UNKNOWN, UNKNOWN, NONE, "")
                                            ROW("\"5d41402abc4b2a76b9719d911017c592-12\"", BOTH, S3_MULTIPART, LIKELY,
                                                UNKNOWN, UNKNOWN, UNKNOWN,
                                                NONE, "") ROW("\"5d41402abc4b2a76b9719d911017c592\"", DIGESTS, MD5,
                                                              CERTAIN, UNKNOWN, UNKNOWN, EQUAL,
                                                              NONE, "") ROW("\"5d41402abc4b2a76b9719d911017c593\"",
                                                                            DIGESTS, MD5, AMBIGUOUS, UNKNOWN, UNKNOWN,
                                                                            DIFFERS, NONE, "")
                                                ROW("\"5d41402abc4b2a76b9719d911017c592;br\"", NOTHING, MD5, LIKELY,
                                                    UNKNOWN, UNKNOWN,
                                                    UNKNOWN, NONE,
                                                    ";br") ROW("W/\"5d41402abc4b2a76b9719d911017c592\"", DIGESTS, RACK,
                                                               CERTAIN, UNKNOWN, UNKNOWN, EQUAL, NONE,
                                                               "") ROW("W/\"2cf24dba5fb0a30e26e83b2ac5b9e29e\"",
                                                                       DIGESTS, RACK, CERTAIN, UNKNOWN,
                                                                       UNKNOWN, EQUAL, NONE, "")
                                                    ROW("W/\"5-qvTGHdzF6KLavt4PO0gs2a6pQ00\"", DIGESTS, EXPRESS,
                                                        CERTAIN, UNKNOWN,
                                                        UNKNOWN, EQUAL,
                                                        NONE, "") ROW("\"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d\"",
                                                                      DIGESTS, SHA1, CERTAIN, UNKNOWN, UNKNOWN, EQUAL,
                                                                      NONE, "")
                                                        ROW("\"b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0\"", DIGESTS,
                                                            GIT_BLOB, CERTAIN, UNKNOWN, UNKNOWN, EQUAL, NONE, "")
                                                            ROW("\"b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0\"", NOTHING,
                                                                SHA1, LIKELY, UNKNOWN, UNKNOWN, UNKNOWN,
                                                                NONE, "") ROW("W/"
                                                                              "\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e"
                                                                              "5c1fa7425e73043362938b9824\"",
                                                                              DIGESTS, SHA256, CERTAIN, UNKNOWN,
                                                                              UNKNOWN, EQUAL, NONE, "")
                                                                ROW("\"5d41402abc4b2a76b9719d911017c592:1700000000.5\"",
                                                                    DATE, AKAMAI, CERTAIN, EQUAL, UNKNOWN, UNKNOWN,
                                                                    SECONDS, "") ROW("\"v1\"", BOTH, UNKNOWN, AMBIGUOUS,
                                                                                     UNKNOWN, UNKNOWN, UNKNOWN, NONE,
                                                                                     "")
                                                                    ROW("\"\"", BOTH, UNKNOWN, AMBIGUOUS, UNKNOWN,
                                                                        UNKNOWN, UNKNOWN, NONE, "")
                                                                        ROW("", BOTH, UNKNOWN, AMBIGUOUS, UNKNOWN,
                                                                            UNKNOWN, UNKNOWN, NONE, "")
                                                                            ROW("W/", BOTH, UNKNOWN, AMBIGUOUS, UNKNOWN,
                                                                                UNKNOWN, UNKNOWN, NONE, "")
                                                                                ROW("\"ffffffff-ffffffffffff\"",
                                                                                    NOTHING, UNKNOWN, AMBIGUOUS,
                                                                                    UNKNOWN, UNKNOWN, UNKNOWN, NONE, "")
                                                                                    ROW("\"99999999999999999999-1-1\"",
                                                                                        NOTHING, UNKNOWN, AMBIGUOUS,
                                                                                        UNKNOWN, UNKNOWN, UNKNOWN, NONE,
                                                                                        "")};

static void read_row(const struct row *row, struct capan_etag_reading *reading) {
    const struct capan_etag_context context = {.modified_known = row->known & DATE,
                                               .modified_s = MODIFIED_S,
                                               .length_known = row->known & LENGTH,
                                               .length = 4090,
                                               .digests = row->known & DIGESTS ? &hello : NULL};
    capan_etag_recognise(reading, (struct capan_span){(const uint8_t *)row->tag, strlen(row->tag)}, &context);
}

static void tags_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct capan_etag_reading reading;
        read_row(row, &reading);
        const bool coding = reading.coding.len == strlen(row->coding) &&
                            (!reading.coding.len || memcmp(reading.coding.at, row->coding, reading.coding.len) == 0);
        if (reading.generator == row->generator && reading.certainty == row->certainty &&
            reading.mtime_check == row->mtime && reading.size_check == row->size &&
            reading.digest_check == row->digest && reading.mtime_ns == row->mtime_ns && coding)
            continue;
        fail_msg("%s (%d): %s, %s, checks %d %d %d, time %lld, coding of %zu", row->tag, row->known,
                 capan_etag_generators[reading.generator].token, capan_certainties[reading.certainty].token,
                 reading.mtime_check, reading.size_check, reading.digest_check, (long long)reading.mtime_ns,
                 reading.coding.len);
    }
}

static void every_shape_is_met(void **state) {
    bool met[CAPAN_ETAG_GENERATOR_COUNT] = {false};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) met[rows[i].generator] = true;
    for (size_t i = 0; i < CAPAN_ETAG_GENERATOR_COUNT; i++)
        if (!met[i]) fail_msg("no tag of %s", capan_etag_generators[i].token);
    for (size_t i = 0; i < capan_shape_count; i++) assert_true(capan_shapes[i].parts[0].max > 0);
}

/* Inode, parts and size come out as numbers. */
static void numbers_are_read(void **state) {
    struct capan_etag_reading reading;
    (void)state;
    read_row(&(struct row){.tag = "\"43749-ffa-60a2418202240\"", .known = BOTH}, &reading);
    assert_true(reading.inode_known && reading.inode == 0x43749 && reading.size_known && reading.size == 4090);
    read_row(&(struct row){.tag = "\"5d41402abc4b2a76b9719d911017c592-12\""}, &reading);
    assert_int_equal(reading.parts, 12);
    assert_false(reading.size_known || reading.inode_known || reading.weak);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tags_are_read), cmocka_unit_test(every_shape_is_met),
                                       cmocka_unit_test(numbers_are_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
