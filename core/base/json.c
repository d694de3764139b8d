/* SPDX-License-Identifier: MIT */
#include "capan/json.h"

#include "bytes.h"

enum { DEPTH_MAX = 16, PATH_MAX_LEN = 255 };

struct reader {
    struct capan_span rest;
    uint8_t *scratch; /* where the next string without its escapes goes */
    capan_json_take *take;
    void *context;
    unsigned depth;
    size_t path_len;
    char path[PATH_MAX_LEN + 1];
};

static bool read_value(struct reader *reader);

static bool is_blank(uint8_t octet) {
    return octet <= ' ' && (octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n');
}

static void skip_blanks(struct reader *reader) {
    while (reader->rest.len && is_blank(reader->rest.at[0])) span_take(&reader->rest, 1);
}

/* The next octet behind blanks, which is taken when it is that one. */
static bool take_octet(struct reader *reader, char octet) {
    skip_blanks(reader);
    if (!reader->rest.len || reader->rest.at[0] != (uint8_t)octet) return false;
    span_take(&reader->rest, 1);
    return true;
}

static int hex_digit(uint8_t octet) {
    if (octet >= '0' && octet <= '9') return octet - '0';
    octet |= 0x20;
    return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

static bool read_unit(struct reader *reader, uint32_t *unit) {
    const struct capan_span digits = span_take(&reader->rest, 4);
    *unit = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const int digit = hex_digit(digits.at[i]);
        if (digit < 0) return false;
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return digits.len == 4;
}

static void put_octet(struct reader *reader, uint32_t octet) {
    *reader->scratch++ = (uint8_t)octet;
}

static void put_character(struct reader *reader, uint32_t character) {
    if (character < 0x80) {
        put_octet(reader, character);
    } else if (character < 0x800) {
        put_octet(reader, 0xc0 | character >> 6);
        put_octet(reader, 0x80 | (character & 0x3f));
    } else {
        if (character >= 0x10000) {
            put_octet(reader, 0xf0 | character >> 18);
            put_octet(reader, 0x80 | (character >> 12 & 0x3f));
        } else {
            put_octet(reader, 0xe0 | character >> 12);
        }
        put_octet(reader, 0x80 | (character >> 6 & 0x3f));
        put_octet(reader, 0x80 | (character & 0x3f));
    }
}

/* \uXXXX, two of them for what lies beyond 16 bits. */
static bool read_escaped_character(struct reader *reader) {
    uint32_t unit, low;
    if (!read_unit(reader, &unit)) return false;
    if (unit < 0xd800 || unit > 0xdfff) {
        put_character(reader, unit);
        return true;
    }
    const struct capan_span between = span_take(&reader->rest, 2);
    if (unit > 0xdbff || between.len < 2 || memcmp(between.at, "\\u", 2) != 0 || !read_unit(reader, &low)) return false;
    if (low < 0xdc00 || low > 0xdfff) return false;
    put_character(reader, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    return true;
}

static bool read_escape(struct reader *reader) {
    static const char letters[] = "\"\\/bfnrt", octets[] = "\"\\/\b\f\n\r\t";
    const struct capan_span letter = span_take(&reader->rest, 1);
    if (!letter.len || !letter.at[0]) return false;
    if (letter.at[0] == 'u') return read_escaped_character(reader);
    const char *found = strchr(letters, letter.at[0]);
    if (found) put_octet(reader, (uint8_t)octets[found - letters]);
    return found;
}

/* Behind its opening quote. */
static bool read_string(struct reader *reader, struct capan_span *text) {
    text->at = reader->scratch;
    while (reader->rest.len) {
        const uint8_t octet = span_take(&reader->rest, 1).at[0];
        if (octet == '"') {
            text->len = (size_t)(reader->scratch - text->at);
            return true;
        }
        if (octet < ' ') return false;
        if (octet != '\\')
            put_octet(reader, octet);
        else if (!read_escape(reader))
            return false;
    }
    return false;
}

static void hand_out(struct reader *reader, enum capan_json_type type, struct capan_span text) {
    reader->take(reader->context, &(struct capan_json_leaf){reader->path, type, text});
}

static bool enter(struct reader *reader, struct capan_span name) {
    const size_t dot = reader->path_len ? 1 : 0;
    if (reader->path_len + dot + name.len > PATH_MAX_LEN || memchr(name.at, 0, name.len)) return false;
    if (dot) reader->path[reader->path_len++] = '.';
    memcpy(reader->path + reader->path_len, name.at, name.len);
    reader->path_len += name.len;
    reader->path[reader->path_len] = 0;
    return true;
}

static bool read_member(struct reader *reader) {
    struct capan_span name;
    const size_t outer = reader->path_len;
    if (!take_octet(reader, '"') || !read_string(reader, &name) || !enter(reader, name)) return false;
    const bool fine = take_octet(reader, ':') && read_value(reader);
    reader->path_len = outer;
    reader->path[outer] = 0;
    return fine;
}

/* Behind its opening bracket. */
static bool read_members(struct reader *reader, char close, bool (*read)(struct reader *)) {
    if (take_octet(reader, close)) return true;
    if (++reader->depth > DEPTH_MAX) return false;
    do {
        if (!read(reader)) return false;
    } while (take_octet(reader, ','));
    reader->depth--;
    return take_octet(reader, close);
}

static bool read_word(struct reader *reader) {
    static const struct {
        const char *word;
        enum capan_json_type type;
    } words[] = {{"true", CAPAN_JSON_TRUE}, {"false", CAPAN_JSON_FALSE}, {"null", CAPAN_JSON_NULL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct capan_span word = span_of(words[i].word);
        if (!span_equal(span_cut(reader->rest, 0, word.len), word)) continue;
        hand_out(reader, words[i].type, span_take(&reader->rest, word.len));
        return true;
    }
    return false;
}

static bool is_of_number(uint8_t octet) {
    return (octet >= '0' && octet <= '9') || (octet && strchr("+-.eE", octet));
}

static bool read_number(struct reader *reader) {
    size_t len = 0;
    while (len < reader->rest.len && is_of_number(reader->rest.at[len])) len++;
    if (!len) return false;
    hand_out(reader, CAPAN_JSON_NUMBER, span_take(&reader->rest, len));
    return true;
}

static bool read_value(struct reader *reader) {
    struct capan_span text;
    if (take_octet(reader, '{')) return read_members(reader, '}', read_member);
    if (take_octet(reader, '[')) return read_members(reader, ']', read_value);
    if (!take_octet(reader, '"')) return read_word(reader) || read_number(reader);
    if (!read_string(reader, &text)) return false;
    hand_out(reader, CAPAN_JSON_STRING, text);
    return true;
}

bool capan_json_walk(struct capan_span text, uint8_t *scratch, capan_json_take *take, void *context) {
    struct reader reader = {.rest = text, .scratch = scratch, .take = take, .context = context};
    if (!read_value(&reader)) return false;
    skip_blanks(&reader);
    return reader.rest.len == 0;
}

bool capan_json_integer(const struct capan_json_leaf *leaf, int64_t *number) {
    const struct capan_span text = leaf->text;
    const bool negative = text.len && text.at[0] == '-';
    uint64_t sum = 0;
    if (leaf->type != CAPAN_JSON_NUMBER || text.len == negative) return false;
    for (size_t i = negative; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || sum > INT64_MAX / 10) return false;
        sum = sum * 10 + (text.at[i] - '0');
        if (sum > INT64_MAX) return false;
    }
    *number = negative ? -(int64_t)sum : (int64_t)sum;
    return true;
}
