/* SPDX-License-Identifier: MIT */
#include "standins.h"

#include "bytes.h"

enum { WORDS_MAX = 1 << 16, WORD_MAX = 256, TRIES = 32 };

/* A word's stand-in; that of another index entry says that it is taken. */
struct word {
    struct capan_indexed in;
    bool taken; /* text is a stand-in */
    uint16_t len;
    uint8_t text[]; /* the word, then its stand-in */
};

void capan_standins_init(struct capan_standins *standins, uint64_t seed, const struct capan_alloc *alloc) {
    standins->alloc = alloc;
    capan_index_init(&standins->words, seed, alloc);
}

void capan_standins_free(struct capan_standins *standins) {
    for (struct capan_indexed *at; (at = capan_index_oldest(&standins->words));) {
        struct word *word = (struct word *)at;
        capan_index_remove(&standins->words, at);
        capan_delete(standins->alloc, word, sizeof *word + 2 * (size_t)word->len);
    }
    capan_index_free(&standins->words);
}

static uint64_t hash_of(const struct capan_standins *standins, bool taken, const uint8_t *text, size_t len) {
    return capan_hash(standins->words.key, text, len) ^ (taken ? UINT64_C(0x9e3779b97f4a7c15) : 0);
}

static struct word *find(const struct capan_standins *standins, bool taken, const uint8_t *text, size_t len) {
    struct capan_indexed *at = capan_index_first(&standins->words, hash_of(standins, taken, text, len));
    for (; at; at = capan_index_next(at)) {
        struct word *word = (struct word *)at;
        if (word->taken == taken && word->len == len && memcmp(word->text, text, len) == 0) return word;
    }
    return NULL;
}

static void add(struct capan_standins *standins, bool taken, const uint8_t *text, const uint8_t *standin, size_t len) {
    if (standins->words.count >= WORDS_MAX) return;
    struct word *word = capan_new(standins->alloc, sizeof *word + 2 * len);
    if (!word) return;
    word->taken = taken;
    word->len = (uint16_t)len;
    memcpy(word->text, text, len);
    memcpy(word->text + len, standin, len);
    capan_index_add(&standins->words, &word->in, hash_of(standins, taken, text, len));
}

static bool is_digit(uint8_t octet) {
    return octet >= '0' && octet <= '9';
}

static bool is_letter(uint8_t octet) {
    return (octet | 0x20) >= 'a' && (octet | 0x20) <= 'z';
}

/* A digit for a digit; a number does not begin with 0 that did not. */
static void make(const struct capan_standins *standins, const uint8_t *word, uint8_t *standin, size_t len,
                 uint64_t salt) {
    const uint64_t key = capan_hash(standins->words.key, word, len) + salt;
    for (size_t i = 0; i < len; i++) {
        const uint64_t random = capan_hash(standins->words.key, &(uint64_t[2]){key, i}, 16);
        if (!is_digit(word[i]))
            standin[i] = (uint8_t)('a' + random % 26);
        else
            standin[i] = (uint8_t)(word[i] == '0' || i > 0 ? '0' + random % 10 : '1' + random % 9);
    }
}

/* Where all short ones are taken, some words are told apart no more. */
static void choose(struct capan_standins *standins, const uint8_t *word, uint8_t *standin, size_t len) {
    for (uint64_t salt = 0; salt < TRIES; salt++) {
        make(standins, word, standin, len, salt);
        const bool same = memcmp(standin, word, len) == 0;
        if (!same && !find(standins, true, standin, len)) break;
    }
    add(standins, false, word, standin, len);
    add(standins, true, standin, word, len);
}

void capan_standin_word(struct capan_standins *standins, uint8_t *word, size_t len) {
    uint8_t lower[WORD_MAX], standin[WORD_MAX];
    for (; len > WORD_MAX; word += WORD_MAX, len -= WORD_MAX) capan_standin_word(standins, word, WORD_MAX);
    for (size_t i = 0; i < len; i++) lower[i] = is_letter(word[i]) ? word[i] | 0x20 : word[i];
    const struct word *known = find(standins, false, lower, len);
    if (known)
        memcpy(standin, known->text + len, len);
    else
        choose(standins, lower, standin, len);
    for (size_t i = 0; i < len; i++)
        word[i] = is_letter(word[i]) && word[i] < 'a' ? (uint8_t)(standin[i] & ~0x20) : standin[i];
}

/* What says nothing of anybody, and much to a reader of HTTP. Sorted by nothing: there are few. */
static const char *const protocol_words[] = {
    "w",           "no",       "store",    "cache",      "transform",  "max",        "age",        "s",       "maxage",
    "public",      "private",  "must",     "revalidate", "proxy",      "understand", "immutable",  "stale",   "while",
    "if",          "error",    "fresh",    "min",        "only",       "cached",     "gzip",       "deflate", "br",
    "zstd",        "compress", "identity", "chunked",    "trailers",   "close",      "keep",       "alive",   "timeout",
    "bytes",       "none",     "continue", "h2c",        "websocket",  "text",       "html",       "css",     "plain",
    "javascript",  "json",     "xml",      "image",      "png",        "gif",        "jpeg",       "svg",     "webp",
    "application", "octet",    "stream",   "multipart",  "byteranges", "form",       "urlencoded", "video",   "audio",
    "font",        "accept",   "encoding", "language",   "charset",    "cookie",     "origin",     "user",    "agent",
    "http",        "https",    "hit",      "miss",       "htm",        "js",         "jpg",        "txt",     "php",
    "ico",         "favicon",  "index",    "utf",        "gmt",        "q"};

static bool is_protocol_word(const uint8_t *word, size_t len) {
    for (size_t i = 0; i < sizeof protocol_words / sizeof *protocol_words; i++) {
        const char *known = protocol_words[i];
        size_t at = 0;
        while (at < len && known[at] && (is_letter(word[at]) ? word[at] | 0x20 : word[at]) == (uint8_t)known[at]) at++;
        if (at == len && !known[at]) return true;
    }
    return false;
}

static bool is_number(const uint8_t *word, size_t len) {
    size_t at = 0;
    while (at < len && is_digit(word[at])) at++;
    return at == len;
}

void capan_standin_text(struct capan_standins *standins, uint8_t *text, size_t len, bool numbers) {
    for (size_t at = 0; at < len;) {
        size_t end = at;
        while (end < len && (is_letter(text[end]) || is_digit(text[end]))) end++;
        if (end == at) {
            if (text[at] >= 0x80) text[at] = (uint8_t)(0x80 | capan_standin_octet(standins, text[at], at)); /* any */
            at++;
            continue;
        }
        const bool escaped = at > 0 && text[at - 1] == '%' && end - at >= 2;
        if (escaped) { /* two hexadecimal digits; "4" and any other is a letter */
            text[at] = '4';
            text[at + 1] = (uint8_t)('1' + capan_standin_octet(standins, text[at + 1], 1) % 9);
            at += 2;
            continue;
        }
        if (!is_protocol_word(text + at, end - at) && !(numbers && is_number(text + at, end - at)))
            capan_standin_word(standins, text + at, end - at);
        at = end;
    }
}

uint8_t capan_standin_octet(const struct capan_standins *standins, uint64_t key, uint64_t at) {
    return (uint8_t)('a' + capan_hash(standins->words.key, &(uint64_t[2]){key, at}, 16) % 26);
}
