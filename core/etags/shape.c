/* SPDX-License-Identifier: MIT */
#include "shape.h"

#include "bytes.h"

#define HEX(min, max, role, behind)                                                                                    \
    { CAPAN_SHAPE_HEX, min, max, CAPAN_SHAPE_##role, behind }
#define DECIMAL(min, max, role, behind)                                                                                \
    { CAPAN_SHAPE_DECIMAL, min, max, CAPAN_SHAPE_##role, behind }
#define BASE36(min, max, role)                                                                                         \
    { CAPAN_SHAPE_BASE36, min, max, CAPAN_SHAPE_##role, 0 }
#define ROW(generator, weak, ...)                                                                                      \
    {                                                                                                                  \
        CAPAN_GENERATOR_##generator, CAPAN_SHAPE_##weak, false, "", {                                                  \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }
#define RARE(generator, weak, ...)                                                                                     \
    {                                                                                                                  \
        CAPAN_GENERATOR_##generator, CAPAN_SHAPE_##weak, true, "", {                                                   \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }

/* Of shapes that fit alike the first is named, and told to be ambiguous. */
const struct capan_shape capan_shapes[] = {
    ROW(NGINX, ANY, HEX(8, 8, MTIME_S, '-'), HEX(1, 12, SIZE, 0)),
    ROW(APACHE_SIZE_MTIME, ANY, HEX(1, 12, SIZE, '-'), HEX(12, 14, MTIME_US, 0)),
    ROW(APACHE_SIZE_MTIME, ANY, HEX(1, 12, SIZE, '-'), HEX(8, 8, MTIME_S, 0)),
    ROW(APACHE_SIZE_MTIME, ANY, HEX(1, 12, SIZE, '-'), HEX(6, 8, MTIME_US_LOW, 0)),
    ROW(APACHE_INODE, ANY, HEX(1, 16, INODE, '-'), HEX(1, 12, SIZE, '-'), HEX(12, 14, MTIME_US, 0)),
    ROW(APACHE_INODE, ANY, HEX(1, 16, INODE, '-'), HEX(1, 12, SIZE, '-'), HEX(8, 8, MTIME_S, 0)),
    ROW(APACHE_INODE, ANY, HEX(1, 16, INODE, '-'), HEX(1, 12, SIZE, '-'), HEX(6, 8, MTIME_US_LOW, 0)),
    RARE(APACHE_INODE_MTIME, ANY, HEX(1, 16, INODE, '-'), HEX(12, 14, MTIME_US, 0)),
    ROW(APACHE_MTIME, ANY, HEX(12, 14, MTIME_US, 0)),
    ROW(SEND, WEAK, HEX(1, 12, SIZE, '-'), HEX(10, 11, MTIME_MS, 0)),
    ROW(AIOHTTP, ANY, HEX(15, 16, MTIME_NS, '-'), HEX(1, 12, SIZE, 0)),
    ROW(TOMCAT, WEAK, DECIMAL(1, 15, SIZE, '-'), DECIMAL(12, 13, MTIME_MS, 0)),
    ROW(WERKZEUG, ANY, {CAPAN_SHAPE_FRACTION, 9, 24, CAPAN_SHAPE_MTIME_S, '-'}, DECIMAL(1, 15, SIZE, '-'),
        DECIMAL(1, 10, OPAQUE, 0)),
    ROW(EXPRESS, ANY, HEX(1, 12, SIZE, '-'), {CAPAN_SHAPE_BASE64, 27, 28, CAPAN_SHAPE_SHA1_BASE64, 0}),
    ROW(IIS, ANY, HEX(9, 15, FILETIME_OCTETS, ':'), HEX(1, 8, OPAQUE, 0)),
    ROW(ASPNET, ANY, HEX(15, 15, FILETIME_MIXED, 0)),
    {CAPAN_GENERATOR_AZURE, CAPAN_SHAPE_ANY, false, "0x", {{CAPAN_SHAPE_HEX_UPPER, 15, 15, CAPAN_SHAPE_TICKS, 0}}},
    ROW(LIGHTTPD, STRONG, DECIMAL(6, 20, OPAQUE, 0)),
    ROW(CADDY, ANY, BASE36(12, 12, MTIME_NS), BASE36(1, 8, SIZE)),
    ROW(CADDY, ANY, BASE36(6, 6, MTIME_S), BASE36(1, 8, SIZE)),
    ROW(S3_MULTIPART, STRONG, HEX(32, 32, OPAQUE, '-'), DECIMAL(1, 5, PARTS, 0)),
    ROW(AKAMAI, ANY, HEX(32, 32, MD5, ':'), {CAPAN_SHAPE_FRACTION, 9, 18, CAPAN_SHAPE_MTIME_S, 0}),
    ROW(RACK, WEAK, HEX(32, 32, SHA256_HALF, 0)),
    ROW(MD5, STRONG, HEX(32, 32, MD5, 0)),
    ROW(SHA1, ANY, HEX(40, 40, SHA1, 0)),
    RARE(GIT_BLOB, ANY, HEX(40, 40, GIT, 0)),
    ROW(SHA256, ANY, HEX(64, 64, SHA256, 0)),
    ROW(EDGECAST, ANY, DECIMAL(6, 20, OPAQUE, '+'), {CAPAN_SHAPE_REST, 2, 20, CAPAN_SHAPE_OPAQUE, 0}),
};
const size_t capan_shape_count = sizeof capan_shapes / sizeof *capan_shapes;

static bool is_digit_of(uint8_t octet, enum capan_shape_digits digits) {
    const bool decimal = octet >= '0' && octet <= '9', lower = octet >= 'a' && octet <= 'z';
    switch (digits) {
    case CAPAN_SHAPE_HEX: return decimal || (octet >= 'a' && octet <= 'f');
    case CAPAN_SHAPE_HEX_UPPER: return decimal || (octet >= 'A' && octet <= 'F');
    case CAPAN_SHAPE_DECIMAL: return decimal;
    case CAPAN_SHAPE_FRACTION: return decimal || octet == '.';
    case CAPAN_SHAPE_BASE36: return decimal || lower;
    case CAPAN_SHAPE_BASE64: return decimal || lower || (octet >= 'A' && octet <= 'Z') || octet == '+' || octet == '/';
    case CAPAN_SHAPE_REST: return true;
    }
    return false;
}

static bool take_part(const struct capan_shape_part *shape, struct capan_span *rest, struct capan_span *part) {
    size_t len = 0;
    while (len < rest->len && len < shape->max && is_digit_of(rest->at[len], shape->digits)) len++;
    if (len < shape->min) return false;
    *part = span_take(rest, len);
    if (!shape->behind) return true;
    if (!rest->len || rest->at[0] != (uint8_t)shape->behind) return false;
    span_take(rest, 1);
    return true;
}

bool capan_shape_fits(const struct capan_shape *shape, struct capan_span opaque, bool weak,
                      struct capan_span parts[CAPAN_SHAPE_PARTS_MAX]) {
    const size_t prefix = strlen(shape->prefix);
    if (shape->weak != CAPAN_SHAPE_ANY && weak != (shape->weak == CAPAN_SHAPE_WEAK)) return false;
    if (opaque.len < prefix || (prefix && memcmp(opaque.at, shape->prefix, prefix) != 0)) return false;
    struct capan_span rest = span_cut(opaque, prefix, SIZE_MAX);
    for (size_t i = 0; i < CAPAN_SHAPE_PARTS_MAX; i++) {
        parts[i] = (struct capan_span){0};
        if (shape->parts[i].max && !take_part(&shape->parts[i], &rest, &parts[i])) return false;
    }
    return rest.len == 0;
}

static unsigned base_of(const struct capan_shape_part *shape) {
    if (shape->digits == CAPAN_SHAPE_BASE36) return 36;
    return shape->digits == CAPAN_SHAPE_DECIMAL || shape->digits == CAPAN_SHAPE_FRACTION ? 10 : 16;
}

static unsigned digit_value(uint8_t octet) {
    if (octet >= 'a') return octet - 'a' + 10u;
    return octet >= 'A' ? octet - 'A' + 10u : octet - (unsigned)'0';
}

/* What stands behind a point is left out. */
uint64_t capan_shape_number(const struct capan_shape_part *shape, struct capan_span octets) {
    const unsigned base = base_of(shape);
    uint64_t number = 0;
    for (size_t i = 0; i < octets.len && octets.at[i] != '.'; i++) {
        const unsigned digit = digit_value(octets.at[i]);
        if (number > (UINT64_MAX - digit) / base) return 0;
        number = number * base + digit;
    }
    return number;
}
