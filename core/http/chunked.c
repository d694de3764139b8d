/* SPDX-License-Identifier: MIT */
#include "chunked.h"

#include "bytes.h"
#include "field.h"

#define FINDING(name) (UINT32_C(1) << CAPAN_FRAMING_##name)

/* Longer lines are no traffic that a reader would take. */
enum { LINE_MAX_LEN = 16384 };

void capan_chunked_init(struct capan_chunked *chunked) {
    *chunked = (struct capan_chunked){0};
}

static void enter(struct capan_chunked *chunked, enum capan_chunked_state state) {
    chunked->state = (uint8_t)state;
    chunked->line_len = 0;
    chunked->cr = chunked->extension = false;
}

static void broken(struct capan_chunked *chunked) {
    chunked->findings |= FINDING(CHUNK_MALFORMED);
    enter(chunked, CAPAN_CHUNKED_BROKEN);
}

static int hex_value(uint8_t octet) {
    uint8_t letter = capan_lower(octet);
    if (octet >= '0' && octet <= '9') return octet - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

static void end_size_line(struct capan_chunked *chunked) {
    if (!chunked->cr) chunked->findings |= FINDING(CHUNK_LENIENT);
    enter(chunked, chunked->left ? CAPAN_CHUNKED_DATA : CAPAN_CHUNKED_DONE);
}

static void read_size(struct capan_chunked *chunked, uint8_t octet) {
    int value = hex_value(octet);
    if (value >= 0 && chunked->left <= (uint64_t)INT64_MAX >> 4) {
        chunked->left = chunked->left << 4 | (uint64_t)value;
        chunked->line_len++;
    } else if (value >= 0 || chunked->line_len == 0) {
        broken(chunked);
    } else {
        chunked->state = CAPAN_CHUNKED_EXTENSION;
    }
}

/* Behind the size: its line's end, or an extension, which may hold anything but a line end. */
static void read_extension(struct capan_chunked *chunked, uint8_t octet) {
    if (octet == '\n') {
        end_size_line(chunked);
        return;
    }
    chunked->extension |= octet == ';';
    if (chunked->extension)
        chunked->findings |= FINDING(CHUNK_EXTENSION);
    else if (octet == ' ' || octet == '\t')
        chunked->findings |= FINDING(CHUNK_LENIENT);
    chunked->cr = octet == '\r';
    bool allowed = chunked->extension || chunked->cr || octet == ' ' || octet == '\t';
    if (!allowed || ++chunked->line_len > LINE_MAX_LEN) broken(chunked);
}

static void read_data_end(struct capan_chunked *chunked, uint8_t octet) {
    if (octet == '\r' && !chunked->cr) {
        chunked->cr = true;
    } else if (octet == '\n') {
        if (!chunked->cr) chunked->findings |= FINDING(CHUNK_LENIENT);
        enter(chunked, CAPAN_CHUNKED_SIZE);
    } else {
        broken(chunked);
    }
}

static void read_framing(struct capan_chunked *chunked, uint8_t octet) {
    switch ((enum capan_chunked_state)chunked->state) {
    case CAPAN_CHUNKED_SIZE:
        read_size(chunked, octet);
        if (chunked->state == CAPAN_CHUNKED_EXTENSION) read_extension(chunked, octet);
        break;
    case CAPAN_CHUNKED_EXTENSION: read_extension(chunked, octet); break;
    case CAPAN_CHUNKED_DATA_END: read_data_end(chunked, octet); break;
    case CAPAN_CHUNKED_DATA:
    case CAPAN_CHUNKED_DONE:
    case CAPAN_CHUNKED_BROKEN: break;
    }
}

static size_t read_data(struct capan_chunked *chunked, struct capan_span octets, struct capan_span *content) {
    *content = span_cut(octets, 0, (size_t)min_u64(octets.len, chunked->left));
    chunked->left -= content->len;
    if (!chunked->left) enter(chunked, CAPAN_CHUNKED_DATA_END);
    return content->len;
}

size_t capan_chunked_read(struct capan_chunked *chunked, struct capan_span octets, struct capan_span *content) {
    size_t at = 0;
    *content = (struct capan_span){0};
    for (; at < octets.len; at++) {
        if (chunked->state == CAPAN_CHUNKED_DATA)
            return at + read_data(chunked, span_cut(octets, at, SIZE_MAX), content);
        if (chunked->state == CAPAN_CHUNKED_DONE) break;
        read_framing(chunked, octets.at[at]);
        if (chunked->state == CAPAN_CHUNKED_BROKEN) break;
    }
    return at;
}

bool capan_chunked_gap(struct capan_chunked *chunked, uint64_t len) {
    if (chunked->state != CAPAN_CHUNKED_DATA || len > chunked->left) return false;
    chunked->left -= len;
    if (!chunked->left) enter(chunked, CAPAN_CHUNKED_DATA_END);
    return true;
}
