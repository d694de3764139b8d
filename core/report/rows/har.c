/* SPDX-License-Identifier: MIT */
#include "har.h"

#include "bytes.h"
#include "field.h"
#include "human.h"
#include "words.h"

#define NS_PER_S INT64_C(1000000000)

static void put_string(struct capan_out *out, const char *name, struct capan_span octets) {
    out_text(out, ",\"");
    out_text(out, name);
    out_text(out, "\":");
    capan_out_json(out, octets, CAPAN_UTF8_OR_LATIN1);
}

static void put_number(struct capan_out *out, const char *name, int64_t number) {
    out_text(out, ",\"");
    out_text(out, name);
    out_text(out, "\":");
    capan_out_i64(out, number);
}

/* Milliseconds; -1 is HAR's word for not known. */
static void put_duration(struct capan_out *out, const char *name, int64_t ns) {
    out_text(out, ",\"");
    out_text(out, name);
    out_text(out, "\":");
    if (ns < 0)
        out_text(out, "-1");
    else
        capan_out_seconds(out, ns < INT64_MAX / 1000 ? ns * 1000 : INT64_MAX, 6);
}

static void put_words(struct capan_out *out, const char *name, const struct capan_token *list, uint64_t mask) {
    if (!mask) return;
    out_text(out, ",\"");
    out_text(out, name);
    out_text(out, "\":");
    char between = '[';
    for (const struct capan_token *token; (token = capan_take_token(list, &mask)); between = ',') {
        out_char(out, between);
        capan_out_json(out, span_of(token->token), CAPAN_UTF8_OR_LATIN1);
    }
    out_char(out, ']');
}

/* "HTTP/1.1"; empty when it is not known. */
static void put_version(struct capan_out *out, uint8_t version) {
    const char *text = capan_http_version_text(version);
    out_text(out, text ? ",\"httpVersion\":\"HTTP/" : ",\"httpVersion\":\"");
    out_text(out, text ? text : "");
    out_char(out, '"');
}

/* Who has an archive is not to have these. */
static bool is_secret(struct capan_span name) {
    static const char *const secrets[] = {"cookie", "authorization", "proxy-authorization", "set-cookie"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (capan_is_word(name, secrets[i])) return true;
    return false;
}

static void put_headers(struct capan_out *out, const struct capan_http_field *fields, size_t count) {
    out_text(out, ",\"headers\":[");
    for (size_t i = 0; i < count; i++) {
        out_text(out, i ? ",{\"name\":" : "{\"name\":");
        capan_out_json(out, fields[i].name, CAPAN_LATIN1);
        out_text(out, ",\"value\":");
        if (is_secret(fields[i].name))
            out_text(out, "\"\",\"comment\":\"left out\"");
        else
            capan_out_json(out, fields[i].value, CAPAN_LATIN1);
        out_char(out, '}');
    }
    out_char(out, ']');
}

/* All lines, where they are at hand. */
static void put_request_headers(struct capan_out *out, const struct capan_exchange *exchange) {
    if (exchange->request_lines)
        put_headers(out, exchange->request_lines, exchange->request_line_count);
    else
        put_headers(out, exchange->request_fields, exchange->request_field_count);
}

static void put_response_headers(struct capan_out *out, const struct capan_exchange *exchange) {
    if (exchange->response_lines)
        put_headers(out, exchange->response_lines, exchange->response_line_count);
    else
        put_headers(out, exchange->response_fields, exchange->response_field_count);
}

/* The target URI: a target in absolute form is one already. */
static void put_url(struct capan_out *out, const struct capan_exchange *exchange) {
    out_text(out, ",\"url\":\"");
    if (exchange->target.len && exchange->target.at[0] == '/') {
        out_text(out, exchange->secure ? "https://" : "http://");
        capan_out_json_part(out, exchange->authority, CAPAN_UTF8_OR_LATIN1);
    }
    capan_out_json_part(out, exchange->target, CAPAN_UTF8_OR_LATIN1);
    out_char(out, '"');
}

static size_t find_octet(struct capan_span span, char octet) {
    const uint8_t *found = span.len ? memchr(span.at, octet, span.len) : NULL;
    return found ? (size_t)(found - span.at) : span.len;
}

/* name=value pairs as they are, not decoded. */
static void put_query(struct capan_out *out, struct capan_span target) {
    size_t mark = find_octet(target, '?');
    struct capan_span rest = span_cut(target, mark + 1, target.len);
    out_text(out, ",\"queryString\":[");
    for (bool first = true; rest.len; first = false) {
        struct capan_span pair = span_cut(rest, 0, find_octet(rest, '&'));
        size_t equals = find_octet(pair, '=');
        out_text(out, first ? "{\"name\":" : ",{\"name\":");
        capan_out_json(out, span_cut(pair, 0, equals), CAPAN_UTF8_OR_LATIN1);
        out_text(out, ",\"value\":");
        capan_out_json(out, span_cut(pair, equals + 1, pair.len), CAPAN_UTF8_OR_LATIN1);
        out_char(out, '}');
        rest = span_cut(rest, pair.len + 1, rest.len);
    }
    out_char(out, ']');
}

static void put_request(struct capan_out *out, const struct capan_exchange *exchange) {
    out_text(out, ",\"request\":{\"method\":");
    capan_out_json(out, exchange->method, CAPAN_UTF8_OR_LATIN1);
    put_url(out, exchange);
    put_version(out, exchange->request_version);
    out_text(out, ",\"cookies\":[]");
    put_request_headers(out, exchange);
    put_query(out, exchange->target);
    put_number(out, "headersSize", exchange->request.head_len ? (int64_t)exchange->request.head_len : -1);
    put_number(out, "bodySize", (int64_t)(exchange->request.body_len + exchange->request.body_missing));
    out_char(out, '}');
}

static void put_response(struct capan_out *out, const struct capan_exchange *exchange) {
    int64_t body = (int64_t)(exchange->response.body_len + exchange->response.body_missing);
    out_text(out, ",\"response\":{\"status\":");
    capan_out_u64(out, exchange->status);
    put_string(out, "statusText", exchange->phrase);
    put_version(out, exchange->response_version);
    out_text(out, ",\"cookies\":[]");
    put_response_headers(out, exchange);
    out_text(out, ",\"content\":{\"size\":");
    capan_out_i64(out, exchange->decoded_len ? (int64_t)exchange->decoded_len : body);
    if (exchange->decoded_len) put_number(out, "compression", (int64_t)exchange->decoded_len - body);
    put_string(out, "mimeType", capan_response_field(exchange, "content-type"));
    out_char(out, '}');
    put_string(out, "redirectURL", capan_response_field(exchange, "location"));
    put_number(out, "headersSize", exchange->response.head_len ? (int64_t)exchange->response.head_len : -1);
    put_number(out, "bodySize", body);
    put_number(out, "_transferSize", (int64_t)exchange->response.wire_len);
    out_char(out, '}');
}

static void put_date(struct capan_out *out, const char *name, int64_t time_ns) {
    char date[CAPAN_HUMAN];
    put_string(out, name, span_of(capan_human_date(date, time_ns, true)));
}

/* One state of a stored response. -1 of its hits: they make no packets. */
static void put_stored(struct capan_out *out, const char *name, struct capan_span etag, int64_t access_ns) {
    out_text(out, "\"");
    out_text(out, name);
    out_text(out, "\":{\"hitCount\":-1");
    put_string(out, "eTag", etag);
    put_date(out, "lastAccess", access_ns);
}

static bool is_within(int64_t number, int64_t limit) {
    return number > -limit && number < limit;
}

static bool is_stored_before(const struct capan_exchange *exchange) {
    return exchange->validator_in != 0;
}

/* A 304 keeps what was stored (RFC 9111 4.3.4); without a copy from before, or with new content, nothing on the wire
 * tells whether the client keeps it. */
static bool is_stored_after(const struct capan_exchange *exchange) {
    return is_stored_before(exchange) && exchange->outcome == CAPAN_OUTCOME_NOT_MODIFIED;
}

/* What the client has shown to have by sending its validator back, and what is fresh of it then (RFC 9111 4.2). */
static void put_before(struct capan_out *out, const struct capan_exchange *exchange) {
    put_stored(out, "beforeRequest", capan_request_field(exchange, "if-none-match"), exchange->validator_ns);
    const int64_t left_s = exchange->fresh_lifetime_s - exchange->age_s, now_ns = capan_exchange_begin_ns(exchange);
    const bool is_told = exchange->fresh_lifetime_s >= 0 && exchange->age_s >= 0;
    if (is_told && is_within(left_s, INT64_MAX / 2 / NS_PER_S) && is_within(now_ns, INT64_MAX / 2))
        put_date(out, "expires", now_ns + left_s * NS_PER_S);
    out_char(out, '}');
}

static void put_cache(struct capan_out *out, const struct capan_exchange *exchange) {
    out_text(out, ",\"cache\":{");
    if (is_stored_before(exchange)) put_before(out, exchange);
    if (is_stored_after(exchange)) {
        const struct capan_span etag = capan_response_field(exchange, "etag");
        out_char(out, ',');
        put_stored(out, "afterRequest", etag.len ? etag : capan_request_field(exchange, "if-none-match"),
                   exchange->response.last_ns);
        out_char(out, '}');
    }
    out_char(out, '}');
}

/* What HAR says of an exchange's time: parts that follow each other. */
struct timings {
    int64_t connect_ns, ssl_ns; /* -1: none was waited for, or it is not known; connect holds ssl */
    int64_t send_ns, wait_ns, receive_ns;
};

static int64_t known(int64_t ns) {
    return ns > 0 ? ns : 0;
}

/* From first octet to last of both messages; what is not known of them takes no time. */
static struct timings timings_of(const struct capan_exchange *exchange) {
    const struct capan_http_extent *request = &exchange->request, *response = &exchange->response;
    const int64_t connect_ns = exchange->time.connect_ns, tls_ns = exchange->time.tls_ns;
    return (struct timings){.connect_ns = connect_ns || tls_ns ? connect_ns + tls_ns : -1,
                            .ssl_ns = tls_ns ? tls_ns : -1,
                            .send_ns = request->first_frame ? known(request->last_ns - request->first_ns) : 0,
                            .wait_ns = known(exchange->answered_ns),
                            .receive_ns = response->first_frame ? known(response->last_ns - response->first_ns) : 0};
}

static void put_timings(struct capan_out *out, const struct timings *timings) {
    out_text(out, ",\"timings\":{\"blocked\":-1,\"dns\":-1");
    put_duration(out, "connect", timings->connect_ns);
    put_duration(out, "ssl", timings->ssl_ns);
    put_duration(out, "send", timings->send_ns);
    put_duration(out, "wait", timings->wait_ns);
    put_duration(out, "receive", timings->receive_ns);
    out_char(out, '}');
}

static void put_verdict(struct capan_out *out, const struct capan_exchange *exchange) {
    char text[CAPAN_EXPLAIN_TEXT];
    put_number(out, "_requestFrame", exchange->request.last_frame);
    put_number(out, "_responseFrame", exchange->response.last_frame);
    if (exchange->h2_stream >= 0) put_number(out, "_stream", exchange->h2_stream);
    put_string(out, "_cond", span_of(capan_http_conds[exchange->cond].token));
    put_string(out, "_outcome", span_of(capan_http_outcomes[exchange->outcome].token));
    put_string(out, "_reason", span_of(capan_http_reasons[exchange->reason].token));
    put_words(out, "_violation", capan_http_violations, exchange->violations);
    put_words(out, "_advice", capan_http_advices, exchange->advice);
    put_words(out, "_framing", capan_http_framings, exchange->request_framing | exchange->response_framing);
    if (exchange->validator_in) put_number(out, "_validatorFrame", exchange->validator_in);
    if (exchange->saved) put_number(out, "_saved", (int64_t)exchange->saved);
    if (exchange->wasted) put_number(out, "_wasted", (int64_t)exchange->wasted);
    put_string(out, "_explain", (struct capan_span){(uint8_t *)text, capan_exchange_explain(exchange, text)});
}

static void put_ends(struct capan_out *out, const struct capan_row *row) {
    const struct capan_exchange *exchange = row->exchange;
    char address[CAPAN_ENDPOINT_TEXT];
    size_t len = capan_endpoint_text(&exchange->server, false, address);
    put_string(out, "serverIPAddress", (struct capan_span){(uint8_t *)address, len});
    out_text(out, ",\"connection\":\"");
    capan_out_u64(out, exchange->stream);
    out_char(out, '"');
}

void capan_har_begin(struct capan_out *out) {
    out_text(out, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"capan\"");
    put_string(out, "version", span_of(capan_version()));
    out_text(out, "},\"entries\":[");
}

static void put_page_of(struct capan_out *out, const struct capan_exchange *exchange) {
    out_text(out, ",\"pageref\":\"page_");
    capan_out_u64(out, exchange->page.number);
    out_char(out, '"');
}

void capan_har_entry(struct capan_out *out, struct capan_har_pages *pages, const struct capan_row *row) {
    const struct capan_exchange *exchange = row->exchange;
    const struct timings timings = timings_of(exchange);
    const int64_t begin_ns = capan_exchange_begin_ns(exchange) - known(timings.connect_ns);
    char date[CAPAN_HUMAN];
    out_text(out, "{\"startedDateTime\":\"");
    out_text(out, capan_human_date(date, begin_ns, true));
    out_char(out, '"');
    if (capan_har_pages_add(pages, exchange, begin_ns, capan_exchange_end_ns(exchange))) put_page_of(out, exchange);
    put_duration(out, "time", known(timings.connect_ns) + timings.send_ns + timings.wait_ns + timings.receive_ns);
    put_request(out, exchange);
    put_response(out, exchange);
    put_cache(out, exchange);
    put_timings(out, &timings);
    put_ends(out, row);
    put_verdict(out, exchange);
    out_char(out, '}');
}

void capan_har_end(struct capan_out *out, const struct capan_har_pages *pages, const char *partial) {
    out_text(out, "\n]");
    capan_har_pages_put(out, pages);
    if (partial) put_string(out, "_partial", span_of(partial));
    out_text(out, "}}\n");
}
