/* SPDX-License-Identifier: MIT */
#include "out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "alloc.h"
#include "bytes.h"

enum capan_result capan_out_init(struct capan_out *out, FILE *file, const struct capan_layout *layout) {
    *out = (struct capan_out){.file = file,
                              .buffer = malloc(CAPAN_OUT_CAPACITY),
                              .layout = layout ? *layout : (struct capan_layout){.width = 0}};
    return out->buffer ? CAPAN_OK : CAPAN_NO_MEMORY;
}

void capan_out_free(struct capan_out *out) {
    free(out->buffer);
    out->buffer = NULL;
}

static void fail(struct capan_out *out) {
    if (!out->failed) out->reason = errno;
    out->failed = true;
}

static bool keep(struct capan_kept *kept, const char *at, size_t len) {
    if (capan_reserve(&capan_libc, (void **)&kept->at, &kept->capacity, kept->len + len, 1) != CAPAN_OK) return false;
    memcpy(kept->at + kept->len, at, len);
    kept->len += len;
    return true;
}

static bool pass_on(struct capan_out *out) {
    if (!out->kept) return fwrite(out->buffer, 1, out->len, out->file) == out->len;
    if (keep(out->kept, out->buffer, out->len)) return true;
    errno = ENOMEM;
    return false;
}

void capan_out_spill(struct capan_out *out) {
    if (!out->failed && out->len && !pass_on(out)) fail(out);
    out->len = 0;
}

bool capan_out_flush(struct capan_out *out) {
    capan_out_spill(out);
    if (!out->failed && fflush(out->file) != 0) fail(out);
    if (out->failed) errno = out->reason;
    return !out->failed;
}

void capan_out_octets(struct capan_out *out, const void *at, size_t len) {
    const char *from = at;
    for (size_t part; len; from += part, len -= part) {
        if (out->len == CAPAN_OUT_CAPACITY) capan_out_spill(out);
        part = CAPAN_OUT_CAPACITY - out->len;
        if (part > len) part = len;
        memcpy(out->buffer + out->len, from, part);
        out->len += part;
    }
}

static const char two_digits[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Writes the digits so that they end before end. */
static void digits_before(char *end, uint64_t number) {
    for (; number >= 100; number /= 100) memcpy(end -= 2, two_digits + 2 * (number % 100), 2);
    if (number >= 10)
        memcpy(end - 2, two_digits + 2 * number, 2);
    else
        end[-1] = (char)('0' + number);
}

size_t capan_count_digits(uint64_t number) {
    size_t count = 1;
    for (; number >= 1000; number /= 1000) count += 3;
    return count + (number >= 10) + (number >= 100);
}

void capan_out_u64(struct capan_out *out, uint64_t number) {
    char *to = out_room(out);
    size_t count = capan_count_digits(number);
    digits_before(to + count, number);
    out->len += count;
}

static uint64_t magnitude(int64_t number) {
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

void capan_out_i64(struct capan_out *out, int64_t number) {
    if (number < 0) out_char(out, '-');
    capan_out_u64(out, magnitude(number));
}

void capan_out_seconds(struct capan_out *out, int64_t ns, int digits) {
    uint64_t whole = magnitude(ns) / 1000000000, part = magnitude(ns) % 1000000000;
    if (ns < 0) out_char(out, '-');
    capan_out_u64(out, whole);
    char *to = out_room(out);
    memcpy(to, ".000000000", 10);
    digits_before(to + 10, part);
    out->len += (size_t)digits + 1;
}

void capan_out_format(struct capan_out *out, const char *format, ...) {
    va_list values;
    char *to = out_room(out);
    va_start(values, format);
    int len = vsnprintf(to, CAPAN_OUT_ROOM, format, values);
    va_end(values);
    if (len > 0) out->len += len < CAPAN_OUT_ROOM ? (size_t)len : CAPAN_OUT_ROOM - 1;
}

void capan_out_spaces(struct capan_out *out, size_t count) {
    for (; count; count--) out_char(out, ' ');
}

/* The length of the UTF-8 sequence that span begins with, 0 when it is not one (RFC 3629 4). */
static size_t utf8_sequence(struct capan_span span) {
    uint8_t first = span.at[0];
    size_t len = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (len < 2) return len;
    if (span.len < len) return 0;
    for (size_t i = 1; i < len; i++)
        if ((span.at[i] & 0xc0) != 0x80) return 0;
    uint8_t second = span.at[1];
    if (first == 0xe0 && second < 0xa0) return 0; /* overlong */
    if (first == 0xed && second > 0x9f) return 0; /* surrogates */
    if (first == 0xf0 && second < 0x90) return 0; /* overlong */
    if (first == 0xf4 && second > 0x8f) return 0; /* beyond U+10FFFF */
    return len;
}

/* C1 controls (U+0080 to U+009F) steer terminals as well as the C0 ones do. */
static bool begins_c1(struct capan_span utf8) {
    return utf8.len > 1 && utf8.at[0] == 0xc2 && utf8.at[1] < 0xa0;
}

bool capan_out_is_utf8(struct capan_span span) {
    for (size_t i = span_printable(span), len; i < span.len; i += len) {
        len = utf8_sequence((struct capan_span){span.at + i, span.len - i});
        if (len == 0) return false;
    }
    return true;
}

static const char hex[] = "0123456789abcdef";

static void put_json_octet(struct capan_out *out, uint8_t octet) {
    if (octet == '"' || octet == '\\') {
        out_char(out, '\\');
        out_char(out, (char)octet);
        return;
    }
    out_octets(out, "\\u00", 4);
    out_char(out, hex[octet >> 4]);
    out_char(out, hex[octet & 15]);
}

/* Of eight octets those that JSON writes otherwise, and what is no printable ASCII. */
static uint64_t first_to_escape(uint64_t octets) {
    const uint64_t quote = (octets ^ eight_times('"')) + eight_times(0x7f);
    const uint64_t backslash = (octets ^ eight_times('\\')) + eight_times(0x7f);
    return (~(quote & backslash) & eight_times(0x80)) | first_unprintable(octets);
}

static size_t count_plain(struct capan_span span) {
    return span_without(span, first_to_escape);
}

/* Likewise, and past what is no ASCII, and no control, when utf8 says that it is UTF-8. */
static size_t count_kept(struct capan_span span, bool utf8) {
    size_t kept = count_plain(span);
    while (utf8 && kept < span.len && span.at[kept] >= 0x80 && !begins_c1(span_cut(span, kept, SIZE_MAX)))
        kept += 1 + count_plain(span_cut(span, kept + 1, SIZE_MAX));
    return kept;
}

/* Copies what JSON writes as it is, and counts it: in one walk, and some octets more than that. to has room for span.
 */
static size_t copy_plain(char *to, struct capan_span span) {
    size_t len = 0;
    for (; span.len - len >= 8; len += 8) {
        const uint64_t odd = first_to_escape(read_eight(span.at + len));
        memcpy(to + len, span.at + len, 8);
        if (odd) return len + octets_before(odd);
    }
    for (; len < span.len && !(first_to_escape(span.at[len]) & 0x80); len++) to[len] = (char)span.at[len];
    return len;
}

static size_t put_plain(struct capan_out *out, struct capan_span span) {
    const size_t plain = span.len <= CAPAN_OUT_ROOM ? copy_plain(out_room(out), span) : count_plain(span);
    if (span.len <= CAPAN_OUT_ROOM)
        out->len += plain;
    else
        out_octets(out, span.at, plain);
    return plain;
}

void capan_out_json_part(struct capan_out *out, struct capan_span span, enum capan_charset charset) {
    span = span_cut(span, put_plain(out, span), SIZE_MAX);
    if (span.len == 0) return;
    bool utf8 = charset != CAPAN_LATIN1 && capan_out_is_utf8(span);
    while (span.len) {
        size_t kept = count_kept(span, utf8);
        out_octets(out, span.at, kept);
        kept += utf8 && begins_c1(span_cut(span, kept, SIZE_MAX));
        if (kept < span.len) put_json_octet(out, span.at[kept++]);
        span = span_cut(span, kept, SIZE_MAX);
    }
}

void capan_out_json(struct capan_out *out, struct capan_span span, enum capan_charset charset) {
    out_char(out, '"');
    capan_out_json_part(out, span, charset);
    out_char(out, '"');
}

static void put_csv_octet(struct capan_out *out, uint8_t octet, bool latin1) {
    if (octet == '"') out_char(out, '"');
    if (octet < 0x20 || octet == 0x7f || (latin1 && octet >= 0x80 && octet < 0xa0)) {
        out_octets(out, "\\x", 2);
        out_char(out, hex[octet >> 4]);
        out_char(out, hex[octet & 15]);
    } else if (octet < 0x80 || !latin1) {
        out_char(out, (char)octet);
    } else {
        out_char(out, (char)(0xc0 | octet >> 6));
        out_char(out, (char)(0x80 | (octet & 0x3f)));
    }
}

static bool is_plain_csv(uint8_t octet) {
    return octet >= 0x20 && octet != '"' && octet < 0x7f;
}

void capan_out_csv_part(struct capan_out *out, struct capan_span span, enum capan_charset charset) {
    bool latin1 = charset == CAPAN_LATIN1 || !capan_out_is_utf8(span);
    for (size_t i = 0; i < span.len;) {
        size_t plain = i;
        while (plain < span.len && is_plain_csv(span.at[plain])) plain++;
        out_octets(out, span.at + i, plain - i);
        const bool is_c1 = !latin1 && begins_c1(span_cut(span, plain, SIZE_MAX));
        plain += is_c1;
        if (plain < span.len) put_csv_octet(out, span.at[plain++], latin1 || is_c1);
        i = plain;
    }
}

/* Tabs and carriage returns, which spreadsheets pass over, are written as \xNN. */
static bool begins_formula(struct capan_span span) {
    return span.len && memchr("=+-@", span.at[0], 4);
}

void capan_out_csv_first(struct capan_out *out, struct capan_span span, enum capan_charset charset) {
    if (begins_formula(span)) out_char(out, '\'');
    capan_out_csv_part(out, span, charset);
}

void capan_out_csv(struct capan_out *out, struct capan_span span, enum capan_charset charset) {
    bool quotes = span.len && (memchr(span.at, ',', span.len) || memchr(span.at, '"', span.len));
    if (quotes) out_char(out, '"');
    capan_out_csv_first(out, span, charset);
    if (quotes) out_char(out, '"');
}

static bool is_control(struct capan_span sequence) {
    return sequence.at[0] < 0x20 || sequence.at[0] == 0x7f || begins_c1(sequence);
}

/* The length of the printable character that span begins with, 0 when there is none. */
static size_t printable_sequence(struct capan_span span) {
    size_t len = utf8_sequence(span);
    return len && !is_control(span) ? len : 0;
}

static size_t count_characters(struct capan_span span) {
    size_t count = 0;
    for (size_t i = 0; i < span.len; count++) {
        size_t len = printable_sequence((struct capan_span){span.at + i, span.len - i});
        i += len ? len : 1;
    }
    return count;
}

/* Writes count characters from the one with number skip on. */
static void put_characters(struct capan_out *out, struct capan_span span, size_t skip, size_t count) {
    for (size_t i = 0, number = 0; i < span.len && number < skip + count; number++) {
        size_t len = printable_sequence((struct capan_span){span.at + i, span.len - i});
        if (number < skip)
            len += len == 0;
        else if (len)
            out_octets(out, span.at + i, len);
        else
            out_char(out, '?');
        i += len ? len : 1;
    }
}

size_t capan_out_printable(struct capan_out *out, struct capan_span span, size_t width) {
    if ((width == 0 || span.len <= width) && span_printable(span) == span.len) {
        out_octets(out, span.at, span.len);
        return span.len;
    }
    size_t count = count_characters(span);
    if (width == 0 || count <= width) {
        put_characters(out, span, 0, count);
        return count;
    }
    size_t dots = width < 3 ? width : 3, head = (width - dots) / 3, tail = width - dots - head;
    put_characters(out, span, 0, head);
    out_octets(out, "...", dots);
    put_characters(out, span, count - tail, tail);
    return width;
}
