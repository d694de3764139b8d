/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include <stdio.h>

#include "bytes.h"
#include "date.h"
#include "field.h"

#define SECONDS_OF_A_DAY 86400

enum { SPANS_MAX = 4096 };

/* A walk over one direction. */
struct walk {
    struct capan_standins *standins;
    struct capan_stream *stream;
    int64_t shift_s;
    size_t at;
};

/* What of a head says how long its message is (RFC 9112 6.3). */
struct framing {
    uint64_t length;
    bool has_length, chunked, head; /* head: of a HEAD request */
    unsigned status;
};

/* --- lines --- */

/* The line at hand with its end, as far as it is all there; 0: it is not. */
static size_t line_len(const struct walk *walk) {
    const struct capan_stream *stream = walk->stream;
    for (size_t at = walk->at; at < stream->len && stream->there[at]; at++)
        if (stream->octets[at] == '\n') return at + 1 - walk->at;
    return 0;
}

static struct capan_span without_end(const uint8_t *at, size_t len) {
    if (len && at[len - 1] == '\n') len--;
    if (len && at[len - 1] == '\r') len--;
    return (struct capan_span){at, len};
}

/* --- dates --- */

/* Days since 1970-01-01 as year, month and day (Gregorian). */
static void civil(int64_t days, int *year, unsigned *month, unsigned *day) {
    const int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const unsigned of_era = (unsigned)(shifted - era * 146097);
    const unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * march + 2) / 5 + 1;
    *month = march < 10 ? march + 3 : march - 9;
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

/* Whole weeks away: the day's name stays. False: it is no date. */
static bool move_date(uint8_t *value, size_t len, int64_t shift_s) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const struct capan_date date = capan_date_read((struct capan_span){value, len}, 0);
    int year;
    unsigned month, day;
    char text[16];
    if (date.form == CAPAN_DATE_MALFORMED) return false;
    const int64_t seconds = date.seconds + shift_s;
    civil((seconds - ((seconds % SECONDS_OF_A_DAY) + SECONDS_OF_A_DAY) % SECONDS_OF_A_DAY) / SECONDS_OF_A_DAY, &year,
          &month, &day);
    if (year < 1970 || year > 9999) return false;
    const char *name = months + (size_t)(month - 1) * 3;
    const uint8_t *comma = memchr(value, ',', len);
    if (date.form == CAPAN_DATE_IMF_FIXDATE && len == 29) {
        snprintf(text, sizeof text, "%02u %.3s %04d", day, name, year);
        memcpy(value + 5, text, 11);
    } else if (date.form == CAPAN_DATE_RFC850 && comma && (size_t)(comma - value) + 11 <= len) {
        snprintf(text, sizeof text, "%02u-%.3s-%02d", day, name, year % 100);
        memcpy(value + (comma - value) + 2, text, 9);
    } else if (date.form == CAPAN_DATE_ASCTIME && len == 24) {
        snprintf(text, sizeof text, "%.3s %2u", name, day);
        memcpy(value + 4, text, 6);
        snprintf(text, sizeof text, "%04d", year);
        memcpy(value + 20, text, 4);
    } else {
        return false;
    }
    return true;
}

/* --- heads --- */

/* Values that are lengths, times, ranges and directives alone. */
static bool has_numbers(enum capan_field field) {
    switch (field) {
    case CAPAN_FIELD_CONTENT_LENGTH:
    case CAPAN_FIELD_CONTENT_RANGE:
    case CAPAN_FIELD_CACHE_CONTROL:
    case CAPAN_FIELD_RANGE:
    case CAPAN_FIELD_AGE:
    case CAPAN_FIELD_EXPECT:
    case CAPAN_FIELD_KEEP_ALIVE:
    case CAPAN_FIELD_TE: return true;
    default: return false;
    }
}

static void read_framing(enum capan_field field, struct capan_span value, struct framing *framing) {
    uint64_t number;
    if (field == CAPAN_FIELD_TRANSFER_ENCODING) framing->chunked = true;
    if (field != CAPAN_FIELD_CONTENT_LENGTH || !capan_number(value, &number)) return;
    framing->length = number;
    framing->has_length = true;
}

static void anonymise_line(struct walk *walk, size_t len, struct framing *framing) {
    uint8_t *line = walk->stream->octets + walk->at;
    const struct capan_span whole = without_end(line, len);
    const uint8_t *colon = whole.len ? memchr(whole.at, ':', whole.len) : NULL;
    const size_t name = colon ? (size_t)(colon - whole.at) : 0;
    const enum capan_field field = capan_field_number(span_cut(whole, 0, name));
    if (field == CAPAN_FIELD_OTHER) capan_standin_text(walk->standins, line, name, false);
    const struct capan_span value = capan_trim(span_cut(whole, colon ? name + 1 : 0, SIZE_MAX));
    read_framing(field, value, framing);
    uint8_t *to = line + (value.at - line);
    if (!value.len || move_date(to, value.len, walk->shift_s)) return;
    capan_standin_text(walk->standins, to, value.len, has_numbers(field));
}

/* Lines up to the empty one. False: some of them are not there. */
static bool anonymise_fields(struct walk *walk, struct framing *framing) {
    for (;;) {
        const size_t len = line_len(walk);
        if (!len) return false;
        const bool empty = without_end(walk->stream->octets + walk->at, len).len == 0;
        if (!empty) anonymise_line(walk, len, framing);
        walk->at += len;
        if (empty) return true;
    }
}

/* --- contents --- */

struct content {
    struct {
        size_t from, len;
    } spans[SPANS_MAX];
    size_t count;
};

static void add_span(struct walk *walk, struct content *content, uint64_t len) {
    const size_t rest = walk->stream->len - walk->at, takes = (size_t)min_u64(len, rest);
    if (content->count < SPANS_MAX && takes) {
        content->spans[content->count].from = walk->at;
        content->spans[content->count++].len = takes;
    }
    walk->at += takes;
}

/* The same content has the same stand-in, however it was cut into chunks. */
static void fill(struct walk *walk, const struct content *content) {
    struct capan_stream *stream = walk->stream;
    uint64_t key = 0, at = 0;
    for (size_t i = 0; i < content->count; i++)
        for (size_t o = 0; o < content->spans[i].len; o++)
            key = (key ^ stream->octets[content->spans[i].from + o]) * UINT64_C(0x100000001b3) + 1;
    for (size_t i = 0; i < content->count; i++)
        for (size_t o = 0; o < content->spans[i].len; o++)
            stream->octets[content->spans[i].from + o] = capan_standin_octet(walk->standins, key, at++);
}

/* RFC 9112 7.1. False: its end is not there. */
static bool take_chunks(struct walk *walk, struct content *content) {
    for (;;) {
        const size_t len = line_len(walk);
        uint64_t size = 0;
        if (!len) return false;
        for (size_t i = 0; i < len; i++) {
            const uint8_t c = walk->stream->octets[walk->at + i] | 0x20;
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0 || size >> 59) {
                capan_standin_text(walk->standins, walk->stream->octets + walk->at + i, len - i, false);
                break;
            }
            size = size << 4 | (unsigned)digit;
        }
        walk->at += len;
        if (!size) return true;
        add_span(walk, content, size);
        walk->at += min_size(line_len(walk), walk->stream->len - walk->at);
    }
}

static bool is_bodiless(const struct framing *framing) {
    return framing->head || framing->status / 100 == 1 || framing->status == 204 || framing->status == 304;
}

/* Behind the head. */
static void anonymise_content(struct walk *walk, struct framing *framing) {
    static const struct content none;
    struct content content = none;
    if (is_bodiless(framing)) return;
    if (framing->chunked) {
        if (take_chunks(walk, &content)) anonymise_fields(walk, framing);
    } else if (framing->has_length || !framing->status) {
        add_span(walk, &content, framing->length);
    } else {
        add_span(walk, &content, UINT64_MAX);
    }
    fill(walk, &content);
}

/* --- messages --- */

static bool begins(const struct walk *walk, const char *word) {
    const size_t len = strlen(word);
    if (walk->stream->len - walk->at < len) return false;
    for (size_t i = 0; i < len; i++)
        if (!walk->stream->there[walk->at + i]) return false;
    return memcmp(walk->stream->octets + walk->at, word, len) == 0;
}

static bool is_request(const struct walk *walk) {
    static const char *const methods[] = {"GET ",     "HEAD ",  "POST ",  "PUT ",    "DELETE ",
                                          "OPTIONS ", "TRACE ", "PATCH ", "CONNECT "};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (begins(walk, methods[i])) return true;
    return false;
}

/* "GET /a?b=c HTTP/1.1": the target alone names anything. */
static void anonymise_request_line(struct walk *walk, size_t len) {
    uint8_t *line = walk->stream->octets + walk->at;
    const struct capan_span whole = without_end(line, len);
    const uint8_t *blank = memchr(whole.at, ' ', whole.len);
    size_t from = blank ? (size_t)(blank - whole.at) + 1 : 0, end = whole.len;
    for (size_t i = from; i + 6 <= whole.len; i++)
        if (memcmp(line + i, " HTTP/", 6) == 0) end = i;
    capan_standin_text(walk->standins, line + from, end - from, false);
}

/* To where the next message begins, behind what cannot be read. False: none does. */
static bool go_to_next(struct walk *walk, bool (*begins_there)(const struct walk *)) {
    const size_t from = walk->at;
    while (walk->at < walk->stream->len && !begins_there(walk)) walk->at++;
    for (size_t at = from; at < walk->at; at++)
        walk->stream->octets[at] = capan_standin_octet(walk->standins, walk->stream->len, at);
    return walk->at < walk->stream->len;
}

static bool is_response(const struct walk *walk) {
    return begins(walk, "HTTP/1.");
}

static bool has_any(const struct walk *walk, bool (*begins_there)(const struct walk *)) {
    struct walk looking = *walk;
    while (looking.at < looking.stream->len && !begins_there(&looking)) looking.at++;
    return looking.at < looking.stream->len;
}

static void anonymise_request(struct walk *walk, struct capan_requests *requests) {
    struct framing framing = {.head = false};
    const size_t len = line_len(walk);
    if (requests->count < CAPAN_REQUESTS_MAX) requests->head[requests->count++] = begins(walk, "HEAD ");
    if (!len) {
        capan_anonymise_octets(walk->standins, walk->stream, walk->at, 1);
        walk->at = walk->stream->len;
        return;
    }
    anonymise_request_line(walk, len);
    walk->at += len;
    if (anonymise_fields(walk, &framing)) anonymise_content(walk, &framing);
}

bool capan_anonymise_requests(struct capan_standins *standins, struct capan_stream *stream, int64_t shift_s,
                              struct capan_requests *requests) {
    struct walk walk = {.standins = standins, .stream = stream, .shift_s = shift_s};
    requests->count = 0;
    if (!has_any(&walk, is_request)) return false;
    while (go_to_next(&walk, is_request)) anonymise_request(&walk, requests);
    return true;
}

static unsigned status_of(const struct walk *walk, size_t len) {
    unsigned status = 0;
    for (size_t i = 9; i < 12 && i < len; i++) status = status * 10 + (walk->stream->octets[walk->at + i] & 15);
    return status;
}

static void anonymise_response(struct walk *walk, const struct capan_requests *requests, size_t *number) {
    const size_t len = line_len(walk);
    struct framing framing = {.status = status_of(walk, len)};
    if (len < 12) {
        capan_anonymise_octets(walk->standins, walk->stream, walk->at, 2);
        walk->at = walk->stream->len;
        return;
    }
    framing.head = *number < requests->count && requests->head[*number];
    *number += framing.status / 100 != 1;
    uint8_t *line = walk->stream->octets + walk->at;
    capan_standin_text(walk->standins, line + 12, without_end(line, len).len - 12, false);
    walk->at += len;
    if (anonymise_fields(walk, &framing)) anonymise_content(walk, &framing);
}

bool capan_anonymise_responses(struct capan_standins *standins, struct capan_stream *stream, int64_t shift_s,
                               const struct capan_requests *requests) {
    struct walk walk = {.standins = standins, .stream = stream, .shift_s = shift_s};
    size_t number = 0;
    if (!has_any(&walk, is_response)) return false;
    while (go_to_next(&walk, is_response)) anonymise_response(&walk, requests, &number);
    return true;
}

void capan_anonymise_octets(const struct capan_standins *standins, struct capan_stream *stream, size_t from,
                            uint64_t key) {
    for (size_t at = from; at < stream->len; at++) stream->octets[at] = capan_standin_octet(standins, key, at);
}
