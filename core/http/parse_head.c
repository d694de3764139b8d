/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include "alloc.h"
#include "bytes.h"
#include "parser.h"

enum {
    SEARCH_LINE_MAX = 8192,
    BEGINNING_MAX = 32 /* so much of a first line is looked at before its end is there */
};

/* A body that might not be there: none belongs behind a 304, and a request that was not captured may have been HEAD. */
static bool may_be_absent(const struct capan_parser *p, struct capan_asked asked, const struct capan_framing *framing) {
    if (p->kind != CAPAN_START_RESPONSE || asked.head || (!framing->len && !framing->announced_chunked)) return false;
    return p->is_304 || (!asked.known && framing->body != CAPAN_BODY_NONE && framing->body != CAPAN_BODY_TUNNEL);
}

static void enter_body(struct capan_parser *p, struct capan_asked asked, const struct capan_framing *framing) {
    static const uint8_t states[] = {
        [CAPAN_BODY_NONE] = CAPAN_PARSER_START,
        [CAPAN_BODY_TUNNEL] = CAPAN_PARSER_OVER,
        [CAPAN_BODY_CHUNKED] = CAPAN_PARSER_CHUNKED,
        [CAPAN_BODY_LENGTH] = CAPAN_PARSER_LENGTH,
        [CAPAN_BODY_UNTIL_CLOSE] = CAPAN_PARSER_UNTIL_CLOSE,
        [CAPAN_BODY_UNKNOWN] = CAPAN_PARSER_SEARCH,
    };
    p->state = states[framing->body];
    p->left = framing->len;
    p->whole = framing->body == CAPAN_BODY_LENGTH || framing->body == CAPAN_BODY_CHUNKED ||
               framing->body == CAPAN_BODY_UNTIL_CLOSE ||
               (framing->body == CAPAN_BODY_NONE && p->kind == CAPAN_START_REQUEST);
    capan_digest_init(&p->digest, p->seed);
    capan_chunked_init(&p->chunked);
    if (may_be_absent(p, asked, framing)) {
        p->after_peek = framing->announced_chunked ? CAPAN_PARSER_CHUNKED : CAPAN_PARSER_LENGTH;
        p->state = CAPAN_PARSER_PEEK;
    }
}

void capan_parse_hand_out(struct capan_parser *p, struct capan_message *message, size_t head_len) {
    uint64_t end = p->start + head_len;
    p->found |= message->start != CAPAN_START_SIMPLE;
    p->kind = message->start == CAPAN_START_RESPONSE ? CAPAN_START_RESPONSE : CAPAN_START_REQUEST;
    p->is_304 = message->status == 304;
    p->extent.head_len = p->extent.wire_len = head_len;
    capan_parse_touch(p);
    message->framing |= p->framing;
    p->framing = 0;
    struct capan_asked asked = p->sink->head(p->context, message, &p->extent, p->start);
    struct capan_framing framing = capan_framing_of(message, asked);
    p->open = message->status / 100 != 1 || message->status == 101;
    if (p->open) p->framing = framing.findings;
    if (message->framing & CAPAN_FRAMING_CUT && framing.body != CAPAN_BODY_TUNNEL) {
        p->state = CAPAN_PARSER_SEARCH;
        p->whole = false;
        p->cut = true;
        return;
    }
    enter_body(p, asked, &framing);
    if (p->state == CAPAN_PARSER_OVER)
        capan_parse_close(p, end, true, CAPAN_STOP_NONE);
    else if (framing.body == CAPAN_BODY_NONE && p->state != CAPAN_PARSER_PEEK)
        capan_parse_finish(p, end, true);
    else if (p->state == CAPAN_PARSER_LENGTH && !p->left)
        capan_parse_finish(p, end, true);
}

/* Without memory for many fields the first ones are what counts. */
static void read_head(struct capan_parser *p, struct capan_span head) {
    struct capan_http_field few[FIELDS_ON_STACK], *fields = NULL;
    struct capan_message message;
    size_t count = capan_message_read(head, &message, few, FIELDS_ON_STACK);
    if (count > FIELDS_ON_STACK) fields = capan_new(p->alloc, count * sizeof *fields);
    if (fields) capan_message_read(head, &message, fields, count);
    capan_parse_hand_out(p, &message, head.len);
    capan_delete(p->alloc, fields, count * sizeof *fields);
}

/* Folded lines are made one in a copy; without memory for it a value ends at its fold. */
static void read_any_head(struct capan_parser *p, struct capan_span head) {
    if (capan_message_is_folded(head)) {
        p->framing |= FINDING(OBS_FOLD);
        if (p->held_len || capan_parse_hold(p, head, HEAD_MAX)) {
            capan_message_unfold(p->held, p->held_len);
            head = capan_parse_held(p);
        }
    }
    read_head(p, head);
    capan_parse_release(p);
}

/* Empty lines before a start line are passed over (RFC 9112 2.2). */
size_t capan_parse_start(struct capan_parser *p, struct capan_span octets) {
    size_t at = 0;
    while (at < octets.len && (octets.at[at] == '\r' || octets.at[at] == '\n')) at++;
    if (at) p->framing |= FINDING(EMPTY_LINES);
    if (at < octets.len) capan_parse_begin(p, p->offset + at);
    return at;
}

static void begin_simple_response(struct capan_parser *p) {
    struct capan_message message = {.start = CAPAN_START_RESPONSE, .version = 9};
    capan_parse_hand_out(p, &message, 0);
    capan_parse_content(p, capan_parse_held(p));
    capan_parse_release(p);
}

/* What begins here is no head. */
static void refuse(struct capan_parser *p, struct capan_span octets) {
    p->refused = true;
    if (p->inner) {
        capan_parser_give_up(p);
    } else if (p->kind != CAPAN_START_REQUEST && p->start == 0 && p->sink->simple(p->context)) {
        begin_simple_response(p);
    } else {
        if (p->found) p->framing |= FINDING(STRAY);
        if (p->sink->refused) p->sink->refused(p->context, octets, &p->extent, p->start);
        if (p->state != CAPAN_PARSER_OVER) capan_parse_lose(p, false);
    }
}

/* A request line without a version: the head ends with it (RFC 1945 5.1), and whatever follows is not HTTP/0.9. */
static void take_simple(struct capan_parser *p, struct capan_message *message, size_t len) {
    capan_parse_hand_out(p, message, len);
    capan_parse_release(p);
    p->state = CAPAN_PARSER_SEARCH;
}

bool capan_parse_is_wanted(const struct capan_parser *p, enum capan_start start) {
    if (start == CAPAN_START_NONE || p->kind == CAPAN_START_NONE) return start != CAPAN_START_NONE;
    return (p->kind == CAPAN_START_RESPONSE) == (start == CAPAN_START_RESPONSE);
}

/* A start line with its end. True: the octets of the line are used up. */
static bool take_start_line(struct capan_parser *p, struct capan_span line) {
    struct capan_message message;
    enum capan_start start = capan_start_line_read(capan_line(line), &message);
    if (!capan_parse_is_wanted(p, start)) {
        refuse(p, line);
    } else if (start == CAPAN_START_SIMPLE) {
        take_simple(p, &message, line.len);
        return true;
    } else {
        p->state = CAPAN_PARSER_FIELDS;
    }
    return false;
}

/* The message begins at octet at of what is held. */
static void begin_at_held(struct capan_parser *p, size_t at) {
    uint64_t start = p->held_at + at;
    capan_parse_close(p, start, false, CAPAN_STOP_NONE);
    capan_parse_begin(p, start);
    memmove(p->held, p->held + at, p->held_len - at);
    p->held_len -= at;
    p->held_at = start;
    p->state = CAPAN_PARSER_FIELDS;
}

void capan_parse_pass_over(struct capan_parser *p, size_t len) {
    p->searched += len;
    if (!p->open || !len) return;
    if (!p->cut) p->extent.body_len += len;
    capan_parse_touch(p);
}

/* What is held is a whole line. */
static void search_held(struct capan_parser *p) {
    size_t at = capan_start_line_find(capan_line(capan_parse_held(p)), (enum capan_start)p->kind);
    capan_parse_pass_over(p, at == SIZE_MAX ? p->held_len : at);
    if (at == SIZE_MAX)
        capan_parse_release(p);
    else
        begin_at_held(p, at);
}

size_t capan_parse_start_line(struct capan_parser *p, struct capan_span octets) {
    const uint8_t *lf = memchr(octets.at, '\n', octets.len);
    struct capan_span line = span_cut(octets, 0, lf ? (size_t)(lf - octets.at) + 1 : octets.len);
    size_t before = p->held_len;
    if (lf && !before) return take_start_line(p, line) ? line.len : 0;
    if (!capan_parse_hold(p, line, HEAD_MAX)) {
        capan_parse_lose(p, false);
        return 0;
    }
    if (!lf && before < BEGINNING_MAX && !capan_start_line_begins(capan_parse_held(p))) refuse(p, capan_parse_held(p));
    if (lf) take_start_line(p, capan_parse_held(p));
    if (lf && p->state == CAPAN_PARSER_SEARCH && p->held_len) search_held(p);
    return line.len;
}

size_t capan_parse_section_end(struct capan_parser *p, struct capan_span octets) {
    size_t at = 0;
    for (;;) {
        const uint8_t *lf = at < octets.len ? memchr(octets.at + at, '\n', octets.len - at) : NULL;
        size_t len = (lf ? (size_t)(lf - octets.at) : octets.len) - at;
        if (len) p->line_cr = p->line_len == 0 && len == 1 && octets.at[at] == '\r';
        p->line_len += len;
        if (!lf) return 0;
        at += len + 1;
        if (p->line_len == 0 || p->line_cr) return at;
        p->line_len = 0;
    }
}

void capan_parse_cut_head(struct capan_parser *p, struct capan_span head, uint32_t why) {
    while (head.len && head.at[head.len - 1] != '\n') head.len--;
    p->framing |= why;
    read_head(p, head);
    capan_parse_release(p);
}

size_t capan_parse_fields(struct capan_parser *p, struct capan_span octets) {
    size_t end = capan_parse_section_end(p, octets);
    struct capan_span part = span_cut(octets, 0, end ? end : octets.len);
    capan_parse_touch(p);
    if (end && !p->held_len && end <= HEAD_MAX)
        read_any_head(p, part);
    else if (!capan_parse_hold(p, part, HEAD_MAX))
        capan_parse_cut_head(p, p->held_len ? capan_parse_held(p) : span_cut(part, 0, HEAD_MAX),
                             FINDING(HEAD_TOO_LONG));
    else if (end)
        read_any_head(p, capan_parse_held(p));
    return part.len;
}

size_t capan_parse_search(struct capan_parser *p, struct capan_span octets) {
    const uint8_t *lf = memchr(octets.at, '\n', octets.len);
    struct capan_span line = span_cut(octets, 0, lf ? (size_t)(lf - octets.at) + 1 : octets.len);
    if (lf && !p->held_len) {
        size_t at = capan_start_line_find(capan_line(line), (enum capan_start)p->kind);
        capan_parse_pass_over(p, at == SIZE_MAX ? line.len : at);
        if (at == SIZE_MAX) return line.len;
        capan_parse_close(p, p->offset + at, false, CAPAN_STOP_NONE);
        capan_parse_begin(p, p->offset + at);
        return at;
    }
    if (!capan_parse_hold(p, line, SEARCH_LINE_MAX)) {
        capan_parse_pass_over(p, p->held_len + line.len);
        capan_parse_release(p);
    } else if (lf) {
        search_held(p);
    }
    return line.len;
}
