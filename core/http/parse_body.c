/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include "bytes.h"
#include "parser.h"
#include "trailer.h"

enum { PEEK_MAX = 16 };

size_t capan_parse_length(struct capan_parser *p, struct capan_span octets) {
    size_t len = (size_t)min_u64(octets.len, p->left);
    capan_parse_content(p, span_cut(octets, 0, len));
    p->left -= len;
    if (!p->left) capan_parse_finish(p, p->offset + len, true);
    return len;
}

static void begin_trailers(struct capan_parser *p) {
    p->state = CAPAN_PARSER_TRAILERS;
    p->line_len = 0;
    p->line_cr = false;
}

/* Behind the content, so that nothing of it may change what was read before (RFC 9110 6.5.1). */
static void read_trailers(struct capan_parser *p, struct capan_span section) {
    struct capan_http_field fields[FIELDS_ON_STACK];
    if (section.len <= 2) return;
    size_t count = capan_fields_read(section, fields, FIELDS_ON_STACK, &p->framing);
    if (count > FIELDS_ON_STACK) count = FIELDS_ON_STACK;
    p->framing |= capan_trailer_findings(fields, count);
    if (count && p->sink->trailers) p->sink->trailers(p->context, fields, count);
}

size_t capan_parse_trailers(struct capan_parser *p, struct capan_span octets) {
    size_t end = capan_parse_section_end(p, octets);
    struct capan_span part = span_cut(octets, 0, end ? end : octets.len);
    capan_parse_touch(p);
    if (end && !p->held_len) {
        read_trailers(p, part);
    } else if (!capan_parse_hold(p, part, HEAD_MAX)) {
        p->framing |= FINDING(CHUNK_MALFORMED);
        capan_parse_release(p);
        capan_parse_lose(p, false);
        return part.len;
    } else if (end) {
        read_trailers(p, capan_parse_held(p));
    }
    if (!end) return part.len;
    capan_parse_release(p);
    capan_parse_finish(p, p->offset + part.len, true);
    return part.len;
}

size_t capan_parse_chunked(struct capan_parser *p, struct capan_span octets) {
    struct capan_span content;
    size_t len = capan_chunked_read(&p->chunked, octets, &content);
    capan_parse_content(p, content);
    if (len) capan_parse_touch(p);
    p->framing |= p->chunked.findings;
    if (p->chunked.state == CAPAN_CHUNKED_DONE) begin_trailers(p);
    if (p->chunked.state == CAPAN_CHUNKED_BROKEN) capan_parse_lose(p, false);
    return len;
}

size_t capan_parse_until_close(struct capan_parser *p, struct capan_span octets) {
    capan_parse_content(p, octets);
    return octets.len;
}

/* The octets in hand, with those that earlier calls held, tell whether a body follows. */
static bool next_message_begins(const struct capan_parser *p, struct capan_span octets, bool *undecided) {
    uint8_t first[PEEK_MAX];
    struct capan_span more = span_cut(octets, 0, PEEK_MAX - p->held_len);
    if (p->held_len) memcpy(first, p->held, p->held_len);
    memcpy(first + p->held_len, more.at, more.len);
    struct capan_span all = {first, p->held_len + more.len};
    *undecided = false;
    if (first[0] == '\r' || first[0] == '\n') return true;
    bool begins = capan_message_begins(all, (enum capan_start)p->kind, undecided);
    *undecided &= all.len < PEEK_MAX;
    return begins;
}

/* What was held to decide is read again as what it turned out to be. It is too short for a head of its own. */
static void read_held_again(struct capan_parser *p) {
    uint8_t again[PEEK_MAX];
    size_t len = p->held_len;
    if (!len) return;
    memcpy(again, p->held, len);
    capan_parse_release(p);
    p->offset -= len;
    capan_parser_octets(p, (struct capan_span){again, len}, p->now);
}

size_t capan_parse_peek(struct capan_parser *p, struct capan_span octets) {
    bool undecided;
    bool next = next_message_begins(p, octets, &undecided);
    if (!next && undecided && capan_parse_hold(p, octets, PEEK_MAX)) return octets.len;
    if (next) {
        p->whole = false;
        capan_parse_finish(p, p->offset - p->held_len, true);
    } else {
        p->state = p->after_peek;
        p->body_after_304 = p->is_304;
    }
    read_held_again(p);
    return 0;
}
