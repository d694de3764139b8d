/* SPDX-License-Identifier: MIT */
#include "streams.h"

#include "bytes.h"
#include "digest.h"
#include "field.h"
#include "judging.h"
#include "pseudo.h"
#include "trailer.h"

enum { IN_FLIGHT_MAX = 16384, ON_CONNECTION_MAX = 1024 };

/* One message of an exchange in flight, while it is read. */
struct side {
    struct capan_digest digest;
    uint64_t announced; /* Content-Length; UINT64_MAX none */
};

struct capan_stream_exchange {
    struct capan_indexed in;
    struct capan_stream_exchange *older, *newer; /* on its connection */
    struct capan_carrier *carrier;
    uint64_t connection;
    int64_t stream;
    struct capan_endpoint client;
    struct capan_judgement *judgement;
    bool may_be_empty; /* its content, whatever its length says (RFC 9110 6.4.1) */
    bool answered;     /* the final response has begun */
    struct side asked, answer;
    struct capan_http_end end; /* gathered as it becomes known */
};

void capan_streams_open(struct capan_talks *talks, uint64_t seed) {
    capan_index_init(&talks->streams, seed ^ 2, talks->alloc);
}

/* --- finding --- */

/* TCP and QUIC count their connections each for themselves. */
static uint64_t connection_of(const struct capan_http_parties *parties) {
    return (uint64_t)parties->quic << 32 | parties->stream;
}

static uint64_t hash_of(const struct capan_talks *talks, const struct capan_http_parties *parties, int64_t stream) {
    uint64_t words[2] = {connection_of(parties), (uint64_t)stream};
    return capan_hash(talks->streams.key, words, sizeof words);
}

static struct capan_stream_exchange *find(const struct capan_talks *talks, const struct capan_http_parties *parties,
                                          int64_t stream) {
    struct capan_indexed *at = capan_index_first(&talks->streams, hash_of(talks, parties, stream));
    for (; at; at = capan_index_next(at)) {
        struct capan_stream_exchange *exchange = (struct capan_stream_exchange *)at;
        if (exchange->connection == connection_of(parties) && exchange->stream == stream) return exchange;
    }
    return NULL;
}

static struct capan_http_seen *seen_of(struct capan_stream_exchange *exchange, bool request) {
    return request ? &exchange->end.request : &exchange->end.response;
}

static struct side *side_of(struct capan_stream_exchange *exchange, bool request) {
    return request ? &exchange->asked : &exchange->answer;
}

/* --- coming and going --- */

static void join(struct capan_stream_list *list, struct capan_stream_exchange *exchange) {
    list->count++;
    exchange->older = list->newest;
    *(list->newest ? &list->newest->newer : &list->oldest) = exchange;
    list->newest = exchange;
}

static void leave(struct capan_stream_list *list, struct capan_stream_exchange *exchange) {
    list->count--;
    *(exchange->older ? &exchange->older->newer : &list->oldest) = exchange->newer;
    *(exchange->newer ? &exchange->newer->older : &list->newest) = exchange->older;
}

static void take_digest(struct capan_http_seen *seen, const struct side *side) {
    seen->digest_known = seen->extent.complete && !seen->extent.body_missing;
    seen->digest = capan_digest_value(&side->digest);
    seen->gunzipped = capan_digest_gunzipped(&side->digest);
}

static void finish(struct capan_talks *talks, struct capan_stream_exchange *exchange, enum capan_http_ending how) {
    exchange->end.how = how;
    take_digest(&exchange->end.request, &exchange->asked);
    take_digest(&exchange->end.response, &exchange->answer);
    capan_index_remove(&talks->streams, &exchange->in);
    if (exchange->carrier) leave(&exchange->carrier->streams, exchange);
    capan_judging_end(talks, exchange->carrier, &exchange->client, exchange->judgement, &exchange->end);
    capan_delete(talks->alloc, exchange, sizeof *exchange);
}

static struct capan_stream_exchange *oldest(const struct capan_talks *talks) {
    return (struct capan_stream_exchange *)capan_index_oldest(&talks->streams);
}

static void make_room(struct capan_talks *talks, const struct capan_carrier *carrier) {
    if (carrier && carrier->streams.count >= ON_CONNECTION_MAX)
        finish(talks, carrier->streams.oldest, capan_judging_give_up(talks));
    if (talks->streams.count >= IN_FLIGHT_MAX || (talks->streams.count && capan_judging_is_full(talks)))
        finish(talks, oldest(talks), capan_judging_give_up(talks));
}

/* Without memory the judgement is freed. */
static struct capan_stream_exchange *add(struct capan_talks *talks, struct capan_carrier *carrier,
                                         const struct capan_http_parties *parties, int64_t stream,
                                         struct capan_judgement *judgement) {
    struct capan_stream_exchange *exchange = judgement ? capan_new(talks->alloc, sizeof *exchange) : NULL;
    if (!exchange) {
        if (judgement) capan_judging_drop(talks, judgement);
        return NULL;
    }
    exchange->judgement = judgement;
    exchange->carrier = carrier;
    exchange->client = parties->client;
    exchange->connection = connection_of(parties);
    exchange->stream = stream;
    capan_digest_init(&exchange->asked.digest, 0);
    capan_digest_init(&exchange->answer.digest, 0);
    exchange->asked.announced = exchange->answer.announced = UINT64_MAX;
    capan_index_add(&talks->streams, &exchange->in, hash_of(talks, parties, stream));
    if (carrier) join(&carrier->streams, exchange);
    return exchange;
}

static struct capan_stream_exchange *begin(struct capan_talks *talks, struct capan_carrier *carrier,
                                           const struct capan_http_parties *parties, int64_t stream,
                                           const struct capan_http_head *head) {
    make_room(talks, carrier);
    struct capan_judgement *judgement =
        capan_judging_begin(talks, carrier, parties, stream, head->request ? head : NULL);
    if (judgement && carrier && head->request) capan_stream_asked(&carrier->streams.asked, stream);
    return add(talks, carrier, parties, stream, judgement);
}

/* --- the messages' parts --- */

static void touch(struct capan_http_extent *extent, const struct capan_part *part) {
    if (!extent->first_frame) {
        extent->first_frame = part->first.frame;
        extent->first_ns = part->first.ns;
    }
    extent->last_frame = part->last.frame;
    extent->last_ns = part->last.ns;
}

static uint64_t head_len(const struct capan_part *part, const struct capan_http_head *head) {
    uint64_t len = 0;
    if (part->wire_len) return part->wire_len;
    for (size_t i = 0; i < head->field_count; i++) len += head->fields[i].name.len + head->fields[i].value.len;
    return len;
}

static bool is_lower_case(struct capan_span name) {
    for (size_t i = 0; i < name.len; i++)
        if (capan_lower(name.at[i]) != name.at[i]) return false;
    return true;
}

/* RFC 9113 8.2.1 and 8.2.2, RFC 9114 4.2. */
static bool is_forbidden(const struct capan_http_field *field) {
    if (!is_lower_case(field->name)) return true;
    switch (capan_field_number(field->name)) {
    case CAPAN_FIELD_CONNECTION:
    case CAPAN_FIELD_PROXY_CONNECTION:
    case CAPAN_FIELD_KEEP_ALIVE:
    case CAPAN_FIELD_TRANSFER_ENCODING:
    case CAPAN_FIELD_UPGRADE: return true;
    case CAPAN_FIELD_TE: return !capan_is_word(field->value, "trailers");
    default: return false;
    }
}

/* What the head alone tells; how long the content will be. */
static void take_head(struct capan_stream_exchange *exchange, const struct capan_part *part,
                      const struct capan_http_head *head) {
    struct capan_http_seen *seen = seen_of(exchange, head->request);
    size_t next = 0;
    bool malformed = head->request && !head->target.len;
    for (size_t i = 0; i < head->field_count; i++) malformed |= is_forbidden(&head->fields[i]);
    const struct capan_http_field *length =
        capan_field_next(head->fields, head->field_count, CAPAN_FIELD_CONTENT_LENGTH, &next);
    if (length && !capan_number(length->value, &side_of(exchange, head->request)->announced)) malformed = true;
    if (malformed) seen->framing |= UINT32_C(1) << CAPAN_FRAMING_MALFORMED;
    seen->extent.head_len = head_len(part, head);
    seen->extent.wire_len += seen->extent.head_len;
    touch(&seen->extent, part);
}

/* The whole length must be what was announced (RFC 9113 8.1.1, RFC 9114 4.1.2). */
static void compare_length(struct capan_http_seen *seen, uint64_t announced, bool may_be_empty) {
    uint64_t len = seen->extent.body_len + seen->extent.body_missing;
    if (announced == UINT64_MAX || len == announced || (may_be_empty && !len)) return;
    seen->framing |= UINT32_C(1) << CAPAN_FRAMING_MALFORMED;
}

static void take_trailers(struct capan_talks *talks, struct capan_stream_exchange *exchange,
                          const struct capan_part *part, const struct capan_http_head *head) {
    if (!exchange || (!head->request && !exchange->answered)) return;
    struct capan_http_seen *seen = seen_of(exchange, head->request);
    capan_judging_trailers(talks, exchange->judgement, head->request, head->fields, head->field_count);
    seen->framing |= capan_trailer_findings(head->fields, head->field_count);
    seen->extent.wire_len += head_len(part, head);
    touch(&seen->extent, part);
}

static void begin_answer(struct capan_talks *talks, struct capan_stream_exchange *exchange,
                         const struct capan_part *part, const struct capan_http_head *head) {
    exchange->answered = true;
    exchange->may_be_empty = head->status == 304 || capan_judging_is_head(talks, exchange->judgement);
    capan_judging_response(talks, exchange->judgement, head);
    take_head(exchange, part, head);
    if (head->status / 100 == 2 && capan_judging_is_connect(talks, exchange->judgement)) {
        exchange->end.response.extent.complete = true;
        finish(talks, exchange, CAPAN_HTTP_TUNNELLED);
    }
}

/* Which part of which exchange the head is was decided. */
static void take_message(struct capan_talks *talks, struct capan_stream_exchange *exchange,
                         const struct capan_part *part, const struct capan_http_head *head) {
    if (head->request)
        take_head(exchange, part, head);
    else if (head->status / 100 == 1)
        capan_judging_interim(talks, exchange->judgement, head->status);
    else if (!exchange->answered)
        begin_answer(talks, exchange, part, head);
}

enum capan_result capan_streams_head(struct capan_talks *talks, struct capan_carrier *carrier,
                                     const struct capan_http_parties *parties, const struct capan_part *part,
                                     const struct capan_http_head *head) {
    struct capan_stream_exchange *exchange = find(talks, parties, part->stream);
    if (capan_pseudo_is_trailers(head)) {
        take_trailers(talks, exchange, part, head);
        return CAPAN_OK;
    }
    switch (capan_pair_stream(carrier ? &carrier->streams.asked : NULL, part->stream, head->request, exchange)) {
    case CAPAN_STREAM_IS_OVER:
    case CAPAN_STREAM_REPEATED: return CAPAN_OK;
    case CAPAN_STREAM_BEGINS: exchange = begin(talks, carrier, parties, part->stream, head); break;
    case CAPAN_STREAM_GOES_ON: break;
    }
    if (!exchange) return CAPAN_NO_MEMORY;
    take_message(talks, exchange, part, head);
    return CAPAN_OK;
}

/* A request of which nothing could be read was captured all the same. */
static struct capan_stream_exchange *begin_unread(struct capan_talks *talks, struct capan_carrier *carrier,
                                                  const struct capan_http_parties *parties,
                                                  const struct capan_part *part) {
    const struct capan_streams_asked *asked = carrier ? &carrier->streams.asked : NULL;
    const struct capan_http_head head = {.request = true, .cut = true, .at = part->first};
    if (!part->request || capan_pair_stream(asked, part->stream, true, false) != CAPAN_STREAM_BEGINS) return NULL;
    return begin(talks, carrier, parties, part->stream, &head);
}

void capan_streams_unread(struct capan_talks *talks, struct capan_carrier *carrier,
                          const struct capan_http_parties *parties, const struct capan_part *part,
                          enum capan_http_framing why) {
    struct capan_stream_exchange *exchange = find(talks, parties, part->stream);
    if (!exchange) exchange = begin_unread(talks, carrier, parties, part);
    if (!exchange) return;
    struct capan_http_seen *seen = seen_of(exchange, part->request);
    seen->framing |= UINT32_C(1) << why;
    touch(&seen->extent, part);
}

void capan_streams_body(struct capan_talks *talks, const struct capan_http_parties *parties,
                        const struct capan_part *part, struct capan_span octets, uint64_t missing) {
    struct capan_stream_exchange *exchange = find(talks, parties, part->stream);
    if (!exchange || (!part->request && !exchange->answered)) return;
    struct capan_http_seen *seen = seen_of(exchange, part->request);
    struct capan_http_extent *extent = &seen->extent;
    capan_talks_content(talks, &seen->content, part->request, extent->body_len + extent->body_missing, octets);
    capan_digest_add(&side_of(exchange, part->request)->digest, octets);
    extent->body_len += octets.len;
    extent->body_missing += missing;
    extent->wire_len += part->wire_len ? part->wire_len : octets.len + missing;
    touch(extent, part);
}

/* A response may be over before its request is (RFC 9113 8.1): the exchange is over when both are. */
void capan_streams_end(struct capan_talks *talks, const struct capan_http_parties *parties,
                       const struct capan_part *part, bool reset) {
    struct capan_stream_exchange *exchange = find(talks, parties, part->stream);
    if (!exchange) return;
    const bool request = part->request;
    struct capan_http_seen *asked = &exchange->end.request, *answer = &exchange->end.response;
    struct capan_http_seen *seen = seen_of(exchange, request);
    if (reset) {
        finish(talks, exchange, answer->extent.complete ? CAPAN_HTTP_ENDED : CAPAN_HTTP_RESET);
        return;
    }
    touch(&seen->extent, part);
    seen->extent.complete = request || exchange->answered;
    if (seen->extent.complete)
        compare_length(seen, side_of(exchange, request)->announced, !request && exchange->may_be_empty);
    bool unreadable = answer->framing >> CAPAN_FRAMING_UNREADABLE & 1;
    if (!request && !exchange->answered)
        finish(talks, exchange, unreadable ? CAPAN_HTTP_UNREADABLE : CAPAN_HTTP_CAPTURE_GAP);
    else if (answer->extent.complete && (asked->extent.complete || !asked->extent.first_frame))
        finish(talks, exchange, CAPAN_HTTP_ENDED);
}

void capan_streams_adopt(struct capan_carrier *carrier, const struct capan_http_parties *parties, int64_t stream,
                         struct capan_judgement *judgement, const struct capan_http_extent *request) {
    capan_stream_asked(&carrier->streams.asked, stream);
    make_room(carrier->talks, carrier);
    capan_judging_upgraded(carrier->talks, judgement, stream);
    struct capan_stream_exchange *exchange = add(carrier->talks, carrier, parties, stream, judgement);
    if (exchange) exchange->end.request.extent = *request;
}

void capan_streams_end_all(struct capan_carrier *carrier, enum capan_end how) {
    struct capan_stream_list *list = &carrier->streams;
    enum capan_http_ending ending = how == CAPAN_ENDED_RST   ? CAPAN_HTTP_RESET
                                    : how == CAPAN_ENDED_FIN ? CAPAN_HTTP_CLOSED
                                                             : CAPAN_HTTP_CAPTURE_END;
    if (list->lost) ending = CAPAN_HTTP_CAPTURE_GAP;
    while (list->oldest) {
        bool is_done = list->oldest->end.response.extent.complete;
        finish(carrier->talks, list->oldest, is_done ? CAPAN_HTTP_ENDED : ending);
    }
}

void capan_streams_close(struct capan_talks *talks) {
    while (oldest(talks)) finish(talks, oldest(talks), CAPAN_HTTP_CAPTURE_END);
    capan_index_free(&talks->streams);
}
