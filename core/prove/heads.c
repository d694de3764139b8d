/* SPDX-License-Identifier: MIT */
#include "heads.h"

#include "bytes.h"
#include "capan/tcp.h"

enum { BACK_MAX = 4096 /* records in which a response's beginning is looked for */ };

static bool is_digit(uint8_t octet) {
    return octet >= '0' && octet <= '9';
}

/* "HTTP/1.1 304": its status; 0: no status line (RFC 9112 4). */
static uint16_t status_of(struct capan_span octets) {
    if (octets.len < 12 || memcmp(octets.at, "HTTP/1.", 7) != 0 || octets.at[8] != ' ') return 0;
    for (int i = 9; i < 12; i++)
        if (!is_digit(octets.at[i])) return 0;
    return (uint16_t)((octets.at[9] - '0') * 100 + (octets.at[10] - '0') * 10 + (octets.at[11] - '0'));
}

static struct capan_span take_line(struct capan_span *rest) {
    const uint8_t *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
    if (!end) return (struct capan_span){NULL, 0};
    struct capan_span line = span_take(rest, (size_t)(end - rest->at) + 1);
    line.len--;
    if (line.len && line.at[line.len - 1] == '\r') line.len--;
    return line;
}

static bool has_version(struct capan_span line) {
    for (size_t at = 0; at + 5 <= line.len; at++)
        if (memcmp(line.at + at, "HTTP/", 5) == 0) return true;
    return false;
}

/* Reads the lines from *at on, up to the empty one. False: it is not all there. */
static bool read_fields(struct head *head, struct capan_span octets) {
    struct capan_span rest = octets;
    head->line = take_line(&rest);
    head->count = 0;
    if (!head->line.at) return false;
    head->status = status_of(head->line);
    if (!head->status && !has_version(head->line)) { /* RFC 1945 4.1: it is all of the request */
        head->len = octets.len - rest.len;
        return true;
    }
    for (;;) {
        const struct capan_span line = take_line(&rest);
        if (!line.at) return false;
        if (!line.len) break;
        const uint8_t *colon = memchr(line.at, ':', line.len);
        if (!colon || head->count == HEAD_FIELDS) continue;
        const size_t name = (size_t)(colon - line.at);
        head->fields[head->count++] =
            (struct capan_http_field){{line.at, name}, capan_trim(span_cut(line, name + 1, SIZE_MAX))};
    }
    head->len = octets.len - rest.len;
    return true;
}

/* What a start line must be. */
struct wanted {
    const struct capan_span *method, *target; /* NULL: a response is wanted */
    head_test *holds;
    const void *context;
};

static bool starts(struct capan_span octets, const struct wanted *wanted) {
    if (!wanted->method) return status_of(octets) != 0;
    const struct capan_span method = *wanted->method, target = *wanted->target;
    if (octets.len < method.len + target.len + 2) return false;
    const uint8_t behind = octets.at[method.len + target.len + 1];
    return memcmp(octets.at, method.at, method.len) == 0 && octets.at[method.len] == ' ' &&
           memcmp(octets.at + method.len + 1, target.at, target.len) == 0 &&
           (behind == ' ' || behind == '\r' || behind == '\n');
}

/* A head that begins in what could be read with that record. */
static bool look_in(const struct recording *recording, const struct record *record, const struct wanted *wanted,
                    struct head *head) {
    if (record->readable_after <= record->readable) return false;
    const int64_t from = max_i64(record->readable, record->flags & CAPAN_TH_SYN ? record->seq + 1 : INT64_MIN);
    const size_t fresh = (size_t)(record->readable_after - from);
    const struct capan_span octets = {
        head->octets, capan_recording_octets(recording, record, from, head->octets, sizeof head->octets)};
    for (size_t at = 0; at < fresh && at < octets.len; at++) {
        const struct capan_span rest = span_cut(octets, at, SIZE_MAX);
        if (!starts(rest, wanted) || !read_fields(head, rest)) continue;
        head->begins = record;
        head->start = from + (int64_t)at;
        if (!wanted->holds || wanted->holds(wanted->context, recording, head)) return true;
    }
    head->begins = NULL;
    return false;
}

static bool look_in_frame(const struct recording *recording, uint32_t frame, const struct wanted *wanted,
                          struct head *head) {
    head->begins = NULL;
    for (const struct record *record = capan_recording_find(recording, frame, RECORD_NONE);
         record && record < recording->records + recording->count && record->frame == frame; record++)
        if (look_in(recording, record, wanted, head)) return true;
    return false;
}

bool capan_head_of_request(const struct recording *recording, uint32_t frame, struct capan_span method,
                           struct capan_span target, head_test *holds, const void *context, struct head *head) {
    const struct wanted wanted = {&method, &target, holds, context};
    return method.len && look_in_frame(recording, frame, &wanted, head);
}

bool capan_head_of_response(const struct recording *recording, uint32_t frame, head_test *holds, const void *context,
                            struct head *head) {
    return look_in_frame(recording, frame, &(struct wanted){.holds = holds, .context = context}, head);
}

static bool ends_there(const void *context, const struct recording *recording, const struct head *head) {
    const struct record *last = context;
    const int64_t octets = capan_head_octets(head, false);
    (void)recording;
    if (octets < 0) return head->begins->frame <= last->frame;
    const int64_t octet = head->start + octets - 1;
    return octet >= last->readable && octet < last->readable_after;
}

bool capan_head_ending(const struct recording *recording, uint32_t frame, struct head *head) {
    const struct record *last = capan_recording_find(recording, frame, RECORD_NONE), *at = last;
    head->begins = NULL;
    for (int i = 0; at && i < BACK_MAX; i++) {
        if (look_in(recording, at, &(struct wanted){.holds = ends_there, .context = last}, head)) return true;
        if (look_in(recording, at, &(struct wanted){.holds = NULL}, head)) break; /* of another one */
        at = at->before == RECORD_NONE ? NULL : &recording->records[at->before];
    }
    head->begins = NULL;
    return false;
}

struct capan_span capan_head_value(const struct head *head, enum capan_field field) {
    for (size_t i = 0; i < head->count; i++)
        if (capan_field_number(head->fields[i].name) == field) return head->fields[i].value;
    return (struct capan_span){NULL, 0};
}

bool capan_head_is_chunked(const struct head *head) {
    return capan_head_value(head, CAPAN_FIELD_TRANSFER_ENCODING).len != 0;
}

int64_t capan_head_octets(const struct head *head, bool bodiless) {
    const uint16_t status = head->status;
    uint64_t length;
    if (bodiless || status / 100 == 1 || status == 204 || status == 304) return (int64_t)head->len;
    if (capan_head_is_chunked(head)) return -1;
    const struct capan_span value = capan_head_value(head, CAPAN_FIELD_CONTENT_LENGTH);
    if (!value.len) return status ? -1 : (int64_t)head->len;
    return capan_number(value, &length) && length < INT64_MAX / 2 ? (int64_t)(head->len + length) : -1;
}

const struct record *capan_head_bearer(const struct recording *recording, const struct head *head, int64_t octet) {
    const struct record *at = head->begins;
    while (octet < at->seq || octet >= at->end) {
        if (at->after == RECORD_NONE) return NULL;
        at = &recording->records[at->after];
    }
    return at;
}

const struct record *capan_head_reader(const struct recording *recording, const struct head *head, int64_t octet) {
    const struct record *at = head->begins;
    while (at->readable_after <= octet) {
        if (at->after == RECORD_NONE) return NULL;
        at = &recording->records[at->after];
    }
    return at;
}
