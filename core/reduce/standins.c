/* SPDX-License-Identifier: MIT */
#include "standins.h"

#include "bytes.h"
#include "huffman.h"

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

static bool is_upper(uint8_t octet) {
    return octet >= 'A' && octet <= 'Z';
}

/* Letters and digits of one kind, and so many of each kind. */
struct kind {
    const char *octets;
    unsigned count;
};

/* loose: a lower case letter may stand for anything else that is as long in Huffman's code as one of those. */
static struct kind kind_of(uint8_t octet, bool loose) {
    static const struct kind lower = {"abcdefghijklmnopqrstuvwxyz", 26}, upper = {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26},
                             digits = {"0123456789", 10};
    if (is_upper(octet) && octet != 'A' && !(loose && capan_huffman_bits[octet] < 8)) return upper;
    return is_digit(octet) && !loose ? digits : lower;
}

/* One of a kind, of so many bits; 0: there is none. */
static uint8_t pick(struct kind kind, uint64_t random, unsigned bits) {
    for (unsigned i = 0; i < kind.count; i++) {
        const uint8_t octet = (uint8_t)kind.octets[(random + i) % kind.count];
        if (!bits || capan_huffman_bits[octet] == bits) return octet;
    }
    return 0;
}

/* Makes it as long in Huffman's code as the word is, one octet after the other a bit longer or shorter. */
static void even_out(const struct capan_standins *standins, const uint8_t *word, uint8_t *standin, size_t len,
                     uint64_t key, bool loose) {
    int64_t missing = (int64_t)capan_huffman_len(word, len) - (int64_t)capan_huffman_len(standin, len);
    for (bool changed = true; missing && changed;) {
        changed = false;
        for (size_t i = 0; i < len && missing; i++) {
            const unsigned bits = capan_huffman_bits[standin[i]] + (missing > 0 ? 1U : -1U);
            const uint64_t random = capan_hash(standins->words.key, &(uint64_t[2]){key, len + i}, 16);
            const uint8_t octet = pick(kind_of(word[i], loose), random % 26, bits);
            if (!octet) continue;
            standin[i] = octet;
            missing += missing > 0 ? -1 : 1;
            changed = true;
        }
    }
}

/* A digit for a digit; a number does not begin with 0 that did not. */
static void make(const struct capan_standins *standins, const uint8_t *word, uint8_t *standin, size_t len,
                 uint64_t salt) {
    const uint64_t key = capan_hash(standins->words.key, word, len) + salt;
    const bool loose = standins->even && salt >= TRIES / 2;
    for (size_t i = 0; i < len; i++) {
        const uint64_t random = capan_hash(standins->words.key, &(uint64_t[2]){key, i}, 16);
        if (is_digit(word[i]) && i == 0 && word[i] != '0' && !loose)
            standin[i] = (uint8_t)('1' + random % 9);
        else
            standin[i] = pick(kind_of(word[i], loose), random % 130, 0);
    }
    if (standins->even) even_out(standins, word, standin, len, key, loose);
}

/* Where all short ones are taken, some words are told apart no more; none stays what it was. */
static void choose(struct capan_standins *standins, const uint8_t *word, uint8_t *standin, size_t len) {
    uint8_t other[WORD_MAX];
    bool free = false;
    for (uint64_t salt = 0; salt < TRIES && !free; salt++) {
        make(standins, word, other, len, salt);
        const bool same = memcmp(other, word, len) == 0;
        free = !same && !find(standins, true, other, len);
        if (!same || !salt) memcpy(standin, other, len);
    }
    add(standins, false, word, standin, len);
    add(standins, true, standin, word, len);
}

void capan_standin_word(struct capan_standins *standins, uint8_t *word, size_t len) {
    uint8_t known[WORD_MAX], standin[WORD_MAX];
    for (; len > WORD_MAX; word += WORD_MAX, len -= WORD_MAX) capan_standin_word(standins, word, WORD_MAX);
    for (size_t i = 0; i < len; i++) known[i] = is_upper(word[i]) && !standins->even ? word[i] | 0x20 : word[i];
    const struct word *found = find(standins, false, known, len);
    if (found)
        memcpy(standin, found->text + len, len);
    else
        choose(standins, known, standin, len);
    for (size_t i = 0; i < len; i++)
        word[i] = is_upper(word[i]) && !standins->even ? (uint8_t)(standin[i] & ~0x20) : standin[i];
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

/* Any other octet outside of ASCII; an even one is as long in Huffman's code, if there is another such. */
static uint8_t other_octet(const struct capan_standins *standins, uint8_t octet, size_t at) {
    const unsigned from = capan_standin_octet(standins, octet, at);
    for (unsigned i = 0; i < 0x80; i++) {
        const uint8_t other = (uint8_t)(0x80 | (from + i));
        const bool as_long = !standins->even || capan_huffman_bits[other] == capan_huffman_bits[octet];
        if (other != octet && as_long) return other;
    }
    return octet;
}

/* Two hexadecimal digits behind "%" (RFC 3986 2.1). "4" and any other is a letter; even ones stay as long. */
static void replace_escaped(const struct capan_standins *standins, uint8_t *digits) {
    const unsigned random = capan_standin_octet(standins, read_be16(digits), 1);
    if (!standins->even) {
        digits[0] = '4';
        digits[1] = (uint8_t)('1' + random % 9);
        return;
    }
    const struct kind hexadecimal = {"0123456789abcdefABCDEF", 22};
    for (int i = 0; i < 2; i++) digits[i] = pick(hexadecimal, random + (unsigned)i, capan_huffman_bits[digits[i]]);
}

/* "https://". */
static bool is_scheme(const uint8_t *word, size_t len, size_t behind) {
    return behind >= 3 && memcmp(word + len, "://", 3) == 0 && (len == 4 || len == 5) && is_protocol_word(word, len);
}

/* behind: octets of the text behind it. */
static bool is_kept(const uint8_t *word, size_t len, size_t behind, enum capan_keeps keeps) {
    if (is_scheme(word, len, behind)) return true;
    if (keeps == CAPAN_KEEPS_NUMBERS && is_number(word, len)) return true;
    return keeps != CAPAN_KEEPS_NOTHING && is_protocol_word(word, len);
}

void capan_standin_text(struct capan_standins *standins, uint8_t *text, size_t len, enum capan_keeps keeps) {
    for (size_t at = 0; at < len;) {
        size_t end = at;
        while (end < len && (is_letter(text[end]) || is_digit(text[end]))) end++;
        if (end == at) {
            if (text[at] >= 0x80) text[at] = other_octet(standins, text[at], at);
            at++;
            continue;
        }
        if (at > 0 && text[at - 1] == '%' && end - at >= 2) {
            replace_escaped(standins, text + at);
            at += 2;
            continue;
        }
        if (!is_kept(text + at, end - at, len - end, keeps)) capan_standin_word(standins, text + at, end - at);
        at = end;
    }
}

uint8_t capan_standin_octet(const struct capan_standins *standins, uint64_t key, uint64_t at) {
    return (uint8_t)('a' + capan_hash(standins->words.key, &(uint64_t[2]){key, at}, 16) % 26);
}

uint8_t capan_standin_other(const struct capan_standins *standins, uint64_t key, uint64_t at, uint8_t octet) {
    const uint8_t standin = capan_standin_octet(standins, key, at);
    if (standin != (octet | 0x20)) return standin;
    return standin == 'z' ? 'a' : (uint8_t)(standin + 1);
}
