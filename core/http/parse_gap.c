/* SPDX-License-Identifier: MIT */
#include "parse.h"

#include "bytes.h"
#include "parser.h"

/* The octets of the hole that belong to the body are known by number; behind its end a head may be lost. */
static void gap_in_length(struct capan_parser *p, uint64_t len) {
    uint64_t inside = min_u64(len, p->left);
    p->extent.body_missing += inside;
    p->left -= inside;
    if (!p->left) capan_parse_finish(p, p->offset + inside, false);
    if (inside < len) capan_parse_lose(p, true);
}

static void gap_in_chunked(struct capan_parser *p, uint64_t len) {
    uint64_t inside = p->chunked.state == CAPAN_CHUNKED_DATA ? min_u64(len, p->chunked.left) : 0;
    p->extent.body_missing += inside;
    if (!capan_chunked_gap(&p->chunked, len)) capan_parse_lose(p, false);
}

/* A hole follows the octets held, perhaps inside a start line: a status, or a registered method and the beginning of
 * its target, is worth telling; where one belongs, also that it is a
 * response. */
static bool take_cut_start_line(struct capan_parser *p) {
    struct capan_message message;
    if (!p->held_len || !capan_start_line_begun(capan_parse_held(p), &message) ||
        !capan_parse_is_wanted(p, message.start))
        return false;
    bool is_told = message.status || message.start == CAPAN_START_REQUEST;
    bool belongs = p->state == CAPAN_PARSER_START_LINE || p->held_at == p->resumed;
    if (!is_told && !belongs) return false;
    capan_parse_close(p, p->held_at, false, CAPAN_STOP_NONE);
    capan_parse_begin(p, p->held_at);
    message.framing |= FINDING(HEAD_CUT);
    capan_parse_hand_out(p, &message, 0);
    return true;
}

static void gap_in_line(struct capan_parser *p, uint64_t len) {
    bool begun = take_cut_start_line(p), at_head = !begun && p->state == CAPAN_PARSER_START_LINE;
    if (!begun && p->state == CAPAN_PARSER_SEARCH) {
        capan_parse_pass_over(p, p->held_len);
        if (p->open && !p->cut) p->extent.body_missing += len;
    }
    capan_parse_release(p);
    if (p->state != CAPAN_PARSER_OVER) capan_parse_lose(p, at_head);
}

/* Behind a 304 nothing belongs: what is missing is of the next messages. */
static void leave_peek(struct capan_parser *p) {
    capan_parse_release(p);
    if (p->is_304)
        capan_parse_finish(p, p->offset, true);
    else
        p->state = p->after_peek;
}

void capan_parser_gap(struct capan_parser *p, uint64_t len) {
    p->whole = false;
    if (p->state == CAPAN_PARSER_PEEK) leave_peek(p);
    if (len == 0 && p->state != CAPAN_PARSER_OVER) {
        capan_parse_release(p);
        capan_parse_lose(p, false);
    }
    switch ((enum capan_parser_state)p->state) {
    case CAPAN_PARSER_LENGTH: gap_in_length(p, len); break;
    case CAPAN_PARSER_CHUNKED: gap_in_chunked(p, len); break;
    case CAPAN_PARSER_TRAILERS:
        capan_parse_release(p);
        capan_parse_lose(p, false);
        break;
    case CAPAN_PARSER_UNTIL_CLOSE: p->extent.body_missing += len; break;
    case CAPAN_PARSER_START_LINE:
    case CAPAN_PARSER_SEARCH: gap_in_line(p, len); break;
    case CAPAN_PARSER_OVER: break;
    case CAPAN_PARSER_FIELDS:
        capan_parse_cut_head(p, capan_parse_held(p), FINDING(HEAD_CUT));
        p->sink->lost(p->context, false);
        break;
    case CAPAN_PARSER_START:
    case CAPAN_PARSER_PEEK:
        capan_parse_release(p);
        capan_parse_lose(p, true);
        break;
    }
    p->offset += len;
    p->resumed = p->offset;
}
