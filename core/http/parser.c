/* SPDX-License-Identifier: MIT */
#include "parser.h"

#include "alloc.h"
#include "bytes.h"
#include "trailer.h"

#define FINDING(name) (UINT32_C(1) << CAPAN_FRAMING_##name)
#define CUT           (FINDING(HEAD_CUT) | FINDING(HEAD_TOO_LONG)) /* not all fields are known, nor where the head ends */

enum {
    HEAD_MAX = 65536,
    SEARCH_LINE_MAX = 8192,
    BEGINNING_MAX = 32, /* so much of a first line is looked at before its end is there */
    PEEK_MAX = 16,
    FIELDS_ON_STACK = 64
};

void capan_parser_init(struct capan_parser *p, const struct capan_alloc *alloc, const struct capan_parser_sink *sink,
                       void *context, uint64_t seed) {
    *p = (struct capan_parser){.alloc = alloc, .sink = sink, .context = context, .seed = seed};
}

static void release(struct capan_parser *p) {
    capan_delete(p->alloc, p->held, p->held_size);
    p->held = NULL;
    p->held_len = p->held_size = 0;
}

void capan_parser_free(struct capan_parser *p) {
    release(p);
}

static struct capan_span held(const struct capan_parser *p) {
    return (struct capan_span){p->held, p->held_len};
}

/* Keeps the octets in hand. False: no memory, or more than limit. */
static bool hold(struct capan_parser *p, struct capan_span octets, size_t limit) {
    void *items = p->held;
    if (p->held_len > limit || octets.len > limit - p->held_len) return false;
    if (capan_reserve(p->alloc, &items, &p->held_size, p->held_len + octets.len, 1) != CAPAN_OK) return false;
    p->held = items;
    if (!p->held_len) p->held_at = p->offset;
    memcpy(p->held + p->held_len, octets.at, octets.len);
    p->held_len += octets.len;
    return true;
}

static void begin_message(struct capan_parser *p, uint64_t start) {
    p->start = start;
    p->extent = (struct capan_http_extent){
        .first_frame = p->frame, .last_frame = p->frame, .first_ns = p->time_ns, .last_ns = p->time_ns};
    p->whole = true;
    p->is_304 = p->body_after_304 = p->cut = false;
    p->line_len = 0;
    p->line_cr = false;
    p->state = CAPAN_PARSER_START_LINE;
}

/* Octets that waited behind a hole come with their own frame, which may be an earlier one than the last. */
static void touch(struct capan_parser *p) {
    if (p->frame > p->extent.last_frame) p->extent.last_frame = p->frame;
    p->extent.last_ns = max_i64(p->extent.last_ns, p->time_ns);
}

/* The open message's octets end at that offset. */
static void close_message(struct capan_parser *p, uint64_t end, bool complete, enum capan_stop stop) {
    if (!p->open) return;
    p->open = false;
    p->extent.wire_len = end - p->start;
    p->extent.complete = complete;
    struct capan_message_end over = {.extent = p->extent,
                                     .stop = stop,
                                     .framing = p->framing,
                                     .body_after_304 = p->body_after_304,
                                     .digest_known = complete && p->whole,
                                     .digest = capan_digest_value(&p->digest)};
    p->framing = 0;
    p->sink->end(p->context, &over);
}

static void finish_message(struct capan_parser *p, uint64_t end, bool complete) {
    p->state = CAPAN_PARSER_START;
    close_message(p, end, complete, CAPAN_STOP_NONE);
}

/* What comes next is not known to be a head, or a body that can be followed. */
static void lose_track(struct capan_parser *p, bool at_head) {
    p->state = CAPAN_PARSER_SEARCH;
    p->whole = false;
    p->sink->lost(p->context, at_head);
}

static void add_body(struct capan_parser *p, struct capan_span content) {
    if (!content.len) return;
    if (p->sink->content) p->sink->content(p->context, p->extent.body_len + p->extent.body_missing, content);
    p->extent.body_len += content.len;
    capan_digest_add(&p->digest, content);
    touch(p);
}

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

static void hand_out(struct capan_parser *p, struct capan_message *message, size_t head_len) {
    uint64_t end = p->start + head_len;
    p->found |= message->start != CAPAN_START_SIMPLE;
    p->kind = message->start == CAPAN_START_RESPONSE ? CAPAN_START_RESPONSE : CAPAN_START_REQUEST;
    p->is_304 = message->status == 304;
    p->extent.head_len = p->extent.wire_len = head_len;
    touch(p);
    message->framing |= p->framing;
    p->framing = 0;
    struct capan_asked asked = p->sink->head(p->context, message, &p->extent, p->start);
    struct capan_framing framing = capan_framing_of(message, asked);
    p->open = message->status / 100 != 1 || message->status == 101;
    if (p->open) p->framing = framing.findings;
    if (message->framing & CUT && framing.body != CAPAN_BODY_TUNNEL) {
        p->state = CAPAN_PARSER_SEARCH;
        p->whole = false;
        p->cut = true;
        return;
    }
    enter_body(p, asked, &framing);
    if (p->state == CAPAN_PARSER_OVER)
        close_message(p, end, true, CAPAN_STOP_NONE);
    else if (framing.body == CAPAN_BODY_NONE && p->state != CAPAN_PARSER_PEEK)
        finish_message(p, end, true);
    else if (p->state == CAPAN_PARSER_LENGTH && !p->left)
        finish_message(p, end, true);
}

/* Without memory for many fields the first ones are what counts. */
static void read_head(struct capan_parser *p, struct capan_span head) {
    struct capan_http_field few[FIELDS_ON_STACK], *fields = NULL;
    struct capan_message message;
    size_t count = capan_message_read(head, &message, few, FIELDS_ON_STACK);
    if (count > FIELDS_ON_STACK) fields = capan_new(p->alloc, count * sizeof *fields);
    if (fields) capan_message_read(head, &message, fields, count);
    hand_out(p, &message, head.len);
    capan_delete(p->alloc, fields, count * sizeof *fields);
}

/* Folded lines are made one in a copy; without memory for it a value ends at its fold. */
static void read_any_head(struct capan_parser *p, struct capan_span head) {
    if (capan_message_is_folded(head)) {
        p->framing |= FINDING(OBS_FOLD);
        if (p->held_len || hold(p, head, HEAD_MAX)) {
            capan_message_unfold(p->held, p->held_len);
            head = held(p);
        }
    }
    read_head(p, head);
    release(p);
}

/* Empty lines before a start line are passed over (RFC 9112 2.2). */
static size_t at_start(struct capan_parser *p, struct capan_span octets) {
    size_t at = 0;
    while (at < octets.len && (octets.at[at] == '\r' || octets.at[at] == '\n')) at++;
    if (at) p->framing |= FINDING(EMPTY_LINES);
    if (at < octets.len) begin_message(p, p->offset + at);
    return at;
}

static void begin_simple_response(struct capan_parser *p) {
    struct capan_message message = {.start = CAPAN_START_RESPONSE, .version = 9};
    hand_out(p, &message, 0);
    add_body(p, held(p));
    release(p);
}

/* What begins here is no head. */
static void refuse(struct capan_parser *p) {
    p->refused = true;
    if (p->inner) {
        capan_parser_give_up(p);
    } else if (p->kind != CAPAN_START_REQUEST && p->start == 0 && p->sink->simple(p->context)) {
        begin_simple_response(p);
    } else {
        if (p->found) p->framing |= FINDING(STRAY);
        lose_track(p, false);
    }
}

/* A request line without a version: the head ends with it (RFC 1945 5.1), and whatever follows is not HTTP/0.9. */
static void take_simple(struct capan_parser *p, struct capan_message *message, size_t len) {
    hand_out(p, message, len);
    release(p);
    p->state = CAPAN_PARSER_SEARCH;
}

static bool is_wanted(const struct capan_parser *p, enum capan_start start) {
    if (start == CAPAN_START_NONE || p->kind == CAPAN_START_NONE) return start != CAPAN_START_NONE;
    return (p->kind == CAPAN_START_RESPONSE) == (start == CAPAN_START_RESPONSE);
}

/* A start line with its end. True: the octets of the line are used up. */
static bool take_start_line(struct capan_parser *p, struct capan_span line) {
    struct capan_message message;
    enum capan_start start = capan_start_line_read(capan_line(line), &message);
    if (!is_wanted(p, start)) {
        refuse(p);
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
    close_message(p, start, false, CAPAN_STOP_NONE);
    begin_message(p, start);
    memmove(p->held, p->held + at, p->held_len - at);
    p->held_len -= at;
    p->held_at = start;
    p->state = CAPAN_PARSER_FIELDS;
}

/* Octets in which no start line was found: of the open body, as far as anyone can tell. */
static void pass_over(struct capan_parser *p, size_t len) {
    p->searched += len;
    if (!p->open || !len) return;
    if (!p->cut) p->extent.body_len += len;
    touch(p);
}

/* What is held is a whole line. */
static void search_held(struct capan_parser *p) {
    size_t at = capan_start_line_find(capan_line(held(p)), (enum capan_start)p->kind);
    pass_over(p, at == SIZE_MAX ? p->held_len : at);
    if (at == SIZE_MAX)
        release(p);
    else
        begin_at_held(p, at);
}

static size_t in_start_line(struct capan_parser *p, struct capan_span octets) {
    const uint8_t *lf = memchr(octets.at, '\n', octets.len);
    struct capan_span line = span_cut(octets, 0, lf ? (size_t)(lf - octets.at) + 1 : octets.len);
    size_t before = p->held_len;
    if (lf && !before) return take_start_line(p, line) ? line.len : 0;
    if (!hold(p, line, HEAD_MAX)) {
        lose_track(p, false);
        return 0;
    }
    if (!lf && before < BEGINNING_MAX && !capan_start_line_begins(held(p))) refuse(p);
    if (lf) take_start_line(p, held(p));
    if (lf && p->state == CAPAN_PARSER_SEARCH && p->held_len) search_held(p);
    return line.len;
}

/* The length up to and with the empty line, 0 when it is not there yet. */
static size_t find_head_end(struct capan_parser *p, struct capan_span octets) {
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

/* A head that is longer than we keep, or that a hole interrupts: its whole lines count, and the next start line is
 * searched for. */
static void cut_head(struct capan_parser *p, struct capan_span head, uint32_t why) {
    while (head.len && head.at[head.len - 1] != '\n') head.len--;
    p->framing |= why;
    read_head(p, head);
    release(p);
}

static size_t in_fields(struct capan_parser *p, struct capan_span octets) {
    size_t end = find_head_end(p, octets);
    struct capan_span part = span_cut(octets, 0, end ? end : octets.len);
    touch(p);
    if (end && !p->held_len && end <= HEAD_MAX)
        read_any_head(p, part);
    else if (!hold(p, part, HEAD_MAX))
        cut_head(p, p->held_len ? held(p) : span_cut(part, 0, HEAD_MAX), FINDING(HEAD_TOO_LONG));
    else if (end)
        read_any_head(p, held(p));
    return part.len;
}

static size_t in_length(struct capan_parser *p, struct capan_span octets) {
    size_t len = (size_t)min_u64(octets.len, p->left);
    add_body(p, span_cut(octets, 0, len));
    p->left -= len;
    if (!p->left) finish_message(p, p->offset + len, true);
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

static size_t in_trailers(struct capan_parser *p, struct capan_span octets) {
    size_t end = find_head_end(p, octets);
    struct capan_span part = span_cut(octets, 0, end ? end : octets.len);
    touch(p);
    if (end && !p->held_len) {
        read_trailers(p, part);
    } else if (!hold(p, part, HEAD_MAX)) {
        p->framing |= FINDING(CHUNK_MALFORMED);
        release(p);
        lose_track(p, false);
        return part.len;
    } else if (end) {
        read_trailers(p, held(p));
    }
    if (!end) return part.len;
    release(p);
    finish_message(p, p->offset + part.len, true);
    return part.len;
}

static size_t in_chunked(struct capan_parser *p, struct capan_span octets) {
    struct capan_span content;
    size_t len = capan_chunked_read(&p->chunked, octets, &content);
    add_body(p, content);
    if (len) touch(p);
    p->framing |= p->chunked.findings;
    if (p->chunked.state == CAPAN_CHUNKED_DONE) begin_trailers(p);
    if (p->chunked.state == CAPAN_CHUNKED_BROKEN) lose_track(p, false);
    return len;
}

static size_t until_close(struct capan_parser *p, struct capan_span octets) {
    add_body(p, octets);
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
    release(p);
    p->offset -= len;
    capan_parser_octets(p, (struct capan_span){again, len}, p->frame, p->time_ns);
}

static size_t in_peek(struct capan_parser *p, struct capan_span octets) {
    bool undecided;
    bool next = next_message_begins(p, octets, &undecided);
    if (!next && undecided && hold(p, octets, PEEK_MAX)) return octets.len;
    if (next) {
        p->whole = false;
        finish_message(p, p->offset - p->held_len, true);
    } else {
        p->state = p->after_peek;
        p->body_after_304 = p->is_304;
    }
    read_held_again(p);
    return 0;
}

static size_t in_search(struct capan_parser *p, struct capan_span octets) {
    const uint8_t *lf = memchr(octets.at, '\n', octets.len);
    struct capan_span line = span_cut(octets, 0, lf ? (size_t)(lf - octets.at) + 1 : octets.len);
    if (lf && !p->held_len) {
        size_t at = capan_start_line_find(capan_line(line), (enum capan_start)p->kind);
        pass_over(p, at == SIZE_MAX ? line.len : at);
        if (at == SIZE_MAX) return line.len;
        close_message(p, p->offset + at, false, CAPAN_STOP_NONE);
        begin_message(p, p->offset + at);
        return at;
    }
    if (!hold(p, line, SEARCH_LINE_MAX)) {
        pass_over(p, p->held_len + line.len);
        release(p);
    } else if (lf) {
        search_held(p);
    }
    return line.len;
}

static size_t when_over(struct capan_parser *p, struct capan_span octets) {
    (void)p;
    return octets.len;
}

void capan_parser_octets(struct capan_parser *p, struct capan_span octets, uint32_t frame, int64_t time_ns) {
    static size_t (*const steps[])(struct capan_parser *, struct capan_span) = {
        [CAPAN_PARSER_START] = at_start,       [CAPAN_PARSER_START_LINE] = in_start_line,
        [CAPAN_PARSER_FIELDS] = in_fields,     [CAPAN_PARSER_PEEK] = in_peek,
        [CAPAN_PARSER_LENGTH] = in_length,     [CAPAN_PARSER_CHUNKED] = in_chunked,
        [CAPAN_PARSER_TRAILERS] = in_trailers, [CAPAN_PARSER_UNTIL_CLOSE] = until_close,
        [CAPAN_PARSER_SEARCH] = in_search,     [CAPAN_PARSER_OVER] = when_over,
    };
    p->frame = frame;
    p->time_ns = time_ns;
    while (octets.len) {
        size_t len = steps[p->state](p, octets);
        p->offset += len;
        octets = span_cut(octets, len, SIZE_MAX);
    }
}

/* The octets of the hole that belong to the body are known by number; behind its end a head may be lost. */
static void gap_in_length(struct capan_parser *p, uint64_t len) {
    uint64_t inside = min_u64(len, p->left);
    p->extent.body_missing += inside;
    p->left -= inside;
    if (!p->left) finish_message(p, p->offset + inside, false);
    if (inside < len) lose_track(p, true);
}

static void gap_in_chunked(struct capan_parser *p, uint64_t len) {
    uint64_t inside = p->chunked.state == CAPAN_CHUNKED_DATA ? min_u64(len, p->chunked.left) : 0;
    p->extent.body_missing += inside;
    if (!capan_chunked_gap(&p->chunked, len)) lose_track(p, false);
}

/* A hole follows the octets held, perhaps inside a start line: a status, or a registered method and the beginning of
 * its target, is worth telling. */
static bool take_cut_start_line(struct capan_parser *p) {
    struct capan_message message;
    if (!p->held_len || !capan_start_line_begun(held(p), &message) || !is_wanted(p, message.start)) return false;
    close_message(p, p->held_at, false, CAPAN_STOP_NONE);
    begin_message(p, p->held_at);
    message.framing |= FINDING(HEAD_CUT);
    hand_out(p, &message, 0);
    return true;
}

static void gap_in_line(struct capan_parser *p, uint64_t len) {
    bool begun = take_cut_start_line(p), at_head = !begun && p->state == CAPAN_PARSER_START_LINE;
    if (!begun && p->state == CAPAN_PARSER_SEARCH) {
        pass_over(p, p->held_len);
        if (p->open && !p->cut) p->extent.body_missing += len;
    }
    release(p);
    if (p->state != CAPAN_PARSER_OVER) lose_track(p, at_head);
}

/* Behind a 304 nothing belongs: what is missing is of the next messages. */
static void leave_peek(struct capan_parser *p) {
    release(p);
    if (p->is_304)
        finish_message(p, p->offset, true);
    else
        p->state = p->after_peek;
}

void capan_parser_gap(struct capan_parser *p, uint64_t len) {
    p->whole = false;
    if (p->state == CAPAN_PARSER_PEEK) leave_peek(p);
    if (len == 0 && p->state != CAPAN_PARSER_OVER) {
        release(p);
        lose_track(p, false);
    }
    switch ((enum capan_parser_state)p->state) {
    case CAPAN_PARSER_LENGTH: gap_in_length(p, len); break;
    case CAPAN_PARSER_CHUNKED: gap_in_chunked(p, len); break;
    case CAPAN_PARSER_TRAILERS:
        release(p);
        lose_track(p, false);
        break;
    case CAPAN_PARSER_UNTIL_CLOSE: p->extent.body_missing += len; break;
    case CAPAN_PARSER_START_LINE:
    case CAPAN_PARSER_SEARCH: gap_in_line(p, len); break;
    case CAPAN_PARSER_OVER: break;
    case CAPAN_PARSER_FIELDS:
        cut_head(p, held(p), FINDING(HEAD_CUT));
        p->sink->lost(p->context, false);
        break;
    case CAPAN_PARSER_START:
    case CAPAN_PARSER_PEEK:
        release(p);
        lose_track(p, true);
        break;
    }
    p->offset += len;
}

void capan_parser_stop(struct capan_parser *p, enum capan_stop stop) {
    bool ends_body = p->state == CAPAN_PARSER_UNTIL_CLOSE && stop == CAPAN_STOP_CLOSED;
    if (p->state == CAPAN_PARSER_PEEK && p->is_304) finish_message(p, p->offset - p->held_len, true);
    close_message(p, p->offset, ends_body, ends_body ? CAPAN_STOP_NONE : stop);
    capan_parser_give_up(p);
}

void capan_parser_settle(struct capan_parser *p) {
    if (p->state == CAPAN_PARSER_SEARCH) close_message(p, p->offset, false, CAPAN_STOP_NONE);
    if (p->state == CAPAN_PARSER_PEEK && !p->held_len) finish_message(p, p->offset, true);
}

void capan_parser_expect_no_body(struct capan_parser *p) {
    bool begun = p->extent.body_len || p->extent.body_missing || p->chunked.line_len;
    if (!p->open || begun || (p->state != CAPAN_PARSER_LENGTH && p->state != CAPAN_PARSER_CHUNKED)) return;
    p->after_peek = p->state;
    p->state = CAPAN_PARSER_PEEK;
}

void capan_parser_give_up(struct capan_parser *p) {
    release(p);
    p->state = CAPAN_PARSER_OVER;
}

void capan_parser_begin_inner(struct capan_parser *p) {
    release(p);
    p->state = CAPAN_PARSER_START;
    p->kind = CAPAN_START_NONE;
    p->found = p->refused = false;
    p->inner = true;
}
