/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "bytes.h"
#include "capan/json.h"
#include "members.h"

#define CAPAN_X(name, letter) [CAPAN_EXTRACT_##name] = letter,
const char capan_extract_letters[CAPAN_EXTRACT_COUNT] = {CAPAN_EXTRACTS(CAPAN_X)};
#undef CAPAN_X

struct reading {
    struct capan_extract *line;
    const struct members *members; /* NULL: the letter comes next */
    size_t next;
    uint8_t *scratch; /* where strings lie */
    bool odd;
};

/* --- one member --- */

/* In place: octets of Latin-1 take no more room. False: it is none. */
static bool take_latin1(const struct reading *reading, struct capan_span text, struct capan_span *octets) {
    uint8_t *to = reading->scratch + (text.at - reading->scratch);
    *octets = (struct capan_span){to, 0};
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.at[i];
        if (octet >= 0x80) {
            if ((octet & 0xfc) != 0xc0 || i + 1 == text.len) return false;
            octet = (uint8_t)(octet << 6 | (text.at[++i] & 0x3f));
        }
        to[octets->len++] = octet;
    }
    return true;
}

static bool put_number(const struct member *member, void *at, const struct capan_json_leaf *leaf) {
    static const uint64_t most[] = {[1] = UINT8_MAX, [2] = UINT16_MAX, [4] = UINT32_MAX, [8] = UINT64_MAX};
    char text[24], *rest;
    if (leaf->type != CAPAN_JSON_NUMBER || leaf->text.len >= sizeof text) return false;
    memcpy(text, leaf->text.at, leaf->text.len);
    text[leaf->text.len] = 0;
    const uint64_t number = strtoull(text, &rest, 10);
    if (*rest || *text == '-' || number > most[member->size] || (member->below && number >= member->below))
        return false;
    switch (member->size) {
    case 1: *(uint8_t *)at = (uint8_t)number; break;
    case 2: *(uint16_t *)at = (uint16_t)number; break;
    case 4: *(uint32_t *)at = (uint32_t)number; break;
    default: *(uint64_t *)at = number; break;
    }
    return true;
}

static bool put_boolean(void *at, const struct capan_json_leaf *leaf) {
    int64_t number;
    if (!capan_json_integer(leaf, &number) || number < 0 || number > 1) return false;
    *(bool *)at = number;
    return true;
}

static bool put_text(const struct member *member, char *at, struct capan_span octets) {
    if (octets.len >= member->size || (octets.len && memchr(octets.at, 0, octets.len))) return false;
    memcpy(at, octets.at, octets.len);
    at[octets.len] = 0;
    return true;
}

static int digit_of(uint8_t octet) {
    if (octet >= '0' && octet <= '9') return octet - '0';
    return octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

static bool take_octet(struct capan_span *digits, uint8_t *octet) {
    const struct capan_span two = span_take(digits, 2);
    if (two.len < 2 || digit_of(two.at[0]) < 0 || digit_of(two.at[1]) < 0) return false;
    *octet = (uint8_t)(digit_of(two.at[0]) << 4 | digit_of(two.at[1]));
    return true;
}

static bool take_address(struct capan_span *digits, struct capan_address *address) {
    if (!take_octet(digits, &address->version)) return false;
    if (address->version != 0 && address->version != 4 && address->version != 6) return false;
    const size_t len = address->version == 6 ? 16 : address->version;
    for (size_t i = 0; i < len; i++)
        if (!take_octet(digits, &address->octets[i])) return false;
    return true;
}

static bool take_endpoint(struct capan_span *digits, struct capan_endpoint *endpoint) {
    uint8_t high, low;
    if (!take_address(digits, &endpoint->address) || !take_octet(digits, &high) || !take_octet(digits, &low))
        return false;
    endpoint->port = (uint16_t)(high << 8 | low);
    return true;
}

static bool put_octets(const struct reading *reading, const struct member *member, void *at,
                       const struct capan_json_leaf *leaf) {
    struct capan_span octets;
    if (leaf->type != CAPAN_JSON_STRING || !take_latin1(reading, leaf->text, &octets)) return false;
    switch ((enum member_type)member->type) {
    case MEMBER_SPAN: *(struct capan_span *)at = octets; return true;
    case MEMBER_TEXT: return put_text(member, at, octets);
    case MEMBER_ENDPOINT: return take_endpoint(&octets, at) && !octets.len;
    case MEMBER_ADDRESS: return take_address(&octets, at) && !octets.len;
    default:
        memset(at, 0, member->size);
        if (octets.len) memcpy(at, octets.at, min_size(octets.len, member->size));
        return octets.len == 0 || octets.len == member->size;
    }
}

static bool put_member(const struct reading *reading, const struct member *member, const struct capan_json_leaf *leaf) {
    void *at = (uint8_t *)reading->line + member->offset;
    switch ((enum member_type)member->type) {
    case MEMBER_UNSIGNED: return put_number(member, at, leaf);
    case MEMBER_SIGNED: return capan_json_integer(leaf, at);
    case MEMBER_BOOLEAN: return put_boolean(at, leaf);
    default: return put_octets(reading, member, at, leaf);
    }
}

/* --- one line --- */

static bool take_letter(struct reading *reading, const struct capan_json_leaf *leaf) {
    if (leaf->type != CAPAN_JSON_STRING || leaf->text.len != 1) return false;
    for (int of = 0; of < CAPAN_EXTRACT_COUNT; of++) {
        if (capan_extract_letters[of] != (char)leaf->text.at[0]) continue;
        reading->line->of = (enum capan_extract_of)of;
        reading->members = &capan_extract_members[of];
    }
    return reading->members;
}

static void take_leaf(void *context, const struct capan_json_leaf *leaf) {
    struct reading *reading = context;
    if (reading->odd || *leaf->path)
        reading->odd = true;
    else if (!reading->members)
        reading->odd = !take_letter(reading, leaf);
    else if (reading->next == reading->members->count)
        reading->odd = true;
    else
        reading->odd = !put_member(reading, &reading->members->at[reading->next++], leaf);
}

/* What is pointed to lies in the line. */
static void point(struct capan_extract *line) {
    line->exchange.response_fields = line->fields;
    line->exchange.response_field_count = 0;
    for (size_t i = 0; i < CAPAN_EXTRACT_FIELDS; i++) {
        const struct capan_span value = line->fields[i].value;
        if (value.len)
            line->fields[line->exchange.response_field_count++] =
                (struct capan_http_field){span_of(capan_extract_fields[i]), value};
    }
    line->connection.tls = line->has_tls ? &line->tls : NULL;
    line->finding.interface = line->interface;
    line->source.file = line->file;
    line->source.link = *line->link ? line->link : NULL;
    line->source.link_unread = *line->link_unread ? line->link_unread : NULL;
}

bool capan_extract_read(struct capan_extract *line, struct capan_span row, uint8_t *scratch) {
    struct reading reading = {.line = line, .scratch = scratch};
    if (!capan_json_walk(row, scratch, take_leaf, &reading) || reading.odd || !reading.members) return false;
    if (reading.next != reading.members->count) return false;
    point(line);
    return true;
}
