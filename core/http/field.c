/* SPDX-License-Identifier: MIT */
#include "field.h"

#include "bytes.h"

#define KEY(len, first, last)         ((uint32_t)(len) << 16 | (uint32_t)(first) << 8 | (uint32_t)(last))
#define NAME(name, text, first, last) text,
#define CASE(name, text, first, last)                                                                                  \
    case KEY(sizeof(text) - 1, first, last):                                                                           \
        return CAPAN_FIELD_##name;

#define LEN(name, text, first, last) sizeof(text) - 1,

static const char *const names[CAPAN_FIELD_COUNT] = {"", CAPAN_FIELDS(NAME)};
static const uint8_t lens[CAPAN_FIELD_COUNT] = {0, CAPAN_FIELDS(LEN)};

bool capan_is_word(struct capan_span octets, const char *lower_case) {
    size_t at = 0;
    for (; at < octets.len; at++) {
        uint8_t wanted = (uint8_t)lower_case[at], difference = octets.at[at] ^ wanted;
        if (!wanted || (difference && (difference != 0x20 || wanted < 'a' || wanted > 'z'))) return false;
    }
    return !lower_case[at];
}

static enum capan_field only_candidate(struct capan_span name) {
    switch (KEY(name.len, capan_lower(name.at[0]), capan_lower(name.at[name.len - 1]))) {
        CAPAN_FIELDS(CASE)
    default: return CAPAN_FIELD_OTHER;
    }
}

/* Eight letters at once to lower case: adding makes the top bit of an octet tell "at least A" and "beyond Z". */
static uint64_t lower_word(uint64_t word) {
    uint64_t low = word & UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t upper = (low + UINT64_C(0x3f3f3f3f3f3f3f3f)) & ~(low + UINT64_C(0x2525252525252525)) & ~word &
                     UINT64_C(0x8080808080808080);
    return word | upper >> 2;
}

static uint64_t eight(const void *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* The first four and the last four of four to seven. */
static uint64_t two_fours(const void *octets, size_t len) {
    uint32_t first, last;
    memcpy(&first, octets, sizeof first);
    memcpy(&last, (const uint8_t *)octets + len - sizeof last, sizeof last);
    return (uint64_t)first << 32 | last;
}

/* Both of that length, the second in lower case. The last eight may overlap those before. */
static bool same_name(const uint8_t *name, const char *lower_case, size_t len) {
    if (len < 4) return capan_is_word((struct capan_span){name, len}, lower_case);
    if (len < 8) return lower_word(two_fours(name, len)) == two_fours(lower_case, len);
    for (size_t at = 0;; at = at + 16 < len ? at + 8 : len - 8) {
        if (lower_word(eight(name + at)) != eight(lower_case + at)) return false;
        if (at + 8 == len) return true;
    }
}

enum capan_field capan_field_number(struct capan_span name) {
    if (name.len == 0 || name.len > UINT8_MAX) return CAPAN_FIELD_OTHER;
    enum capan_field number = only_candidate(name);
    return number && same_name(name.at, names[number], name.len) ? number : CAPAN_FIELD_OTHER;
}

const char *capan_field_name(enum capan_field number) {
    return number < CAPAN_FIELD_COUNT ? names[number] : "";
}

const struct capan_http_field *capan_field_next(const struct capan_http_field *fields, size_t count,
                                                enum capan_field number, size_t *at) {
    while (*at < count) {
        const struct capan_http_field *field = &fields[(*at)++];
        if (field->name.len == lens[number] && same_name(field->name.at, names[number], lens[number])) return field;
    }
    return NULL;
}

/* One bit per octet of "!#$%&'*+-.^_`|~", digits and letters. */
bool capan_is_tchar(uint8_t octet) {
    static const uint64_t tchars[4] = {UINT64_C(0x03ff6cfa00000000), UINT64_C(0x57ffffffc7fffffe), 0, 0};
    return tchars[octet >> 6] >> (octet & 63) & 1;
}

bool capan_is_token(struct capan_span octets) {
    for (size_t i = 0; i < octets.len; i++) {
        if (!capan_is_tchar(octets.at[i])) return false;
    }
    return octets.len > 0;
}

static bool is_blank(uint8_t octet) {
    return octet == ' ' || octet == '\t';
}

struct capan_span capan_trim(struct capan_span octets) {
    while (octets.len && is_blank(octets.at[0])) octets.at++, octets.len--;
    while (octets.len && is_blank(octets.at[octets.len - 1])) octets.len--;
    return octets;
}

/* Where the first separator outside quoted strings (RFC 9110 5.6.4) is, or the length. */
static size_t find_outside_quotes(struct capan_span octets, uint8_t separator) {
    bool quoted = false;
    for (size_t i = 0; i < octets.len; i++) {
        uint8_t octet = octets.at[i];
        if (octet == '"')
            quoted = !quoted;
        else if (quoted && octet == '\\')
            i++;
        else if (!quoted && octet == separator)
            return i;
    }
    return octets.len;
}

static bool next_part(struct capan_span *rest, struct capan_span *part, uint8_t separator) {
    while (rest->len) {
        size_t end = find_outside_quotes(*rest, separator);
        *part = capan_trim(span_cut(*rest, 0, end));
        *rest = span_cut(*rest, end + 1, SIZE_MAX);
        if (part->len) return true;
    }
    return false;
}

bool capan_list_next(struct capan_span *rest, struct capan_span *element) {
    return next_part(rest, element, ',');
}

bool capan_parameter_next(struct capan_span *rest, struct capan_span *parameter) {
    return next_part(rest, parameter, ';');
}

/* The quotes are at both ends and the closing one is not escaped. */
static bool is_quoted_string(struct capan_span octets) {
    if (octets.len < 2 || octets.at[0] != '"' || octets.at[octets.len - 1] != '"') return false;
    for (size_t i = 1; i < octets.len - 1; i++) {
        if (octets.at[i] == '"') return false;
        if (octets.at[i] == '\\' && ++i == octets.len - 1) return false;
    }
    return true;
}

struct capan_parameter capan_parameter_read(struct capan_span element) {
    struct capan_parameter parameter = {.name = element};
    const uint8_t *equals = element.len ? memchr(element.at, '=', element.len) : NULL;
    if (equals) {
        size_t at = (size_t)(equals - element.at);
        parameter.name = capan_trim(span_cut(element, 0, at));
        parameter.value = capan_trim(span_cut(element, at + 1, SIZE_MAX));
        parameter.has_value = true;
        parameter.quoted = is_quoted_string(parameter.value);
        parameter.malformed = !parameter.quoted && !capan_is_token(parameter.value);
        if (parameter.quoted) parameter.value = span_cut(parameter.value, 1, parameter.value.len - 2);
    }
    parameter.malformed |= !capan_is_token(parameter.name);
    return parameter;
}

#define NUMBER_MAX ((uint64_t)INT64_MAX)

bool capan_number(struct capan_span octets, uint64_t *number) {
    uint64_t sum = 0;
    for (size_t i = 0; i < octets.len; i++) {
        uint8_t digit = (uint8_t)(octets.at[i] - '0');
        if (digit > 9) return false;
        sum = sum > (NUMBER_MAX - digit) / 10 ? NUMBER_MAX : sum * 10 + digit;
    }
    *number = sum;
    return octets.len > 0;
}
