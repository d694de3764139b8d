/* SPDX-License-Identifier: MIT */
#include "block.h"

#include "alloc.h"
#include "bytes.h"
#include "huffman.h"

enum { STATIC_ENTRIES = 61, ENTRY_OVERHEAD = 32, TABLE_FIRST = 4096, TABLE_MOST = 65536, STRING_MAX = 1 << 16 };
/* Names beside those of enum capan_field: control data that says nothing of anybody. */
enum { NAME_CONTROL = CAPAN_FIELD_COUNT };

/* A walk over one block; failed: it is not as RFC 7541 has it, and ends there. */
struct reading {
    struct capan_block_table *table;
    struct capan_standins *standins;
    int64_t shift_s;
    uint8_t *octets;
    size_t len, at;
    bool failed;
};

void capan_block_table_init(struct capan_block_table *table) {
    table->begin = table->count = 0;
    table->size = 0;
    table->most = TABLE_FIRST;
    table->lost = false;
}

/* --- the table --- */

static void evict(struct capan_block_table *table, uint32_t most) {
    while (table->count && table->size > most) {
        table->size -= table->entries[table->begin].size;
        table->begin = (table->begin + 1) % CAPAN_TABLE_ENTRIES;
        table->count--;
    }
}

static void add_entry(struct capan_block_table *table, uint16_t name, size_t name_len, size_t value_len) {
    const size_t size = name_len + value_len + ENTRY_OVERHEAD;
    evict(table, size < table->most ? table->most - (uint32_t)size : 0);
    if (size > table->most) {
        evict(table, 0);
        return;
    }
    const size_t at = (table->begin + table->count++) % CAPAN_TABLE_ENTRIES;
    table->entries[at].name = name;
    table->entries[at].name_len = (uint32_t)name_len;
    table->entries[at].size = (uint32_t)size;
    table->size += (uint32_t)size;
}

static uint16_t name_of(struct capan_span name) {
    static const char *const control[] = {":method", ":scheme", ":status", ":protocol"};
    for (size_t i = 0; i < sizeof control / sizeof *control; i++)
        if (span_equal(name, span_of(control[i]))) return NAME_CONTROL;
    return (uint16_t)capan_field_number(name);
}

/* RFC 7541 appendix A: the names of its 61 entries, of which the first ones stand several times. */
static struct capan_span static_name(uint64_t index) {
    enum { SEVERAL = 14 };
    static const struct {
        uint8_t last;
        const char *name;
    } first[] = {{1, ":authority"}, {3, ":method"}, {5, ":path"}, {7, ":scheme"}, {SEVERAL, ":status"}};
    static const char *const others[] = {"accept-charset",
                                         "accept-encoding",
                                         "accept-language",
                                         "accept-ranges",
                                         "accept",
                                         "access-control-allow-origin",
                                         "age",
                                         "allow",
                                         "authorization",
                                         "cache-control",
                                         "content-disposition",
                                         "content-encoding",
                                         "content-language",
                                         "content-length",
                                         "content-location",
                                         "content-range",
                                         "content-type",
                                         "cookie",
                                         "date",
                                         "etag",
                                         "expect",
                                         "expires",
                                         "from",
                                         "host",
                                         "if-match",
                                         "if-modified-since",
                                         "if-none-match",
                                         "if-range",
                                         "if-unmodified-since",
                                         "last-modified",
                                         "link",
                                         "location",
                                         "max-forwards",
                                         "proxy-authenticate",
                                         "proxy-authorization",
                                         "range",
                                         "referer",
                                         "refresh",
                                         "retry-after",
                                         "server",
                                         "set-cookie",
                                         "strict-transport-security",
                                         "transfer-encoding",
                                         "user-agent",
                                         "vary",
                                         "via",
                                         "www-authenticate"};
    size_t at = 0;
    if (index > SEVERAL) return span_of(others[index - SEVERAL - 1]);
    while (first[at].last < index) at++;
    return span_of(first[at].name);
}

/* False: the table has no such entry. */
static bool find_name(const struct capan_block_table *table, uint64_t index, uint16_t *name, size_t *name_len) {
    if (!index || index > STATIC_ENTRIES + table->count) return false;
    if (index <= STATIC_ENTRIES) {
        *name = name_of(static_name(index));
        *name_len = static_name(index).len;
        return true;
    }
    const size_t at = (table->begin + table->count - (size_t)(index - STATIC_ENTRIES)) % CAPAN_TABLE_ENTRIES;
    *name = table->entries[at].name;
    *name_len = table->entries[at].name_len;
    return true;
}

/* --- what a block is made of --- */

/* RFC 7541 5.1; the first octet has so many bits of it. */
static uint64_t take_integer(struct reading *reading, unsigned bits) {
    enum { SHIFT_MOST = 28 };
    const uint64_t most = (1U << bits) - 1;
    if (reading->at >= reading->len) {
        reading->failed = true;
        return 0;
    }
    uint64_t value = reading->octets[reading->at++] & most;
    if (value < most) return value;
    for (unsigned shift = 0; reading->at < reading->len && shift <= SHIFT_MOST; shift += 7) {
        const uint8_t octet = reading->octets[reading->at++];
        value += (uint64_t)(octet & 0x7f) << shift;
        if (octet < 0x80) return value;
    }
    reading->failed = true;
    return 0;
}

/* A string where it stands (RFC 7541 5.2). */
struct text {
    uint8_t *at;
    size_t len; /* as it stands */
    bool coded;
    uint8_t *octets; /* as it says */
    size_t octets_len;
};

static void take_text(struct reading *reading, struct text *text, uint8_t *room) {
    const bool coded = reading->at < reading->len && reading->octets[reading->at] & 0x80;
    const uint64_t len = take_integer(reading, 7);
    if (reading->failed || len > reading->len - reading->at) {
        reading->failed = true;
        return;
    }
    *text = (struct text){.at = reading->octets + reading->at, .len = (size_t)len, .coded = coded};
    text->octets = coded ? room : text->at;
    text->octets_len = (size_t)len;
    if (coded)
        reading->failed |= !capan_huffman_decode((struct capan_span){text->at, text->len}, room, &text->octets_len);
    if (!reading->failed) reading->at += text->len;
}

static void give_back(struct reading *reading, const struct text *text) {
    if (!text->coded) return;
    if (capan_huffman_octets(capan_huffman_len(text->octets, text->octets_len)) == text->len)
        capan_huffman_encode(text->octets, text->octets_len, text->at);
    else
        reading->failed = true;
}

/* Names of control data that nobody has begin with ":", too. */
static uint16_t take_name(struct reading *reading, size_t *name_len, uint8_t *room) {
    struct text text;
    take_text(reading, &text, room);
    if (reading->failed) return CAPAN_FIELD_OTHER;
    const struct capan_span name = {text.octets, text.octets_len};
    const uint16_t number = name_of(name);
    const bool path = span_equal(name, span_of(":path")) || span_equal(name, span_of(":authority"));
    *name_len = text.octets_len;
    if (number != NAME_CONTROL && !path) capan_standin_name(reading->standins, text.octets, text.octets_len);
    give_back(reading, &text);
    return number;
}

static size_t take_value(struct reading *reading, uint16_t name, uint8_t *room) {
    struct text text;
    take_text(reading, &text, room);
    if (reading->failed) return 0;
    if (name != NAME_CONTROL)
        capan_standin_value(reading->standins, (enum capan_field)name, text.octets, text.octets_len, reading->shift_s);
    give_back(reading, &text);
    return text.octets_len;
}

/* RFC 7541 6.2. */
static void take_literal(struct reading *reading, unsigned bits, bool is_added, uint8_t *room) {
    const uint64_t index = take_integer(reading, bits);
    uint16_t name = CAPAN_FIELD_OTHER;
    size_t name_len = 0;
    if (reading->failed) return;
    if (!index)
        name = take_name(reading, &name_len, room);
    else
        reading->failed = !find_name(reading->table, index, &name, &name_len) && !reading->table->lost;
    if (reading->failed) return;
    const size_t value_len = take_value(reading, name, room);
    if (!reading->failed && is_added) add_entry(reading->table, name, name_len, value_len);
}

static void take_line(struct reading *reading, uint8_t *room) {
    const uint8_t first = reading->octets[reading->at];
    uint16_t name;
    size_t name_len;
    if (first & 0x80) {
        const uint64_t index = take_integer(reading, 7);
        reading->failed |= !find_name(reading->table, index, &name, &name_len) && !(reading->table->lost && index);
    } else if (first & 0x40) {
        take_literal(reading, 6, true, room);
    } else if (first & 0x20) {
        const uint64_t most = take_integer(reading, 5);
        reading->failed |= most > TABLE_MOST;
        if (reading->failed) return;
        reading->table->most = (uint32_t)most;
        evict(reading->table, reading->table->most);
    } else {
        take_literal(reading, 4, false, room);
    }
}

void capan_block_anonymise(struct capan_block_table *table, struct capan_standins *standins, uint8_t *block, size_t len,
                           int64_t shift_s) {
    struct reading reading = {table, standins, shift_s, block, len, 0, false};
    const size_t room_len = min_size(len, STRING_MAX) * 8 / 5 + 1;
    uint8_t *room = len <= STRING_MAX ? capan_new(standins->alloc, room_len) : NULL;
    reading.failed = !room;
    if (table->lost) evict(table, 0);
    size_t line = 0;
    while (!reading.failed && reading.at < len) {
        line = reading.at;
        take_line(&reading, room);
    }
    if (reading.failed) {
        memset(block + line, 0xff, len - line); /* a number that does not end, and no code */
        table->lost = true;
    }
    if (room) capan_delete(standins->alloc, room, room_len);
}
