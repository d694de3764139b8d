/* SPDX-License-Identifier: MIT */
/* Start lines and field lines: "GET /a HTTP/1.1", "304 Not Modified", "Content-Length: 2139". */
#include "quantity.h"

enum { LOOKED_MAX = 1 << 16 /* exchanges, for one claim */ };

static const char methods[] = "get|head|post|put|delete|options|patch|connect|trace";

/* X: status, its reason phrase as a pattern (RFC 9110 15). */
static const struct {
    uint16_t status;
    const char *reason;
} reasons[] = {
    {100, "continue"},
    {200, "ok"},
    {201, "created"},
    {202, "accepted"},
    {204, "no content"},
    {206, "partial content"},
    {301, "moved permanently"},
    {302, "found"},
    {303, "see other"},
    {304, "not modified"},
    {307, "temporary redirect"},
    {308, "permanent redirect"},
    {400, "bad request"},
    {401, "unauthorized"},
    {403, "forbidden"},
    {404, "not found"},
    {405, "method not allowed"},
    {409, "conflict"},
    {410, "gone"},
    {412, "precondition failed"},
    {416, "range not satisfiable"},
    {500, "internal server error"},
    {502, "bad gateway"},
    {503, "service unavailable"},
    {504, "gateway timeout"},
};

/* The status whose phrase stands at the token, and the token behind; 0 none. */
static unsigned reason_at(const struct reader *reader, size_t at, size_t to, size_t *behind) {
    struct match match;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (!capan_pattern_at(reasons[i].reason, reader->tokens.at, at, to, &match)) continue;
        *behind = match.to;
        return reasons[i].status;
    }
    return 0;
}

/* The exchange that the token's words are about: of that frame, else of those that the sentence names. NULL: none. */
static const struct capan_exchange *exchange_of(const struct reader *reader, size_t at, uint32_t frame,
                                                enum binding *binding, bool *response) {
    struct subjects subjects = {.binding = BOUND_BEFORE, .frames = {frame}, .count = 1};
    if (!frame) capan_subjects(reader, at, &subjects);
    *binding = subjects.binding;
    for (size_t i = 0; i < subjects.count; i++) {
        const struct fact_frame *own = capan_facts_frame(reader->facts, subjects.frames[i]);
        const struct capan_exchange *exchange = own ? capan_facts_exchange(reader->facts, own, response) : NULL;
        if (exchange) return exchange;
    }
    return NULL;
}

static void say_span(char *to, size_t size, struct capan_span span) {
    struct sentence sentence = sentence_in(to, size);
    capan_say_octets(&sentence, span, size - 4);
}

static bool same_letters(struct capan_span a, struct capan_span b) {
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (token_lower(a.at[i]) != token_lower(b.at[i])) return false;
    return a.len == b.len;
}

/* The text's target, which people cut short at what ends a sentence, or Wireshark's at what is no target. */
static bool same_target(struct capan_span own, struct capan_span said) {
    return same_letters(own, said) ||
           (said.len && said.len < own.len && same_letters(span_cut(own, 0, said.len), said) &&
            strchr(".,;:!?|`<>{}^\\\"", own.at[said.len]));
}

static uint32_t any_frame(const struct capan_exchange *exchange) {
    return exchange->request.last_frame ? exchange->request.last_frame : exchange->response.last_frame;
}

/* --- requests --------------------------------------------------------------------------------------------------- */

static struct capan_span path_of(struct capan_span target) {
    size_t len = 0;
    while (len < target.len && target.at[len] != '?') len++;
    return span_cut(target, 0, len);
}

/* The exchange with that method and target; near: else one whose path is the same. method empty: any. */
static const struct capan_exchange *find_request(const struct facts *facts, struct capan_span method,
                                                 struct capan_span target, bool near) {
    for (size_t i = 0; i < facts->exchange_count && i < LOOKED_MAX; i++) {
        const struct capan_exchange *exchange = facts->exchanges[i];
        const bool fits =
            near ? same_letters(path_of(exchange->target), path_of(target)) : same_letters(exchange->target, target);
        if (fits && (!method.len || same_letters(method, exchange->method))) return exchange;
    }
    return NULL;
}

static void judge_request(struct reader *reader, size_t from, size_t to, struct capan_span method,
                          struct capan_span target, const struct capan_exchange *own) {
    const struct capan_exchange *found = own ? own : find_request(reader->facts, method, target, false);
    const bool right =
        found && same_letters(found->target, target) && (!method.len || same_letters(found->method, method));
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    if (!found) found = find_request(reader->facts, method, target, true);
    if (!found) {
        capan_claim_absent(reader, CAPAN_CLAIM_REQUEST, from, to, "no request of the capture has that target");
        return;
    }
    capan_judged_frame(&judged, any_frame(found));
    if (!right) {
        struct sentence value = sentence_in(judged.right, sizeof judged.right);
        judged.verdict = CAPAN_CLAIM_REFUTED;
        capan_say_octets(&value, found->method, 16);
        capan_say(&value, " ");
        capan_say_octets(&value, found->target, 100);
        struct sentence why = sentence_in(judged.why, sizeof judged.why);
        capan_say(&why, "#%u: %s", any_frame(found), judged.right);
    }
    capan_claim(reader, CAPAN_CLAIM_REQUEST, from, to, &judged);
}

static struct capan_span span_between(const char *from, const char *to) {
    return (struct capan_span){(const uint8_t *)from, (size_t)(to - from)};
}

/* "http://www.example.org/a": the authority, and the target behind it. */
static void judge_url(struct reader *reader, size_t at) {
    const struct capan_span url = reader_token(reader, at)->text;
    const char *start = memchr(url.at, ':', url.len), *end = (const char *)url.at + url.len;
    const char *host = start + 3, *slash = host < end ? memchr(host, '/', (size_t)(end - host)) : NULL;
    if (!slash) return;
    const struct capan_span target = span_between(slash, end), none = {NULL, 0};
    const struct capan_exchange *near = find_request(reader->facts, none, target, true);
    if (!near || !same_letters(near->authority, span_between(host, slash)))
        capan_claim_absent(reader, CAPAN_CLAIM_REQUEST, at, at + 1, "the capture has no request for it");
    else
        judge_request(reader, at, at + 1, none, target, NULL);
}

/* A frame may carry several messages: one of them that fits, else the one that is given. */
static const struct capan_exchange *fitting(const struct facts *facts, const struct capan_exchange *own,
                                            struct capan_span method, struct capan_span target) {
    for (size_t i = 0; own && i < facts->exchange_count && i < LOOKED_MAX; i++) {
        const struct capan_exchange *other = facts->exchanges[i];
        if (other->stream == own->stream && other->request.first_frame <= own->request.last_frame &&
            own->request.first_frame <= other->request.last_frame && same_letters(method, other->method) &&
            same_target(other->target, target))
            return other;
    }
    return own;
}

/* Only what names frames of a request is about that request: a frame of a response may be told with its request's
 * target. */
static const struct capan_exchange *requested_in(const struct reader *reader, size_t at, uint32_t frame) {
    enum binding binding;
    bool response = true;
    const struct capan_exchange *exchange = exchange_of(reader, at, frame, &binding, &response);
    return binding >= BOUND_AFTER && !response ? exchange : NULL;
}

/* --- versions and statuses -------------------------------------------------------------------------------------- */

/* The first that a request of the capture has; 0 none. */
static unsigned any_version(const struct facts *facts) {
    for (size_t i = 0; i < facts->exchange_count && i < LOOKED_MAX; i++)
        if (facts->exchanges[i]->request_version) return facts->exchanges[i]->request_version;
    return 0;
}

static bool has_version(const struct facts *facts, uint64_t version) {
    for (size_t i = 0; i < facts->exchange_count && i < LOOKED_MAX; i++)
        if (facts->exchanges[i]->request_version == version || facts->exchanges[i]->response_version == version)
            return true;
    return false;
}

static void judge_version(struct reader *reader, size_t at, const struct capan_exchange *own, bool response) {
    const struct token *token = reader_token(reader, at);
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    unsigned version = own ? (response ? own->response_version : own->request_version) : 0;
    if (!version && token->value == TOKEN_NO_VERSION) version = any_version(reader->facts);
    if (version ? version == token->value || (own && own->request_version == token->value) || version == 20
                : has_version(reader->facts, token->value)) {
        capan_claim(reader, CAPAN_CLAIM_VERSION, at, at + 1, &judged);
        return;
    }
    if (!version) {
        capan_claim_absent(reader, CAPAN_CLAIM_VERSION, at, at + 1, "no message of the capture has it");
        return;
    }
    judged.verdict = CAPAN_CLAIM_REFUTED;
    if (own) capan_judged_frame(&judged, response ? own->response.last_frame : own->request.last_frame);
    struct sentence right = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    capan_say(&right, "HTTP/%u.%u", version / 10, version % 10);
    capan_say(&why, "it says %s", judged.right);
    capan_claim(reader, CAPAN_CLAIM_VERSION, at, at + 1, &judged);
}

static const struct capan_exchange *with_status(const struct facts *facts, uint64_t status) {
    for (size_t i = 0; i < facts->exchange_count && i < LOOKED_MAX; i++)
        if (facts->exchanges[i]->status == status) return facts->exchanges[i];
    return NULL;
}

static void refute_status(struct reader *reader, size_t from, size_t to, unsigned right, const char *why,
                          const char *source, uint32_t frame) {
    struct judged judged = {.verdict = CAPAN_CLAIM_REFUTED, .source = source};
    struct sentence value = sentence_in(judged.right, sizeof judged.right),
                    words = sentence_in(judged.why, sizeof judged.why);
    capan_say(&value, "%u", right);
    sentence_text(&words, why);
    capan_judged_frame(&judged, frame);
    capan_claim(reader, CAPAN_CLAIM_STATUS, from, to, &judged);
}

/* Its own status, one of its interim ones, or that of another response in the same frames. */
static bool has_status(const struct facts *facts, const struct capan_exchange *own, uint64_t status) {
    bool has = own->status == status;
    for (unsigned i = 0; i < own->interim_count; i++) has |= own->interim[i] == status;
    for (size_t i = 0; i < facts->exchange_count && i < LOOKED_MAX && !has; i++) {
        const struct capan_exchange *other = facts->exchanges[i];
        has = other->stream == own->stream && other->status == status &&
              other->response.first_frame <= own->response.last_frame &&
              own->response.first_frame <= other->response.last_frame;
    }
    return has || (status == 101 && own->response_version == 20);
}

/* A status, with the one that its reason phrase belongs to, 0 none. */
static void judge_status(struct reader *reader, size_t from, size_t to, uint64_t status, unsigned by_reason,
                         const struct capan_exchange *own) {
    const struct capan_exchange *found = with_status(reader->facts, status);
    if (by_reason && by_reason != status)
        refute_status(reader, from, to, by_reason, "the reason phrase belongs to another status", "RFC 9110 15", 0);
    else if (own && own->status && !has_status(reader->facts, own, status))
        refute_status(reader, from, to, own->status, "the response has another status", NULL, own->response.last_frame);
    else if (found || own)
        capan_claim_confirmed(reader, CAPAN_CLAIM_STATUS, from, to, (own ? own : found)->response.last_frame);
    else
        capan_claim_absent(reader, CAPAN_CLAIM_STATUS, from, to, "no response of the capture has that status");
}

static bool is_status(const struct token *token) {
    return token->type == TOKEN_NUMBER && !token->taken && !token->decimals && token->text.len == 3 &&
           token->value >= 100;
}

/* "HTTP/1.1 OK": a status line has its status between. */
static void judge_missing(struct reader *reader, size_t at, size_t behind, unsigned by_reason,
                          const struct capan_exchange *own) {
    if (own && own->status == by_reason)
        refute_status(reader, at, behind, own->status, "a status line has its status before the reason phrase",
                      "RFC 9112 4", own->response.last_frame);
}

/* "HTTP/1.1 200 OK", "http/304 not modified" at the token. Returns the token behind. */
static size_t read_status_line(struct reader *reader, size_t at, size_t to, uint32_t frame) {
    const bool version = reader_token(reader, at)->type == TOKEN_VERSION;
    size_t i = version ? at + 1 : at, behind = i;
    enum binding binding;
    bool response = false;
    const struct capan_exchange *own = exchange_of(reader, at, frame, &binding, &response);
    if (version && !(i > reader->begin + 1 && reader_token(reader, at - 1)->type == TOKEN_TARGET))
        judge_version(reader, at, binding >= BOUND_AFTER ? own : NULL, response);
    const bool said = i < to && is_status(reader_token(reader, i));
    const unsigned by_reason = reason_at(reader, said ? i + 1 : i, to, &behind);
    if (said && (by_reason || (version && reader_token(reader, i)->value < 600)))
        judge_status(reader, i, by_reason ? behind : i + 1, reader_token(reader, i)->value, by_reason,
                     binding >= BOUND_AFTER ? own : NULL);
    else if (version && by_reason)
        judge_missing(reader, at, behind, by_reason, own);
    return behind > i ? behind : i + (said || !version);
}

void capan_read_start_lines(struct reader *reader, size_t from, size_t to, uint32_t frame) {
    for (size_t at = from; at < to;) {
        const struct token *token = reader_token(reader, at);
        const bool request =
            token_is_word(token, methods) && at + 1 < to && reader_token(reader, at + 1)->type == TOKEN_TARGET;
        if (request) {
            const struct capan_span target = reader_token(reader, at + 1)->text;
            const struct capan_exchange *own =
                fitting(reader->facts, requested_in(reader, at, frame), token->text, target);
            judge_request(reader, at, at + 2, token->text, target, own);
            if (at + 2 < to && reader_token(reader, at + 2)->type == TOKEN_VERSION)
                judge_version(reader, at + 2, own, false);
            at += 2;
        } else if (token->type == TOKEN_URL) {
            judge_url(reader, at++);
        } else if (!token->taken && (token->type == TOKEN_VERSION || is_status(token))) {
            at = read_status_line(reader, at, to, frame);
        } else {
            at++;
        }
    }
}

/* "a 304 response", "status 304", "answered with 304" */
static void read_statuses(struct reader *reader) {
    static const char *const patterns[] = {
        "{n} response|responses|answer|reply|status", "status ?code ?is|:|of|= {n}",
        "answers|answered|returns|returned|replies|replied|responds|responded ?with ?a|an {n}",
        "answer|response|reply is|was ?a|an|the ?http {n}"};
    struct match match;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
            if (!capan_pattern_find(patterns[i], reader->tokens.at, at, reader->end, &match)) break;
            const size_t number = match.caught[0];
            enum binding binding;
            bool response;
            const struct capan_exchange *own = exchange_of(reader, number, 0, &binding, &response);
            if (!is_status(reader_token(reader, number)) || reader_token(reader, number)->value > 599) continue;
            judge_status(reader, number, number + 1, reader_token(reader, number)->value, 0,
                         binding >= BOUND_AFTER ? own : NULL);
        }
}

/* --- field lines ------------------------------------------------------------------------------------------------ */

/* How many octets of text say the value, blanks not counted; 0: it is another one. */
static size_t value_len(struct capan_span text, struct capan_span value) {
    size_t at = 0, own = 0;
    while (own < value.len) {
        while (at < text.len && text.at[at] == ' ') at++;
        while (own < value.len && value.at[own] == ' ') own++;
        if (own == value.len) break;
        if (at == text.len || token_lower(text.at[at]) != token_lower(value.at[own])) break;
        at++, own++;
    }
    const bool ends = at == text.len || !token_is_digit(text.at[at]) || (at && !token_is_digit(text.at[at - 1]));
    if (own == value.len) return ends ? at : 0;
    const bool shortened =
        at && (value.at[own] == ';' || value.at[own] == ',') && (at == text.len || strchr(" \r\n\".)", text.at[at]));
    return shortened ? at : 0;
}

static bool names_field(struct capan_span text, size_t at, struct capan_span name) {
    if (at && (token_is_letter(text.at[at - 1]) || text.at[at - 1] == '-')) return false;
    return same_letters(span_cut(text, at, name.len), name) && at + name.len < text.len &&
           text.at[at + name.len] == ':';
}

/* The tokens that lie in octets [start, end) of the sentence. */
static void tokens_in(const struct reader *reader, const uint8_t *start, const uint8_t *end, size_t *from, size_t *to) {
    *from = reader->begin;
    while (*from < reader->end && reader_token(reader, *from)->text.at + reader_token(reader, *from)->text.len <= start)
        ++*from;
    *to = *from;
    while (*to < reader->end && reader_token(reader, *to)->text.at < end) ++*to;
}

static void judge_field(struct reader *reader, struct capan_span text, size_t at, const struct capan_http_field *field,
                        uint32_t frame) {
    size_t start = at + field->name.len + 1, from, to;
    while (start < text.len && text.at[start] == ' ') start++;
    const struct capan_span said = span_cut(text, start, SIZE_MAX);
    const size_t len = value_len(said, field->value);
    size_t shown = len;
    while (!len && shown < said.len && shown < 60 && !strchr(" \r\n\";", said.at[shown])) shown++;
    struct judged judged = {.verdict = len ? CAPAN_CLAIM_CONFIRMED : CAPAN_CLAIM_REFUTED};
    say_span(judged.said, sizeof judged.said, span_cut(said, 0, shown));
    capan_judged_frame(&judged, frame);
    if (!len) {
        say_span(judged.right, sizeof judged.right, field->value);
        struct sentence why = sentence_in(judged.why, sizeof judged.why);
        capan_say_octets(&why, field->name, 40);
        capan_say(&why, " is %s", judged.right);
    }
    tokens_in(reader, text.at + at, text.at + start + shown, &from, &to);
    if (to > from) capan_claim(reader, CAPAN_CLAIM_FIELD, from, to, &judged);
}

static void read_fields_of(struct reader *reader, const struct capan_http_field *fields, size_t count, uint32_t frame) {
    const struct token *first = reader_token(reader, reader->begin), *last = reader_token(reader, reader->end - 1);
    const struct capan_span text = {first->text.at, (size_t)(last->text.at + last->text.len - first->text.at)};
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at + fields[i].name.len < text.len; at++)
            if (names_field(text, at, fields[i].name)) judge_field(reader, text, at, &fields[i], frame);
}

static void read_fields(struct reader *reader) {
    enum binding binding;
    bool response = false, colon = false;
    for (size_t i = reader->begin; i < reader->end; i++) colon |= token_is_sign(reader_token(reader, i), ':');
    if (!colon) return;
    const struct capan_exchange *own = exchange_of(reader, reader->begin, 0, &binding, &response);
    if (!own) return;
    read_fields_of(reader, own->request_fields, own->request_field_count, own->request.last_frame);
    read_fields_of(reader, own->response_fields, own->response_field_count, own->response.last_frame);
}

void capan_read_messages(struct reader *reader) {
    read_fields(reader);
    capan_read_start_lines(reader, reader->begin, reader->end, 0);
    read_statuses(reader);
}
