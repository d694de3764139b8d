/* SPDX-License-Identifier: MIT */
/* Columns of exchanges. */
#include "column.h"
#include "words.h"

static struct capan_value start_time(struct capan_row *row) {
    return value_moment(capan_exchange_begin_ns(row->exchange));
}

static struct capan_value relative_time(struct capan_row *row) {
    return value_seconds(capan_exchange_begin_ns(row->exchange) - row->origin_ns);
}

/* From the request's first octet to the response's last. */
static struct capan_value duration(struct capan_row *row) {
    const struct capan_exchange *exchange = row->exchange;
    if (!exchange->request.first_frame || !exchange->response.last_frame) return CAPAN_ABSENT;
    const int64_t took_ns = exchange->response.last_ns - exchange->request.first_ns;
    return value_seconds(took_ns > 0 ? took_ns : 0);
}

static struct capan_value interim(struct capan_row *row) {
    size_t count = 0;
    for (; count < row->exchange->interim_count && count < CAPAN_HTTP_INTERIM_MAX; count++)
        row->numbers[count] = row->exchange->interim[count];
    return value_numbers(row->numbers, count);
}

static struct capan_value version_value(uint8_t version) {
    const char *text = capan_http_version_text(version);
    return text ? value_word(text) : CAPAN_ABSENT;
}

static struct capan_value request_version(struct capan_row *row) {
    return version_value(row->exchange->request_version);
}
static struct capan_value response_version(struct capan_row *row) {
    return version_value(row->exchange->response_version);
}

static struct capan_value digest(struct capan_row *row) {
    enum { DIGITS = 16 };
    uint64_t left = row->exchange->body_digest;
    if (left == 0) return CAPAN_ABSENT;
    for (size_t at = DIGITS; at > 0; left >>= 4) row->text[--at] = "0123456789abcdef"[left & 15];
    row->text[DIGITS] = 0;
    return value_word(row->text);
}

static struct capan_value framing(struct capan_row *row) {
    return value_tokens(capan_http_framings, row->exchange->request_framing | row->exchange->response_framing);
}

static struct capan_value fields_value(const struct capan_http_field *fields, size_t count) {
    return count ? (struct capan_value){.type = CAPAN_VALUE_FIELDS, .as.fields = {fields, count}} : CAPAN_ABSENT;
}

static struct capan_value request_fields(struct capan_row *row) {
    return fields_value(row->exchange->request_fields, row->exchange->request_field_count);
}

static struct capan_value response_fields(struct capan_row *row) {
    return fields_value(row->exchange->response_fields, row->exchange->response_field_count);
}

static struct capan_value request_trailers(struct capan_row *row) {
    return fields_value(row->exchange->request_trailers, row->exchange->request_trailer_count);
}

static struct capan_value response_trailers(struct capan_row *row) {
    return fields_value(row->exchange->response_trailers, row->exchange->response_trailer_count);
}

static struct capan_value explain(struct capan_row *row) {
    return value_octets(row->text, capan_exchange_explain(row->exchange, row->text));
}

static struct capan_value delayed_by(struct capan_row *row) {
    return row->exchange->delayed_by ? value_word(row->exchange->delayed_by->token) : CAPAN_ABSENT;
}

static struct capan_value source(struct capan_row *row) {
    return row->exchange->source ? value_text(row->exchange->source) : CAPAN_ABSENT;
}

static struct capan_value whole(const struct capan_row *row, int64_t ns) {
    const struct capan_exchange *exchange = row->exchange;
    return exchange->request.first_frame && exchange->response.last_frame ? value_seconds(ns) : CAPAN_ABSENT;
}

#define OF_PART(name, ...)                                                                                             \
    static struct capan_value spent_##name(struct capan_row *row) {                                                    \
        return whole(row, row->exchange->time.part_ns[CAPAN_SPENT_##name]);                                            \
    }
CAPAN_EXCHANGE_PARTS(OF_PART)

static struct capan_value connect_time(struct capan_row *row) {
    return row->exchange->time.connect_ns ? value_seconds(row->exchange->time.connect_ns) : CAPAN_ABSENT;
}

static struct capan_value tls_time(struct capan_row *row) {
    return row->exchange->time.tls_ns ? value_seconds(row->exchange->time.tls_ns) : CAPAN_ABSENT;
}

/* Where its time went; the parts add up to its duration. */
#define PART(part, token, phrase, what)                                                                                \
    {"spent." token, what, CAPAN_MADE(SECONDS, NS, spent_##part),                                                      \
     CAPAN_WIRESHARK("Of the time: " phrase, DURATION, PLAIN, 9, .but_0 = true)},

#define CAPAN_ROW struct capan_exchange
static const struct capan_column columns[] = {
    {"index", "its place in order of report, from 0", CAPAN_READ(COUNT, IDENTIFIER, index)},
    {"stream", "the TCP connection", CAPAN_READ(COUNT, IDENTIFIER, stream)},
    {"h2_stream", "the HTTP/2 or HTTP/3 stream", CAPAN_READ(NOT_NEGATIVE, IDENTIFIER, h2_stream)},
    {"time", "of the request's first octet (else the response's), since 1970-01-01 UTC",
     CAPAN_MADE(MOMENT, NS, start_time)},
    {"relative_time", "the same since the first packet", CAPAN_MADE(SECONDS, NS, relative_time)},
    {"duration", "from the request's first octet to the response's last", CAPAN_MADE(SECONDS, NS, duration)},
    CAPAN_EXCHANGE_PARTS(PART){"before.connect", "what it waited for TCP's handshake before, not in its duration",
                               CAPAN_MADE(SECONDS, NS, connect_time)},
    {"before.tls", "the same for TLS's", CAPAN_MADE(SECONDS, NS, tls_time)},
    {"server_time", "the server's own time before its response began: the round trip to it is taken off",
     CAPAN_READ(DURATION, NS, server_ns),
     CAPAN_WIRESHARK("Server time", DURATION, PLAIN, 7, .name = "http.server_time")},
    {"page", "the page load it belongs to, counted from 1 as they were noticed",
     CAPAN_READ(NONZERO, IDENTIFIER, page.number)},
    {"page_role", "what it is to the page: redirect, document, part or favicon",
     CAPAN_WORD(TOKEN_BUT_0, page.role, capan_page_roles)},
    {"resent", "segments of its connection sent again while it lasted, needless ones not counted",
     CAPAN_READ(NONZERO, NUMBER, resent)},
    {"delay", "how late the latest of these came after its first copy", CAPAN_READ(DURATION, NS, delayed_ns)},
    {"delayed_in", "that segment's frame", CAPAN_READ(NONZERO, FRAME, delayed_in)},
    {"delayed_by", "and its kind", CAPAN_MADE(WORD, NONE, delayed_by), CAPAN_LIST(capan_tcp_kinds)},
    {"crossed_fin", "the server's FIN that a request without an answer crossed on its way",
     CAPAN_READ(NONZERO, FRAME, crossed_fin)},
    {"client", "who asked, address:port", CAPAN_READ(ENDPOINT, NONE, client)},
    {"server", "who answered", CAPAN_READ(ENDPOINT, NONE, server)},
    {"method", "of the request; absent when it was not captured", CAPAN_READ(SPAN, NONE, method)},
    {"target", "request target as sent (RFC 9112 3.2)", CAPAN_READ(SPAN, NONE, target)},
    {"authority", "of the target URI, from the target or Host, in lower case", CAPAN_READ(SPAN, NONE, authority)},
    {"status", "of the final response", CAPAN_READ(NONZERO, IDENTIFIER, status)},
    {"interim", "statuses 1xx before it", CAPAN_MADE(NUMBERS, IDENTIFIER, interim)},
    {"request_version", "HTTP version of the request", CAPAN_MADE(WORD, NONE, request_version)},
    {"response_version", "HTTP version of the response", CAPAN_MADE(WORD, NONE, response_version)},
    {"request_first_frame", "the frame with the request's first octet",
     CAPAN_READ(NONZERO, FRAME, request.first_frame)},
    {"request_frame", "the frame with which the request was whole", CAPAN_READ(NONZERO, FRAME, request.last_frame)},
    {"response_first_frame", "the frame with the response's first octet",
     CAPAN_READ(NONZERO, FRAME, response.first_frame)},
    {"response_frame", "the frame with which the response was whole", CAPAN_READ(NONZERO, FRAME, response.last_frame)},
    {"request_len", "all octets of the request", CAPAN_READ(NONZERO, OCTETS, request.wire_len)},
    {"request_body_len", "octets of its body that were seen", CAPAN_READ(NONZERO, OCTETS, request.body_len)},
    {"request_body_missing", "octets of its body that were not", CAPAN_READ(NONZERO, OCTETS, request.body_missing)},
    {"response_len", "all octets of the response, framing included", CAPAN_READ(NONZERO, OCTETS, response.wire_len)},
    {"response_head_len", "octets of its start line and fields", CAPAN_READ(NONZERO, OCTETS, response.head_len)},
    {"response_body_len", "octets of its body that were seen, framing not counted",
     CAPAN_READ(NONZERO, OCTETS, response.body_len)},
    {"response_body_missing", "octets of its body that were not", CAPAN_READ(NONZERO, OCTETS, response.body_missing)},
    {"response_decoded_len", "octets of a gzip body when decoded, as its trailer says (RFC 1952 2.3.1)",
     CAPAN_READ(NONZERO, OCTETS, decoded_len)},
    {"response_complete", "its end was seen", CAPAN_READ(BOOLEAN, NONE, response.complete)},
    {"response_digest", "equal for equal bodies, as coded, within one run", CAPAN_MADE(WORD, NONE, digest)},
    {"http.cond", "the class of the request by its preconditions (RFC 9110 13.1)",
     CAPAN_WORD(TOKEN, cond, capan_http_conds), CAPAN_WIRESHARK("Condition", STRING, PLAIN, 1, .on = CAPAN_ON_BOTH)},
    {"http.outcome", "what the exchange came to", CAPAN_WORD(TOKEN, outcome, capan_http_outcomes),
     CAPAN_WIRESHARK("Outcome", STRING, PLAIN, 1)},
    {"http.reason", "why it came to that outcome", CAPAN_WORD(TOKEN_BUT_0, reason, capan_http_reasons),
     CAPAN_WIRESHARK("Reason", STRING, PLAIN, 1)},
    {"http.violation", "what somebody did against the RFC", CAPAN_WORD(TOKENS, violations, capan_http_violations),
     CAPAN_WIRESHARK("Violation", STRING, PLAIN, 3)},
    {"http.advice", "what could be better", CAPAN_WORD(TOKENS, advice, capan_http_advices),
     CAPAN_WIRESHARK("Advice", STRING, PLAIN, 3)},
    {"http.framing", "what is odd about how the messages are framed, and how others may read them",
     CAPAN_MADE(TOKENS, NONE, framing), CAPAN_LIST(capan_http_framings), CAPAN_WIRESHARK("Framing", STRING, PLAIN, 3)},
    {"http.request_in", "the last frame of the request", CAPAN_READ(NONZERO, FRAME, request.last_frame),
     CAPAN_WIRESHARK("Request in frame", FRAME, REQUEST, 3)},
    {"http.response_in", "the last frame of the response", CAPAN_READ(NONZERO, FRAME, response.last_frame),
     CAPAN_WIRESHARK("Response in frame", FRAME, RESPONSE, 3, .on = CAPAN_ON_REQUEST)},
    {"http.validator_in", "the last frame of the response that issued the validator this request sent",
     CAPAN_READ(NONZERO, FRAME, validator_in), CAPAN_WIRESHARK("Validator issued in frame", FRAME, PLAIN, 3)},
    {"http.known_in", "the last frame of the newest response of this resource that the client already had",
     CAPAN_READ(NONZERO, FRAME, known_in), CAPAN_WIRESHARK("Known to the client since frame", FRAME, PLAIN, 3)},
    {"http.saved", "octets of content that a 304 spared", CAPAN_READ(NONZERO, OCTETS, saved),
     CAPAN_WIRESHARK("Saved", UINT64, UNIT, 5)},
    {"http.wasted", "octets of content sent although the client had them", CAPAN_READ(NONZERO, OCTETS, wasted),
     CAPAN_WIRESHARK("Wasted", UINT64, UNIT, 5)},
    {"http.unchanged", "seconds for which it was seen to stay the same: the max-age that lengthen-lifetime proposes",
     CAPAN_READ(NOT_NEGATIVE, SECONDS, unchanged_s), CAPAN_WIRESHARK("Unchanged for", INT64, UNIT, 8)},
    {"http.round_trip", "one round trip of its connection: the shortest measured so far, on both sides of the capture",
     CAPAN_READ(DURATION, NS, rtt_ns), CAPAN_WIRESHARK("Round trip", DURATION, PLAIN, 8)},
    {"http.round_trips",
     "what the client waited for the network, in round trips: from the request's first octet sent to the response's "
     "first received, the server's own time taken off, and what windows took to grow",
     CAPAN_READ(HUNDREDTHS, ROUND_TRIPS_X100, round_trips_x100), CAPAN_WIRESHARK("Round trips", DOUBLE, PLAIN, 8)},
    {"http.handshake_tcp", "round trips of TCP's handshake that it waited for before it could be sent",
     CAPAN_READ(NONZERO, NUMBER, handshakes.tcp), CAPAN_WIRESHARK("Paid for TCP", UINT8, PLAIN, 8)},
    {"http.handshake_tunnel", "the CONNECT that it waited for before it could be sent",
     CAPAN_READ(NONZERO, NUMBER, handshakes.tunnel), CAPAN_WIRESHARK("Paid for CONNECT", UINT8, PLAIN, 8)},
    {"http.handshake_tls", "round trips of the TLS handshake that it waited for, where the content was decrypted",
     CAPAN_READ(NONZERO, NUMBER, handshakes.tls), CAPAN_WIRESHARK("Paid for TLS", UINT8, PLAIN, 8)},
    {"http.provenance", "where the validator that was sent came from",
     CAPAN_WORD(TOKEN_BUT_0, provenance, capan_http_provenances), CAPAN_WIRESHARK("Validator", STRING, PLAIN, 4)},
    {"http.compare", "how the validators compare (RFC 9110 8.8.3.2)",
     CAPAN_WORD(TOKEN_BUT_0, compare, capan_http_compares), CAPAN_WIRESHARK("Comparison", STRING, PLAIN, 4)},
    {"http.served_by", "who answered, as far as it shows: the origin or a shared cache",
     CAPAN_WORD(TOKEN, served_by, capan_http_served_bys),
     CAPAN_WIRESHARK("Served by", STRING, PLAIN, 4, .but_0 = true)},
    {"http.lifetime", "seconds for which the client's copy was fresh (RFC 9111 4.2.1)",
     CAPAN_READ(NOT_NEGATIVE, SECONDS, fresh_lifetime_s), CAPAN_WIRESHARK("Freshness lifetime", INT64, UNIT, 6)},
    {"http.lifetime_heuristic",
     "that lifetime is a guess by the 10 % rule (RFC 9111 4.2.2), as the response states none",
     CAPAN_READ(BOOLEAN, NONE, fresh_heuristic), CAPAN_WIRESHARK("Lifetime guessed", BOOLEAN, PLAIN, 6)},
    {"http.age", "seconds of age of the client's copy when it was asked for again (RFC 9111 4.2.3)",
     CAPAN_READ(NOT_NEGATIVE, SECONDS, age_s), CAPAN_WIRESHARK("Age", INT64, UNIT, 6)},
    {"http.forgotten", "what was given up, or not read, that the verdict would need",
     CAPAN_WORD(TOKENS, forgotten, capan_http_forgettings), CAPAN_WIRESHARK("Forgotten", STRING, PLAIN, 4)},
    {"http.certainty", "how sure the verdict is", CAPAN_WORD(TOKEN, certainty, capan_certainties),
     CAPAN_WIRESHARK("Certainty", STRING, PLAIN, 2)},
    {"request_fields", "validators, preconditions and cache fields of the request",
     CAPAN_MADE(FIELDS, NONE, request_fields)},
    {"response_fields", "the same of the response", CAPAN_MADE(FIELDS, NONE, response_fields)},
    {"request_trailer_fields", "the same behind the request's content (RFC 9110 6.5)",
     CAPAN_MADE(FIELDS, NONE, request_trailers)},
    {"response_trailer_fields", "and behind the response's", CAPAN_MADE(FIELDS, NONE, response_trailers)},
    {"explain", "the verdict in one sentence, with its numbers and frames", CAPAN_MADE(OCTETS, NONE, explain),
     CAPAN_WIRESHARK("Explanation", STRING, PLAIN, 1, .proof = true)},
    {"source", "RFC and section of the rule that gave the verdict", CAPAN_MADE(OCTETS, NONE, source),
     CAPAN_WIRESHARK("Source", STRING, PLAIN, 2, .proof = true)},
};

const struct capan_table capan_exchange_table = CAPAN_TABLE("exchanges", columns, 0);
