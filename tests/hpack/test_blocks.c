/* SPDX-License-Identifier: MIT */
/* Field blocks with stand-ins, for `capan reduce`: libnghttp2 writes and reads them. What refers to what, lengths, and
 * what is the same as what stay; nothing that names anybody does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

#include "block.h"
#include "bytes.h"
#include "capan/hpack.h"
#include "huffman.h"

#define SHIFT_S (-100 * INT64_C(604800))

enum { LINES = 12, BLOCKS = 400, TEXT_MAX = 96 };

struct line {
    char name[TEXT_MAX], value[TEXT_MAX];
};

struct lines {
    struct line at[LINES];
    size_t count;
};

static uint32_t state;

static uint32_t chance(uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
}

/* --- what is said --- */

static void make_word(char *to, size_t len) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t at = 0;
    while (at < len) to[at++] = letters[chance(sizeof letters - 1)];
    to[at] = '\0';
}

static void make_value(char *to, const char *form) {
    char word[2][24];
    for (int i = 0; i < 2; i++) make_word(word[i], 2 + chance(16));
    snprintf(to, TEXT_MAX, form, word[0], word[1]);
}

static void make_date(char *to) {
    snprintf(to, TEXT_MAX, "Mon, %02u Jun 2026 %02u:%02u:%02u GMT", 1 + 7 * chance(4), chance(24), chance(60),
             chance(60));
}

static void make_block(struct lines *lines) {
    static const struct {
        const char *name, *form;
    } forms[] = {{":authority", "%s.%s"},       {":path", "/%s/%%C3%%a4?%s=1"}, {"etag", "W/\"%s-%s\""},
                 {"if-none-match", "\"%s%s\""}, {"cookie", "sid=%s; u=%s"},     {"x-corp", "%s\xc3\xa4 %s"},
                 {"user-agent", "%s/1.0 (%s)"}};
    memset(lines, 0, sizeof *lines);
    snprintf(lines->at[0].name, TEXT_MAX, ":method");
    snprintf(lines->at[0].value, TEXT_MAX, "PROPFIND");
    snprintf(lines->at[1].name, TEXT_MAX, "cache-control");
    snprintf(lines->at[1].value, TEXT_MAX, "max-age=%u, private", chance(100000));
    snprintf(lines->at[2].name, TEXT_MAX, "last-modified");
    make_date(lines->at[2].value);
    for (lines->count = 3; lines->count < LINES; lines->count++) {
        const size_t form = chance(sizeof forms / sizeof *forms);
        snprintf(lines->at[lines->count].name, TEXT_MAX, "%s", forms[form].name);
        make_value(lines->at[lines->count].value, forms[form].form);
    }
}

static size_t deflate(nghttp2_hd_deflater *deflater, const struct lines *lines, uint8_t *block, size_t room) {
    nghttp2_nv fields[LINES];
    for (size_t i = 0; i < lines->count; i++)
        fields[i] = (nghttp2_nv){(uint8_t *)(uintptr_t)lines->at[i].name, (uint8_t *)(uintptr_t)lines->at[i].value,
                                 strlen(lines->at[i].name), strlen(lines->at[i].value), 0};
    const ssize_t len = nghttp2_hd_deflate_hd(deflater, block, room, fields, lines->count);
    assert_true(len > 0);
    return (size_t)len;
}

static bool hear(void *context, struct capan_span name, struct capan_span value) {
    struct lines *lines = context;
    if (lines->count == LINES || name.len >= TEXT_MAX || value.len >= TEXT_MAX) return false;
    struct line *line = &lines->at[lines->count++];
    memset(line, 0, sizeof *line);
    memcpy(line->name, name.at, name.len);
    memcpy(line->value, value.at, value.len);
    return true;
}

/* --- what is left --- */

static bool is_alnum(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static void no_word_is_left(const char *before, const char *after) {
    for (size_t at = 0; before[at];) {
        size_t len = 0;
        while (is_alnum(before[at + len])) len++;
        if (len && memcmp(before + at, after + at, len) == 0 && !(len == 1 && strchr("W", before[at])))
            fail_msg("%.*s of %s is left in %s", (int)len, before + at, before, after);
        at += len ? len : 1;
    }
}

static void compare(const struct line *before, const struct line *after) {
    assert_int_equal(strlen(before->name), strlen(after->name));
    assert_int_equal(strlen(before->value), strlen(after->value));
    if (strcmp(before->name, ":method") == 0 || strcmp(before->name, "cache-control") == 0) {
        assert_string_equal(before->value, after->value);
    } else if (strcmp(before->name, "last-modified") == 0) {
        assert_memory_equal(after->value, "Mon, ", 5);
        assert_string_not_equal(before->value, after->value);
        assert_string_equal(after->value + 25, " GMT");
    } else {
        no_word_is_left(before->value, after->value);
    }
    if (strcmp(before->name, "x-corp") == 0) no_word_is_left(before->name, after->name);
}

static void blocks_say_as_much_of_nobody(void **unused) {
    static struct capan_block_table table;
    struct capan_standins standins;
    nghttp2_hd_deflater *deflater;
    (void)unused;
    capan_standins_init(&standins, 5, &capan_libc);
    standins.even = true;
    capan_block_table_init(&table);
    assert_int_equal(0, nghttp2_hd_deflate_new(&deflater, 4096));
    void *decoder = capan_hpack.open(&capan_libc);
    struct lines said[4]; /* the same ones come again */
    state = 20261201;
    for (size_t i = 0; i < BLOCKS; i++) {
        uint8_t block[4096];
        struct lines *lines = &said[i % 4], now = {.count = 0};
        if (i < 4 || chance(3)) make_block(lines);
        const size_t len = deflate(deflater, lines, block, sizeof block);
        capan_block_anonymise(&table, &standins, block, len, SHIFT_S);
        assert_false(table.lost);
        const struct capan_span octets = {block, len};
        assert_int_equal(CAPAN_HPACK_READ, capan_hpack.read(decoder, octets, 1 << 16, hear, &now));
        assert_int_equal(now.count, lines->count);
        for (size_t line = 0; line < now.count; line++) compare(&lines->at[line], &now.at[line]);
    }
    capan_hpack.close(decoder);
    nghttp2_hd_deflate_del(deflater);
    capan_standins_free(&standins);
}

static void nothing_is_left_of_what_cannot_be_read(void **unused) {
    static struct capan_block_table table;
    struct capan_standins standins;
    /* An index that no table has, and a name whose value is longer than the block. */
    uint8_t unknown[] = "\xbf\x40\x06secret\x06secret", cut[] = "\x40\x06secret\x7fsecret";
    (void)unused;
    capan_standins_init(&standins, 5, &capan_libc);
    standins.even = true;
    capan_block_table_init(&table);
    capan_block_anonymise(&table, &standins, unknown, sizeof unknown - 1, 0);
    assert_true(table.lost);
    for (size_t i = 0; i < sizeof unknown - 1; i++) assert_int_equal(unknown[i], 0xff);
    capan_block_table_init(&table);
    capan_block_anonymise(&table, &standins, cut, sizeof cut - 1, 0);
    for (size_t i = 0; i < sizeof cut - 1; i++) assert_int_equal(cut[i], 0xff);
    state = 7;
    for (unsigned round = 0; round < 20000; round++) { /* hostile ones */
        uint8_t block[64];
        const size_t len = chance(sizeof block);
        for (size_t i = 0; i < len; i++) block[i] = (uint8_t)chance(256);
        capan_block_anonymise(&table, &standins, block, len, SHIFT_S);
        assert_true(table.size <= table.most && table.count <= CAPAN_TABLE_ENTRIES);
    }
    capan_standins_free(&standins);
}

/* Each octet there and back, and what RFC 7541 C.4.1 has. */
static void the_code_is_that_of_the_standard(void **unused) {
    static const uint8_t example[] = {0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff};
    uint8_t coded[64], text[128];
    size_t len;
    (void)unused;
    capan_huffman_encode((const uint8_t *)"www.example.com", 15, coded);
    assert_memory_equal(coded, example, sizeof example);
    assert_true(capan_huffman_decode((struct capan_span){example, sizeof example}, text, &len));
    assert_int_equal(len, 15);
    assert_memory_equal(text, "www.example.com", 15);
    for (unsigned octet = 0; octet < 256; octet++) {
        const uint8_t all[] = {'a', (uint8_t)octet, (uint8_t)octet, 'z'};
        const size_t octets = (size_t)capan_huffman_octets(capan_huffman_len(all, sizeof all));
        capan_huffman_encode(all, sizeof all, coded);
        assert_true(capan_huffman_decode((struct capan_span){coded, octets}, text, &len));
        assert_int_equal(len, sizeof all);
        assert_memory_equal(text, all, sizeof all);
    }
    assert_false(capan_huffman_decode((struct capan_span){(const uint8_t *)"\xff\xff", 2}, text, &len));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_say_as_much_of_nobody),
        cmocka_unit_test(nothing_is_left_of_what_cannot_be_read),
        cmocka_unit_test(the_code_is_that_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
