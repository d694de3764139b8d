/* SPDX-License-Identifier: MIT */
/* Files in memory, cut at every octet: what is whole comes out, what is cut is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "savefile.h"

struct file {
    uint8_t octets[1024];
    size_t len;
    size_t ends[8]; /* where each record ends */
    size_t count;
};

static void put32(struct file *file, uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) file->octets[file->len++] = (uint8_t)(value >> shift);
}

static void put_frame(struct file *file, uint32_t len) {
    memset(file->octets + file->len, 'x', (len + 3) & ~3u);
    file->len += len;
}

static void end_record(struct file *file) {
    file->ends[file->count++] = file->len;
}

static void put_pcap(struct file *file) {
    static const uint32_t header[] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1};
    for (size_t i = 0; i < 6; i++) put32(file, header[i]);
    for (uint32_t len = 0; len < 80; len += 23) {
        put32(file, 1700000000), put32(file, len), put32(file, len), put32(file, len + 1);
        put_frame(file, len);
        end_record(file);
    }
}

static void put_pcapng(struct file *file) {
    static const uint32_t header[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX, 28, 1, 20, 1, 0, 20};
    for (size_t i = 0; i < 12; i++) put32(file, header[i]);
    for (uint32_t len = 0; len < 80; len += 23) {
        uint32_t block = 32 + ((len + 3) & ~3u);
        put32(file, 6), put32(file, block), put32(file, 0), put32(file, 0), put32(file, 1000), put32(file, len),
            put32(file, len);
        put_frame(file, len);
        file->len = (file->len + 3) & ~(size_t)3;
        put32(file, block);
        end_record(file);
    }
}

static struct capan_input input_of(const uint8_t *octets, size_t len) {
    return (struct capan_input){
        .at = octets,
        .end = octets + len,
        .file = {.descriptor = -1, .ended = true, .stopped = CAPAN_END, .reason = "end of file"},
        .alloc = &capan_libc};
}

/* How many records come out of the first len octets, and what stopped the reading. */
static size_t read_all(const struct file *file, size_t len, enum capan_result *stopped) {
    uint8_t *copy = test_malloc(len + 1);
    memcpy(copy, file->octets, len);
    struct capan_input input = input_of(copy, len);
    struct capan_savefile reader;
    struct capan_record record;
    size_t count = 0;
    *stopped = capan_savefile_open(&reader, &input);
    while (*stopped == CAPAN_OK && (*stopped = capan_savefile_next(&reader, &record)) == CAPAN_OK) count++;
    if (*stopped != CAPAN_END) assert_true(strlen(reader.message) > 10);
    capan_savefile_close(&reader);
    test_free(copy);
    return count;
}

static void cut_everywhere(const struct file *file, size_t header) {
    size_t whole = 0;
    for (size_t len = 0; len <= file->len; len++) {
        enum capan_result stopped;
        while (whole < file->count && file->ends[whole] <= len) whole++;
        bool on_boundary = len == header || (whole > 0 && file->ends[whole - 1] == len);
        assert_int_equal(read_all(file, len, &stopped), whole);
        if (len < header)
            assert_int_not_equal(stopped, CAPAN_OK);
        else
            assert_int_equal(stopped, on_boundary ? CAPAN_END : CAPAN_TRUNCATED);
    }
}

/* A Decryption Secrets Block comes out between the frames and is none of them (pcapng 4.7). */
static void secrets_come_out(void **state) {
    (void)state;
    static const char lines[] = "CLIENT_RANDOM 00 11\n";
    struct file file = {.len = 0};
    put_pcapng(&file);
    put32(&file, 10), put32(&file, 40), put32(&file, 0x544c534b), put32(&file, sizeof lines - 1);
    memcpy(file.octets + file.len, lines, sizeof lines - 1);
    file.len += sizeof lines - 1, put32(&file, 40);
    struct capan_input input = input_of(file.octets, file.len);
    struct capan_savefile reader;
    struct capan_record record;
    assert_int_equal(capan_savefile_open(&reader, &input), CAPAN_OK);
    for (size_t i = 0; i < file.count; i++) {
        assert_int_equal(capan_savefile_next(&reader, &record), CAPAN_OK);
        assert_null(record.secrets.at);
    }
    assert_int_equal(capan_savefile_next(&reader, &record), CAPAN_OK);
    assert_int_equal(record.secrets.len, sizeof lines - 1);
    assert_memory_equal(record.secrets.at, lines, sizeof lines - 1);
    assert_int_equal(reader.records, file.count);
    assert_int_equal(capan_savefile_next(&reader, &record), CAPAN_END);
    capan_savefile_close(&reader);
}

static void pcap_cut_everywhere(void **state) {
    (void)state;
    struct file file = {.len = 0};
    put_pcap(&file);
    cut_everywhere(&file, 24);
}

static void pcapng_cut_everywhere(void **state) {
    (void)state;
    struct file file = {.len = 0};
    put_pcapng(&file);
    cut_everywhere(&file, 48);
}

/* Any one octet changed: no crash, and no record but what fits in the file. */
static void every_octet_changed(void **state) {
    (void)state;
    static const uint8_t changes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    void (*const makers[])(struct file *) = {put_pcap, put_pcapng};
    for (size_t maker = 0; maker < 2; maker++) {
        struct file file = {.len = 0};
        makers[maker](&file);
        for (size_t at = 0; at < file.len; at++)
            for (size_t i = 0; i < sizeof changes; i++) {
                enum capan_result stopped;
                uint8_t kept = file.octets[at];
                file.octets[at] = changes[i];
                assert_true(read_all(&file, file.len, &stopped) <= file.len / 16);
                file.octets[at] = kept;
            }
    }
}

/* Times beyond 64 bits of nanoseconds end at their ends, and none of the units divides by zero. */
static void time_units(void **state) {
    (void)state;
    struct file file = {.len = 0};
    static const uint32_t header[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX,
                                      28,         1,  40,         1, 0,          9 | 1u << 16};
    for (size_t i = 0; i < 12; i++) put32(&file, header[i]);
    size_t unit_at = file.len;
    put32(&file, 0), put32(&file, 14 | 8u << 16), put32(&file, UINT32_MAX), put32(&file, 0x7fffffff), put32(&file, 40);
    put32(&file, 6), put32(&file, 32), put32(&file, 0), put32(&file, UINT32_MAX), put32(&file, UINT32_MAX);
    put32(&file, 0), put32(&file, 0), put32(&file, 32);
    end_record(&file);
    for (unsigned unit = 0; unit < 256; unit++) {
        enum capan_result stopped;
        file.octets[unit_at] = (uint8_t)unit;
        assert_int_equal(read_all(&file, file.len, &stopped), 1);
        assert_int_equal(stopped, CAPAN_END);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcap_cut_everywhere), cmocka_unit_test(pcapng_cut_everywhere),
        cmocka_unit_test(secrets_come_out),    cmocka_unit_test(every_octet_changed),
        cmocka_unit_test(time_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
