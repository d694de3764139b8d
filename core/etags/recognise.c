/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "etag.h"
#include "shape.h"
#include "validator.h"

#define NS_PER_S         INT64_C(1000000000)
#define TICKS_PER_S      UINT64_C(10000000)
#define TICKS_1601_TO_70 UINT64_C(116444736000000000)
#define TICKS_1_TO_70    UINT64_C(621355968000000000)
/* 1980 and 2100: no file's time lies elsewhere. */
#define EARLIEST_S INT64_C(315532800)
#define LATEST_S   INT64_C(4102444800)

/* --- times ------------------------------------------------------------------------------------------------------ */

static int64_t time_of(uint64_t number, uint64_t per_second) {
    const uint64_t seconds = number / per_second;
    if (seconds < (uint64_t)EARLIEST_S || seconds > (uint64_t)LATEST_S) return CAPAN_NO_MTIME;
    const uint64_t rest = number % per_second;
    return (int64_t)seconds * NS_PER_S + (int64_t)(rest * ((uint64_t)NS_PER_S / per_second));
}

static int64_t ticks_since(uint64_t ticks, uint64_t epoch) {
    return ticks < epoch ? CAPAN_NO_MTIME : time_of(ticks - epoch, TICKS_PER_S);
}

/* Seconds alone are told where only their low bits were kept: those of Last-Modified, when they have the same. */
static int64_t time_by_low_bits(uint64_t low, const struct capan_etag_context *context) {
    if (!context->modified_known || context->modified_s < EARLIEST_S || context->modified_s > LATEST_S)
        return CAPAN_NO_MTIME;
    const uint64_t us = (uint64_t)context->modified_s * 1000000, more = (low - us) & UINT32_MAX;
    return more < 1000000 ? context->modified_s * NS_PER_S + (int64_t)more * 1000 : CAPAN_NO_MTIME;
}

/* Octets, the last one first: which of them have one digit is told by a bit each. */
static uint64_t filetime_of(struct capan_span digits, unsigned single) {
    static const struct capan_shape_part hex = {CAPAN_SHAPE_HEX, 1, 2, CAPAN_SHAPE_OPAQUE, 0};
    uint64_t filetime = 0;
    for (unsigned i = 0; i < 8; i++)
        filetime |= capan_shape_number(&hex, span_take(&digits, single >> i & 1 ? 1 : 2)) << (8 * i);
    return filetime;
}

static unsigned count_bits(unsigned bits) {
    unsigned count = 0;
    for (; bits; bits &= bits - 1) count++;
    return count;
}

/* 15 digits are 7 octets of two and a last one of one. Of fewer digits it is the reading that Last-Modified has. */
static int64_t time_of_octets(struct capan_span digits, const struct capan_etag_context *context) {
    const unsigned last = 1u << 7;
    if (digits.len == 15) return ticks_since(filetime_of(digits, last), TICKS_1601_TO_70);
    for (unsigned single = last; single < 1u << 8; single++) {
        if (16 - count_bits(single) != digits.len || !context->modified_known) continue;
        const int64_t mtime_ns = ticks_since(filetime_of(digits, single), TICKS_1601_TO_70);
        if (mtime_ns != CAPAN_NO_MTIME && mtime_ns / NS_PER_S == context->modified_s) return mtime_ns;
    }
    return CAPAN_NO_MTIME;
}

/* --- digests ---------------------------------------------------------------------------------------------------- */

static bool is_hex_of(struct capan_span digits, const uint8_t *octets) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < digits.len; i++)
        if (digits.at[i] != (uint8_t)hex[octets[i / 2] >> (i % 2 ? 0 : 4) & 15]) return false;
    return true;
}

/* 27 digits for 20 octets; padding was left off. */
static bool is_base64_of(struct capan_span digits, const uint8_t octets[20]) {
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < 27 && i < digits.len; i++) {
        const size_t bit = 6 * i;
        const unsigned two = (unsigned)octets[bit / 8] << 8 | (bit / 8 + 1 < 20 ? octets[bit / 8 + 1] : 0u);
        if (digits.at[i] != (uint8_t)base64[two >> (10 - bit % 8) & 63]) return false;
    }
    return true;
}

static bool is_digest_of(enum capan_shape_role role, struct capan_span part, const struct capan_etag_digests *digests) {
    switch (role) {
    case CAPAN_SHAPE_MD5: return is_hex_of(part, digests->md5);
    case CAPAN_SHAPE_SHA1: return is_hex_of(part, digests->sha1);
    case CAPAN_SHAPE_GIT: return is_hex_of(part, digests->git);
    case CAPAN_SHAPE_SHA1_BASE64: return is_base64_of(part, digests->sha1);
    case CAPAN_SHAPE_SHA256: return is_hex_of(part, digests->sha256);
    case CAPAN_SHAPE_SHA256_HALF: return is_hex_of(part, digests->sha256) || is_hex_of(part, digests->md5);
    default: return false;
    }
}

/* --- one shape -------------------------------------------------------------------------------------------------- */

static int64_t mtime_of(const struct capan_shape_part *shape, struct capan_span part,
                        const struct capan_etag_context *context) {
    const uint64_t number = capan_shape_number(shape, part);
    switch ((enum capan_shape_role)shape->role) {
    case CAPAN_SHAPE_MTIME_S: return time_of(number, 1);
    case CAPAN_SHAPE_MTIME_MS: return time_of(number, 1000);
    case CAPAN_SHAPE_MTIME_US: return time_of(number, 1000000);
    case CAPAN_SHAPE_MTIME_NS: return time_of(number, (uint64_t)NS_PER_S);
    case CAPAN_SHAPE_MTIME_US_LOW: return time_by_low_bits(number, context);
    case CAPAN_SHAPE_FILETIME_OCTETS: return time_of_octets(part, context);
    case CAPAN_SHAPE_FILETIME_MIXED:
        return context->length_known ? ticks_since(number ^ context->length, TICKS_1601_TO_70) : CAPAN_NO_MTIME;
    case CAPAN_SHAPE_TICKS: return ticks_since(number, TICKS_1_TO_70);
    default: return CAPAN_NO_MTIME;
    }
}

/* A time is never outside what a file can have; without Last-Modified, or a length, some cannot be told at all. */
static bool needs_time(enum capan_shape_role role, struct capan_span part, const struct capan_etag_context *context) {
    switch (role) {
    case CAPAN_SHAPE_MTIME_US_LOW: return context->modified_known;
    case CAPAN_SHAPE_FILETIME_OCTETS: return context->modified_known || part.len == 15;
    case CAPAN_SHAPE_FILETIME_MIXED: return context->length_known;
    default: return role >= CAPAN_SHAPE_MTIME_S && role <= CAPAN_SHAPE_TICKS;
    }
}

static bool read_part(struct capan_etag_reading *reading, const struct capan_shape_part *shape, struct capan_span part,
                      const struct capan_etag_context *context) {
    const enum capan_shape_role role = (enum capan_shape_role)shape->role;
    switch (role) {
    case CAPAN_SHAPE_SIZE: reading->size = capan_shape_number(shape, part), reading->size_known = true; return true;
    case CAPAN_SHAPE_INODE: reading->inode = capan_shape_number(shape, part), reading->inode_known = true; return true;
    case CAPAN_SHAPE_PARTS:
        reading->parts = (uint32_t)capan_shape_number(shape, part);
        return reading->parts >= 1 && reading->parts <= 10000;
    case CAPAN_SHAPE_OPAQUE: return true;
    default: break;
    }
    if (role >= CAPAN_SHAPE_MD5) {
        if (context->digests)
            reading->digest_check =
                is_digest_of(role, part, context->digests) ? CAPAN_CHECK_EQUAL : CAPAN_CHECK_DIFFERS;
        return true;
    }
    reading->mtime_ns = mtime_of(shape, part, context);
    return reading->mtime_ns != CAPAN_NO_MTIME || !needs_time(role, part, context);
}

static void check(struct capan_etag_reading *reading, const struct capan_etag_context *context) {
    if (reading->mtime_ns != CAPAN_NO_MTIME && context->modified_known)
        reading->mtime_check =
            reading->mtime_ns / NS_PER_S == context->modified_s ? CAPAN_CHECK_EQUAL : CAPAN_CHECK_DIFFERS;
    if (reading->size_known && context->length_known)
        reading->size_check = reading->size == context->length ? CAPAN_CHECK_EQUAL : CAPAN_CHECK_DIFFERS;
}

static bool read_as(struct capan_etag_reading *reading, const struct capan_shape *shape, struct capan_span base,
                    const struct capan_etag_context *context) {
    struct capan_span parts[CAPAN_SHAPE_PARTS_MAX];
    if (!capan_shape_fits(shape, base, reading->weak, parts)) return false;
    reading->generator = shape->generator;
    for (size_t i = 0; i < CAPAN_SHAPE_PARTS_MAX && shape->parts[i].max; i++)
        if (!read_part(reading, &shape->parts[i], parts[i], context)) return false;
    check(reading, context);
    return true;
}

/* --- the best of them ------------------------------------------------------------------------------------------- */

/* What is true speaks for a shape, what is not against it. */
static int worth(const struct capan_etag_reading *reading) {
    static const int of[] = {[CAPAN_CHECK_UNKNOWN] = 0, [CAPAN_CHECK_EQUAL] = 2, [CAPAN_CHECK_DIFFERS] = -2};
    return 2 * of[reading->mtime_check] + of[reading->size_check] + 2 * of[reading->digest_check];
}

static enum capan_certainty certainty_of(const struct capan_etag_reading *reading, unsigned rivals) {
    const bool proven = reading->mtime_check == CAPAN_CHECK_EQUAL || reading->digest_check == CAPAN_CHECK_EQUAL;
    if (proven && worth(reading) > 2 && !rivals) return CAPAN_CERTAIN;
    return rivals || worth(reading) < 0 ? CAPAN_AMBIGUOUS : CAPAN_LIKELY;
}

/* "-gzip" behind the closing quote, as old mod_deflate has it, is no entity tag but is read as one. */
static void cut(struct capan_etag_reading *reading, struct capan_span tag) {
    struct capan_etag etag;
    const size_t len = capan_tag_base_len(tag);
    if (!capan_etag_read(tag, &etag) && len < tag.len && capan_etag_read(span_cut(tag, 0, len), &etag)) {
        reading->coding = span_cut(tag, len, SIZE_MAX);
    } else {
        const size_t base = capan_tag_base_len(etag.opaque);
        reading->coding = span_cut(etag.opaque, base, SIZE_MAX);
        etag.opaque.len = base;
    }
    reading->opaque = etag.opaque;
    reading->weak = etag.weak;
}

void capan_etag_recognise(struct capan_etag_reading *reading, struct capan_span tag,
                          const struct capan_etag_context *context) {
    struct capan_etag_reading empty = {.mtime_ns = CAPAN_NO_MTIME, .certainty = CAPAN_AMBIGUOUS}, best;
    unsigned rivals = 0;
    cut(&empty, tag);
    best = empty;
    for (size_t i = 0; i < capan_shape_count; i++) {
        struct capan_etag_reading one = empty;
        if (!read_as(&one, &capan_shapes[i], empty.opaque, context)) continue;
        if (!best.generator || worth(&one) > worth(&best))
            best = one, rivals = 0;
        else if (worth(&one) == worth(&best))
            rivals += !capan_shapes[i].rare && one.generator != best.generator;
    }
    if (best.generator) best.certainty = (uint8_t)certainty_of(&best, rivals);
    *reading = best;
}
