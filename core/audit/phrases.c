/* SPDX-License-Identifier: MIT */
/* Quantities in words: "a 411-byte response header", "has received 1831 bytes". */
#include "quantity.h"

/* The first row that fits a number has it. weak: what does not fit says nothing, since the words may mean another. */
static const struct phrase {
    const char *pattern;
    enum capan_claim_what what;
    bool weak;
} phrases[] = {
    {"next sequence ?number|numbers ?analyzed ?: ?= ?is {n}", CAPAN_CLAIM_NEXT_SEQ, false},
    {"maximum|largest|max *3 {n} byte|bytes|octets of ?tcp data|payload", CAPAN_CLAIM_LARGEST, false},
    {"never *8 more than {n} byte|bytes|octets", CAPAN_CLAIM_LARGEST, false},
    {"maximum|largest|most|max *3 {n} -|byte|bytes|octets", CAPAN_CLAIM_LARGEST, true},
    {"mss *6 {n}", CAPAN_CLAIM_MSS, false},
    {"maximum segment size *5 {n}", CAPAN_CLAIM_MSS, false},
    {"window scale|scaling ?factor ?option *2 {n}", CAPAN_CLAIM_SCALE, false},
    {"window ?size ?of|is|=|: {n}", CAPAN_CLAIM_WINDOW, false},
    {"{n} ?- byte|bytes|octet|octets ?long *3 header|headers", CAPAN_CLAIM_HEADER_LENGTH, false},
    {"header|headers ?section *2 of|is|has {n} ?- byte|bytes|octet|octets", CAPAN_CLAIM_HEADER_LENGTH, false},
    {"remaining|last|rest|other|further|missing {n} byte|bytes|octets", CAPAN_CLAIM_OCTETS, false},
    {"has|have|had ?already sent|transmitted {n} byte|bytes|octets", CAPAN_CLAIM_SENT, false},
    {"has|have|had ?already received|got|acknowledged {n} byte|bytes|octets", CAPAN_CLAIM_RECEIVED, false},
    {"payload|data ?of|is|has|: {n} ?byte|bytes|octets", CAPAN_CLAIM_PAYLOAD, false},
    {"{n} byte|bytes|octets of ?tcp payload", CAPAN_CLAIM_PAYLOAD, false},
    {"frame|packet|it is|was|has|of {n} byte|bytes|octets ?long ?in ?total", CAPAN_CLAIM_OCTETS, false},
    {"{f} *2 {n} byte|bytes|octets on ?the wire", CAPAN_CLAIM_FRAME_LENGTH, false},
    {"{n} byte|bytes|octets *2 on the wire", CAPAN_CLAIM_FRAME_LENGTH, false},
    {"total of {n} byte|bytes|octets", CAPAN_CLAIM_OCTETS, false},
    {"length ?of|is|=|: ?= {n} ?byte|bytes|octets", CAPAN_CLAIM_OCTETS, false},
    {"carries|carrying|with|contains|holds|acknowledges|brings {n} byte|bytes|octets", CAPAN_CLAIM_OCTETS, false},
    {"{n} byte|bytes|octets", CAPAN_CLAIM_OCTETS, true},
};

static size_t number_of(const struct reader *reader, const struct match *match) {
    for (size_t i = 0; i < match->count; i++)
        if (reader_token(reader, match->caught[i])->type == TOKEN_NUMBER) return match->caught[i];
    return 0;
}

/* "a window of 10 packets", "20 bytes of TCP": not the octets of a segment. */
static bool is_of_another_unit(const struct reader *reader, size_t number) {
    static const char *const of_data = "byte|bytes|octets of tcp data|payload";
    struct match match;
    if (capan_pattern_at(of_data, reader->tokens.at, number + 1, reader->end, &match)) return false;
    return capan_pattern_at("packets|packet|segments|segment|frames|mss|ms|s|seconds|times|%", reader->tokens.at,
                            number + 1, reader->end, &match) ||
           capan_pattern_at(
               "byte|bytes|octets of ethernet|link|ip|ipv4|ipv6|tcp|udp|vlan|header|headers|options|padding",
               reader->tokens.at, number + 1, reader->end, &match);
}

static void read_phrase(struct reader *reader, const struct phrase *phrase) {
    struct match match;
    for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
        if (!capan_pattern_find(phrase->pattern, reader->tokens.at, at, reader->end, &match)) return;
        const size_t number = number_of(reader, &match);
        if (reader_token(reader, number)->taken || is_of_another_unit(reader, number)) continue;
        const struct asked asked = {
            .what = phrase->what, .from = number, .to = number + 1, .number = number, .weak = phrase->weak};
        capan_judge_number(reader, &asked);
    }
}

/* --- bodies that several segments carry ------------------------------------------------------------------------- */

/* Octets of the message's body in a segment. */
static uint64_t body_in(const struct facts *facts, const struct fact_frame *frame) {
    bool response;
    const struct capan_exchange *exchange = capan_facts_exchange(facts, frame, &response);
    if (!exchange) return 0;
    const struct capan_http_extent *extent = response ? &exchange->response : &exchange->request;
    const struct fact_frame *first = capan_facts_frame(facts, extent->first_frame);
    if (!first || !first->tcp) return 0;
    const int64_t from = frame->segment.seq, body = first->segment.seq + (int64_t)extent->head_len,
                  to = min_i64(from + frame->segment.len, first->segment.seq + (int64_t)extent->wire_len);
    return to > max_i64(from, body) ? (uint64_t)(to - max_i64(from, body)) : 0;
}

/* "2,139 bytes of response content (#7, #9)": together, or as the message has them. */
static bool read_body(struct reader *reader, const char *pattern) {
    struct match match;
    struct subjects subjects;
    if (!capan_pattern_find(pattern, reader->tokens.at, reader->begin, reader->end, &match)) return false;
    const size_t number = number_of(reader, &match);
    if (reader_token(reader, number)->taken) return false;
    const struct asked asked = {.what = CAPAN_CLAIM_BODY_LENGTH, .from = number, .to = number + 1, .number = number};
    capan_subjects(reader, number, &subjects);
    if (subjects.count < 2) {
        capan_judge_number(reader, &asked);
        return true;
    }
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    struct sentence value = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    uint64_t sum = 0;
    for (size_t i = 0; i < subjects.count; i++) {
        const struct fact_frame *frame = capan_facts_frame(reader->facts, subjects.frames[i]);
        const uint64_t part = frame && frame->tcp ? body_in(reader->facts, frame) : 0;
        sum += part;
        capan_say(&why, "%s%llu in #%u", i ? " + " : "", (unsigned long long)part, subjects.frames[i]);
        capan_judged_frame(&judged, subjects.frames[i]);
    }
    capan_say(&why, " = %llu", (unsigned long long)sum);
    if (sum != reader_token(reader, number)->value)
        judged.verdict = CAPAN_CLAIM_REFUTED, capan_say(&value, "%llu", (unsigned long long)sum);
    else
        judged.why[0] = 0;
    capan_claim(reader, CAPAN_CLAIM_BODY_LENGTH, number, number + 1, &judged);
    return true;
}

static void read_bodies(struct reader *reader) {
    if (!read_body(reader, "{n} ?- byte|bytes|octet|octets *3 content|body|entity"))
        read_body(reader, "content|body|entity ?of|is|has|: {n} ?byte|bytes|octets");
}

/* --- ports and versions ----------------------------------------------------------------------------------------- */

/* RFC 9110 4.2.1: the default port of http. */
static bool read_default_port(struct reader *reader) {
    struct match match;
    if (!capan_pattern_find("default *3 port ?is|number {n}", reader->tokens.at, reader->begin, reader->end, &match))
        return false;
    bool http = false;
    for (size_t i = reader->begin; i < match.from; i++) http |= token_is_word(reader_token(reader, i), "http");
    const size_t number = match.caught[0];
    if (!http || reader_token(reader, number)->value == 443) return false;
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED, .source = "RFC 9110 4.2.1"};
    if (reader_token(reader, number)->value != 80) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        strcpy(judged.right, "80");
        strcpy(judged.why, "the default port of http is 80");
    }
    capan_claim(reader, CAPAN_CLAIM_PORT, number, number + 1, &judged);
    return true;
}

/* A port by itself is of the capture, or not; said of a frame, it is one of its ends'. */
static void read_ports(struct reader *reader) {
    static const char *const patterns[] = {"port ?number ?is|:|= {n}", "tcp {n} )",
                                           "c|s|client|server|browser ?' :  {n}"};
    struct match match;
    read_default_port(reader);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
            if (!capan_pattern_find(patterns[i], reader->tokens.at, at, reader->end, &match)) break;
            const size_t number = match.caught[0];
            if (reader_token(reader, number)->taken) continue;
            const struct asked asked = {.what = CAPAN_CLAIM_PORT, .from = number, .to = number + 1, .number = number};
            capan_judge_number(reader, &asked);
        }
}

static void read_versions(struct reader *reader) {
    struct match match;
    bool http = false;
    const char *pattern = "version ?number *2 is|: {n}";
    if (!capan_pattern_find(pattern, reader->tokens.at, reader->begin, reader->end, &match)) return;
    for (size_t i = reader->begin; i < match.from; i++)
        http |= token_is_word(reader_token(reader, i), "http") || reader_token(reader, i)->type == TOKEN_VERSION;
    const size_t at = match.caught[0];
    const struct token *number = reader_token(reader, at);
    unsigned seen = 0;
    for (size_t i = 0; i < reader->facts->exchange_count && !seen; i++)
        seen = reader->facts->exchanges[i]->request_version;
    if (!http || number->decimals != 1 || number->taken || !seen) return;
    struct judged judged = {.verdict = number->value == seen ? CAPAN_CLAIM_CONFIRMED : CAPAN_CLAIM_REFUTED};
    if (number->value != seen) {
        struct sentence value = sentence_in(judged.right, sizeof judged.right);
        capan_say(&value, "%u.%u", seen / 10, seen % 10);
        strcpy(judged.why, "the requests of the capture have another version");
    }
    capan_claim(reader, CAPAN_CLAIM_VERSION, at, at + 1, &judged);
}

void capan_read_phrases(struct reader *reader) {
    read_bodies(reader);
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) read_phrase(reader, &phrases[i]);
    read_ports(reader);
    read_versions(reader);
}
