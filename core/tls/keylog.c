/* SPDX-License-Identifier: MIT */
#include "keylog.h"

#include "bytes.h"

/* What a place in the index takes, with its own growth. */
enum { INDEXED = 32 };

static const char *const labels[KEYLOG_LABEL_COUNT] = {
    [KEYLOG_MASTER] = "CLIENT_RANDOM",
    [KEYLOG_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    [KEYLOG_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    [KEYLOG_CLIENT_TRAFFIC] = "CLIENT_TRAFFIC_SECRET_0",
    [KEYLOG_SERVER_TRAFFIC] = "SERVER_TRAFFIC_SECRET_0",
};

void capan_keylog_init(struct keylog *keylog, uint64_t memory, uint64_t seed, const struct capan_alloc *alloc) {
    keylog->most = memory / (sizeof(struct keylog_entry) + INDEXED);
    keylog->is_cut = false;
    capan_index_init(&keylog->index, seed, alloc);
}

void capan_keylog_free(struct keylog *keylog) {
    for (struct capan_indexed *at = capan_index_oldest(&keylog->index), *newer; at; at = newer) {
        newer = capan_index_newer(&keylog->index, at);
        capan_delete(keylog->index.alloc, at, sizeof(struct keylog_entry));
    }
    capan_index_free(&keylog->index);
}

static uint64_t hash_of(const struct keylog *keylog, const uint8_t random[KEYLOG_RANDOM]) {
    return capan_hash(keylog->index.key, random, KEYLOG_RANDOM);
}

static struct keylog_entry *find(const struct keylog *keylog, const uint8_t random[KEYLOG_RANDOM]) {
    struct capan_indexed *at = capan_index_first(&keylog->index, hash_of(keylog, random));
    while (at && memcmp(((struct keylog_entry *)at)->random, random, KEYLOG_RANDOM) != 0) at = capan_index_next(at);
    return (struct keylog_entry *)at;
}

const struct keylog_entry *capan_keylog_find(const struct keylog *keylog, const uint8_t random[KEYLOG_RANDOM]) {
    return find(keylog, random);
}

static struct keylog_entry *make(struct keylog *keylog, const uint8_t random[KEYLOG_RANDOM]) {
    struct keylog_entry *entry = find(keylog, random);
    if (entry || keylog->index.count >= keylog->most) return entry;
    entry = capan_new(keylog->index.alloc, sizeof *entry);
    if (!entry) return NULL;
    memcpy(entry->random, random, KEYLOG_RANDOM);
    capan_index_add(&keylog->index, &entry->in, hash_of(keylog, random));
    return entry;
}

/* --- the lines --- */

/* Takes the next word off; empty at the end of the line. */
static struct capan_span next_word(struct capan_span *line) {
    size_t start = 0;
    while (start < line->len && line->at[start] == ' ') start++;
    size_t end = start;
    while (end < line->len && line->at[end] > ' ') end++;
    struct capan_span word = span_cut(*line, start, end - start);
    *line = span_cut(*line, end, SIZE_MAX);
    return word;
}

static int digit(uint8_t octet) {
    if (octet >= '0' && octet <= '9') return octet - '0';
    octet |= 0x20;
    return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

/* The octets' count; 0 when the word is not hexadecimal or has more than max octets. */
static size_t read_hexadecimal(struct capan_span word, uint8_t *to, size_t max) {
    if (word.len % 2 || word.len / 2 > max) return 0;
    for (size_t i = 0; i < word.len; i += 2) {
        int high = digit(word.at[i]), low = digit(word.at[i + 1]);
        if (high < 0 || low < 0) return 0;
        to[i / 2] = (uint8_t)(high << 4 | low);
    }
    return word.len / 2;
}

static enum keylog_label label_of(struct capan_span word) {
    enum keylog_label label = 0;
    while (label < KEYLOG_LABEL_COUNT && !span_equal(word, span_of(labels[label]))) label++;
    return label;
}

static enum capan_result add_line(struct keylog *keylog, struct capan_span line) {
    uint8_t random[KEYLOG_RANDOM], secret[KEYLOG_SECRET_MAX];
    enum keylog_label label = label_of(next_word(&line));
    if (label == KEYLOG_LABEL_COUNT) return CAPAN_OK;
    if (read_hexadecimal(next_word(&line), random, sizeof random) != sizeof random) return CAPAN_OK;
    size_t len = read_hexadecimal(next_word(&line), secret, sizeof secret);
    if (!len) return CAPAN_OK;
    struct keylog_entry *entry = make(keylog, random);
    if (!entry) keylog->is_cut = true;
    if (!entry) return CAPAN_NO_MEMORY;
    memcpy(entry->secret[label], secret, len);
    entry->len[label] = (uint8_t)len;
    return CAPAN_OK;
}

enum capan_result capan_keylog_add(struct keylog *keylog, struct capan_span lines) {
    enum capan_result result = CAPAN_OK;
    while (lines.len && result == CAPAN_OK) {
        const uint8_t *lf = memchr(lines.at, '\n', lines.len);
        size_t len = lf ? (size_t)(lf - lines.at) : lines.len;
        result = add_line(keylog, span_cut(lines, 0, len));
        lines = span_cut(lines, len + 1, SIZE_MAX);
    }
    return result;
}
