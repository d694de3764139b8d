/* SPDX-License-Identifier: MIT */
#include "parser.h"

#include "alloc.h"
#include "bytes.h"
#include "parse.h"

void capan_parser_init(struct capan_parser *p, const struct capan_alloc *alloc, const struct capan_parser_sink *sink,
                       void *context, uint64_t seed) {
    *p = (struct capan_parser){.alloc = alloc, .sink = sink, .context = context, .seed = seed};
}

void capan_parse_release(struct capan_parser *p) {
    capan_delete(p->alloc, p->held, p->held_size);
    p->held = NULL;
    p->held_len = p->held_size = 0;
}

void capan_parser_free(struct capan_parser *p) {
    capan_parse_release(p);
}

bool capan_parse_hold(struct capan_parser *p, struct capan_span octets, size_t limit) {
    void *items = p->held;
    if (p->held_len > limit || octets.len > limit - p->held_len) return false;
    if (capan_reserve(p->alloc, &items, &p->held_size, p->held_len + octets.len, 1) != CAPAN_OK) return false;
    p->held = items;
    if (!p->held_len) p->held_at = p->offset;
    memcpy(p->held + p->held_len, octets.at, octets.len);
    p->held_len += octets.len;
    return true;
}

void capan_parse_begin(struct capan_parser *p, uint64_t start) {
    p->start = start;
    p->extent = (struct capan_http_extent){
        .first_frame = p->now.frame, .last_frame = p->now.frame, .first_ns = p->now.ns, .last_ns = p->now.ns};
    p->whole = true;
    p->is_304 = p->body_after_304 = p->cut = false;
    p->line_len = 0;
    p->line_cr = false;
    p->state = CAPAN_PARSER_START_LINE;
}

/* Octets that waited behind a hole come with their own frame, which may be an earlier one than the last. */
void capan_parse_touch(struct capan_parser *p) {
    if (p->now.frame > p->extent.last_frame) p->extent.last_frame = p->now.frame;
    p->extent.last_ns = max_i64(p->extent.last_ns, p->now.ns);
}

void capan_parse_close(struct capan_parser *p, uint64_t end, bool complete, enum capan_stop stop) {
    if (!p->open) return;
    p->open = false;
    p->extent.wire_len = end - p->start;
    p->extent.complete = complete;
    struct capan_message_end over = {.extent = p->extent,
                                     .stop = stop,
                                     .framing = p->framing,
                                     .body_after_304 = p->body_after_304,
                                     .digest_known = complete && p->whole,
                                     .digest = capan_digest_value(&p->digest),
                                     .gunzipped = capan_digest_gunzipped(&p->digest)};
    p->framing = 0;
    p->sink->end(p->context, &over);
}

void capan_parse_finish(struct capan_parser *p, uint64_t end, bool complete) {
    p->state = CAPAN_PARSER_START;
    capan_parse_close(p, end, complete, CAPAN_STOP_NONE);
}

void capan_parse_lose(struct capan_parser *p, bool at_head) {
    p->state = CAPAN_PARSER_SEARCH;
    p->whole = false;
    p->sink->lost(p->context, at_head);
}

void capan_parse_content(struct capan_parser *p, struct capan_span content) {
    if (!content.len) return;
    if (p->sink->content) p->sink->content(p->context, p->extent.body_len + p->extent.body_missing, content);
    p->extent.body_len += content.len;
    capan_digest_add(&p->digest, content);
    capan_parse_touch(p);
}

static size_t when_over(struct capan_parser *p, struct capan_span octets) {
    (void)p;
    return octets.len;
}

void capan_parser_octets(struct capan_parser *p, struct capan_span octets, struct moment at) {
    static size_t (*const steps[])(struct capan_parser *, struct capan_span) = {
        [CAPAN_PARSER_START] = capan_parse_start,       [CAPAN_PARSER_START_LINE] = capan_parse_start_line,
        [CAPAN_PARSER_FIELDS] = capan_parse_fields,     [CAPAN_PARSER_PEEK] = capan_parse_peek,
        [CAPAN_PARSER_LENGTH] = capan_parse_length,     [CAPAN_PARSER_CHUNKED] = capan_parse_chunked,
        [CAPAN_PARSER_TRAILERS] = capan_parse_trailers, [CAPAN_PARSER_UNTIL_CLOSE] = capan_parse_until_close,
        [CAPAN_PARSER_SEARCH] = capan_parse_search,     [CAPAN_PARSER_OVER] = when_over,
    };
    p->now = at;
    while (octets.len) {
        size_t len = steps[p->state](p, octets);
        p->offset += len;
        octets = span_cut(octets, len, SIZE_MAX);
    }
}

void capan_parser_stop(struct capan_parser *p, enum capan_stop stop) {
    bool ends_body = p->state == CAPAN_PARSER_UNTIL_CLOSE && stop == CAPAN_STOP_CLOSED;
    if (p->state == CAPAN_PARSER_PEEK && p->is_304) capan_parse_finish(p, p->offset - p->held_len, true);
    capan_parse_close(p, p->offset, ends_body, ends_body ? CAPAN_STOP_NONE : stop);
    capan_parser_give_up(p);
}

void capan_parser_settle(struct capan_parser *p) {
    if (p->state == CAPAN_PARSER_SEARCH) capan_parse_close(p, p->offset, false, CAPAN_STOP_NONE);
    if (p->state == CAPAN_PARSER_PEEK && !p->held_len) capan_parse_finish(p, p->offset, true);
}

void capan_parser_expect_no_body(struct capan_parser *p) {
    bool begun = p->extent.body_len || p->extent.body_missing || p->chunked.line_len;
    if (!p->open || begun || (p->state != CAPAN_PARSER_LENGTH && p->state != CAPAN_PARSER_CHUNKED)) return;
    p->after_peek = p->state;
    p->state = CAPAN_PARSER_PEEK;
}

void capan_parser_begin_again(struct capan_parser *p) {
    if (p->state != CAPAN_PARSER_SEARCH || p->open) return;
    capan_parse_release(p);
    p->state = CAPAN_PARSER_START;
}

void capan_parser_give_up(struct capan_parser *p) {
    capan_parse_release(p);
    p->state = CAPAN_PARSER_OVER;
}

void capan_parser_begin_inner(struct capan_parser *p) {
    capan_parse_release(p);
    p->state = CAPAN_PARSER_START;
    p->kind = CAPAN_START_NONE;
    p->found = p->refused = false;
    p->inner = true;
}
