/* SPDX-License-Identifier: MIT */
#include "decoded.h"

#include <string.h>

#include "alloc.h"
#include "digest.h"
#include "field.h"
#include "pseudo.h"
#include "trailer.h"

enum { IN_FLIGHT_MAX = 16384, ON_CONNECTION_MAX = 1024, FIRST_BUCKETS = 64 };

/* One message of an exchange in flight. */
struct side {
    struct capan_http_extent extent;
    struct capan_digest digest;
    uint64_t announced; /* Content-Length; UINT64_MAX none */
    uint64_t content;   /* the number that the sink gave; 0 none */
    uint32_t framing;
};

/* One exchange in flight. side[0] is the request, side[1] the final response. */
struct decoded_entry {
    struct decoded_entry *hash_next;
    struct decoded_entry *older, *newer;
    struct decoded_entry *list_older, *list_newer;
    struct decoded_list *list;
    uint64_t hash;
    uint64_t connection;
    int64_t h2_stream;
    struct capan_endpoint client;
    struct capan_judgement *judgement;
    bool answered;     /* the final response has begun */
    bool may_be_empty; /* its content, whatever its length says (RFC 9110 6.4.1) */
    struct side side[2];
};

void capan_decoded_init(struct decoded *decoded, uint64_t seed, const struct capan_alloc *alloc,
                        struct capan_judge *judge, const struct capan_exchanges_sink *sink) {
    *decoded = (struct decoded){.key = capan_hash_key(seed ^ 2), .alloc = alloc, .judge = judge, .sink = sink};
}

/* --- finding --- */

/* TCP and QUIC count their connections each for themselves. */
static uint64_t connection_of(const struct capan_decoded *at) {
    return (uint64_t)at->quic << 32 | at->stream;
}

static uint64_t hash_of(const struct decoded *decoded, const struct capan_decoded *at) {
    uint64_t words[2] = {connection_of(at), (uint64_t)at->h2_stream};
    return capan_hash(decoded->key, words, sizeof words);
}

static struct decoded_entry **bucket_of(const struct decoded *decoded, uint64_t hash) {
    return &decoded->buckets[hash & (decoded->bucket_count - 1)];
}

static struct decoded_entry *find(const struct decoded *decoded, const struct capan_decoded *at) {
    if (!decoded->bucket_count) return NULL;
    struct decoded_entry *entry = *bucket_of(decoded, hash_of(decoded, at));
    while (entry && !(entry->connection == connection_of(at) && entry->h2_stream == at->h2_stream))
        entry = entry->hash_next;
    return entry;
}

static bool grow(struct decoded *decoded) {
    size_t count = decoded->bucket_count ? 2 * decoded->bucket_count : FIRST_BUCKETS;
    struct decoded_entry **buckets = capan_new(decoded->alloc, count * sizeof *buckets);
    if (!buckets) return false;
    capan_delete(decoded->alloc, decoded->buckets, decoded->bucket_count * sizeof *buckets);
    decoded->buckets = buckets;
    decoded->bucket_count = count;
    for (struct decoded_entry *entry = decoded->oldest; entry; entry = entry->newer) {
        entry->hash_next = *bucket_of(decoded, entry->hash);
        *bucket_of(decoded, entry->hash) = entry;
    }
    return true;
}

/* --- coming and going --- */

static void link_entry(struct decoded *decoded, struct decoded_entry *entry, struct decoded_list *list) {
    struct decoded_entry **bucket = bucket_of(decoded, entry->hash);
    entry->hash_next = *bucket;
    *bucket = entry;
    entry->older = decoded->newest;
    *(decoded->newest ? &decoded->newest->newer : &decoded->oldest) = entry;
    decoded->newest = entry;
    decoded->count++;
    if (!list) return;
    entry->list = list;
    list->count++;
    entry->list_older = list->newest;
    *(list->newest ? &list->newest->list_newer : &list->oldest) = entry;
    list->newest = entry;
}

static void unlink_entry(struct decoded *decoded, struct decoded_entry *entry) {
    struct decoded_entry **at = bucket_of(decoded, entry->hash);
    while (*at != entry) at = &(*at)->hash_next;
    *at = entry->hash_next;
    *(entry->older ? &entry->older->newer : &decoded->oldest) = entry->newer;
    *(entry->newer ? &entry->newer->older : &decoded->newest) = entry->older;
    decoded->count--;
    if (!entry->list) return;
    entry->list->count--;
    *(entry->list_older ? &entry->list_older->list_newer : &entry->list->oldest) = entry->list_newer;
    *(entry->list_newer ? &entry->list_newer->list_older : &entry->list->newest) = entry->list_older;
}

static void finish(struct decoded *decoded, struct decoded_entry *entry, enum capan_http_ending how) {
    struct capan_http_end end = {.how = how, .request = entry->side[0].extent, .response = entry->side[1].extent};
    end.request_digest_known = end.request.complete && !end.request.body_missing;
    end.request_digest = capan_digest_value(&entry->side[0].digest);
    end.digest_known = end.response.complete && !end.response.body_missing;
    end.digest = capan_digest_value(&entry->side[1].digest);
    if (decoded->sink->path) end.path = decoded->sink->path(decoded->sink->context, &entry->client);
    unlink_entry(decoded, entry);
    struct capan_exchange *exchange = capan_judge_end(decoded->judge, entry->judgement, &end);
    exchange->request_framing = entry->side[0].framing;
    exchange->response_framing = entry->side[1].framing;
    exchange->request_content = entry->side[0].content;
    exchange->response_content = entry->side[1].content;
    decoded->sink->exchange(decoded->sink->context, exchange);
    capan_judgement_free(decoded->judge, entry->judgement);
    capan_delete(decoded->alloc, entry, sizeof *entry);
}

static bool make_room(struct decoded *decoded, const struct decoded_list *list) {
    if (decoded->count >= decoded->bucket_count && !grow(decoded)) return false;
    if (list && list->count >= ON_CONNECTION_MAX) finish(decoded, list->oldest, CAPAN_HTTP_CAPTURE_GAP);
    if (decoded->count >= IN_FLIGHT_MAX) finish(decoded, decoded->oldest, CAPAN_HTTP_CAPTURE_GAP);
    return true;
}

/* Without memory the judgement is freed. */
static struct decoded_entry *add(struct decoded *decoded, const struct capan_decoded *at,
                                 struct capan_judgement *judgement, struct decoded_list *list) {
    struct decoded_entry *entry = judgement ? capan_new(decoded->alloc, sizeof *entry) : NULL;
    if (!entry) {
        if (judgement) capan_judgement_free(decoded->judge, judgement);
        return NULL;
    }
    entry->judgement = judgement;
    entry->connection = connection_of(at);
    entry->h2_stream = at->h2_stream;
    entry->hash = hash_of(decoded, at);
    for (int i = 0; i < 2; i++) {
        capan_digest_init(&entry->side[i].digest, 0);
        entry->side[i].announced = UINT64_MAX;
    }
    link_entry(decoded, entry, list);
    return entry;
}

/* A stream is asked on once (RFC 9113 5.1.1). */
static bool is_over(const struct decoded_list *list, int64_t h2_stream) {
    return list && h2_stream <= list->highest[h2_stream & 1];
}

static void note_request(const struct decoded *decoded, struct decoded_list *list, int64_t h2_stream,
                         struct capan_judgement *judgement) {
    const struct capan_exchanges_sink *sink = decoded->sink;
    if (list) list->highest[h2_stream & 1] = h2_stream;
    if (sink->pay) capan_judgement_pays(judgement, sink->pay(sink->context));
}

static struct decoded_entry *begin(struct decoded *decoded, const struct capan_decoded *at,
                                   const struct capan_http_head *head, struct decoded_list *list) {
    if (!make_room(decoded, list)) return NULL;
    struct capan_http_place place = {at->stream, at->h2_stream, head->secure, head->request ? at->from : at->to,
                                     head->request ? at->to : at->from};
    struct capan_judgement *judgement = capan_judge_request(decoded->judge, &place, head->request ? head : NULL);
    if (judgement && head->request) note_request(decoded, list, at->h2_stream, judgement);
    struct decoded_entry *entry = add(decoded, at, judgement, list);
    if (entry) entry->client = place.client;
    return entry;
}

/* --- the messages' parts --- */

static void touch(struct capan_http_extent *extent, const struct capan_decoded *at) {
    if (!extent->first_frame) {
        extent->first_frame = at->first_frame ? at->first_frame : at->frame;
        extent->first_ns = at->first_frame ? at->first_ns : at->time_ns;
    }
    extent->last_frame = at->frame;
    extent->last_ns = at->time_ns;
}

static uint64_t head_len(const struct capan_decoded *at, const struct capan_http_head *head) {
    uint64_t len = 0;
    if (at->wire_len) return at->wire_len;
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
static void take_head(struct side *side, const struct capan_decoded *at, const struct capan_http_head *head) {
    size_t next = 0;
    bool malformed = head->request && !head->target.len;
    for (size_t i = 0; i < head->field_count; i++) malformed |= is_forbidden(&head->fields[i]);
    const struct capan_http_field *length =
        capan_field_next(head->fields, head->field_count, CAPAN_FIELD_CONTENT_LENGTH, &next);
    if (length && !capan_number(length->value, &side->announced)) malformed = true;
    if (malformed) side->framing |= UINT32_C(1) << CAPAN_FRAMING_MALFORMED;
    side->extent.head_len = head_len(at, head);
    side->extent.wire_len += side->extent.head_len;
}

/* The whole length must be what was announced (RFC 9113 8.1.1, RFC 9114 4.1.2). */
static void compare_length(struct side *side, bool may_be_empty) {
    uint64_t len = side->extent.body_len + side->extent.body_missing;
    if (side->announced == UINT64_MAX || len == side->announced || (may_be_empty && !len)) return;
    side->framing |= UINT32_C(1) << CAPAN_FRAMING_MALFORMED;
}

static enum capan_result take_trailers(const struct decoded *decoded, struct decoded_entry *entry,
                                       const struct capan_decoded *at, const struct capan_http_head *head) {
    if (!entry || (!head->request && !entry->answered)) return CAPAN_OK;
    struct side *side = &entry->side[!head->request];
    capan_judge_trailers(decoded->judge, entry->judgement, head->request, head->fields, head->field_count);
    side->framing |= capan_trailer_findings(head->fields, head->field_count);
    side->extent.wire_len += head_len(at, head);
    touch(&side->extent, at);
    return CAPAN_OK;
}

static void begin_answer(struct decoded *decoded, struct decoded_entry *entry, const struct capan_decoded *at,
                         const struct capan_http_head *head) {
    entry->answered = true;
    entry->may_be_empty = head->status == 304 || capan_judgement_is_head(entry->judgement);
    capan_judge_response(decoded->judge, entry->judgement, head);
    take_head(&entry->side[1], at, head);
    touch(&entry->side[1].extent, at);
    if (head->status / 100 == 2 && capan_judgement_is_connect(entry->judgement)) {
        entry->side[1].extent.complete = true;
        finish(decoded, entry, CAPAN_HTTP_TUNNELLED);
    }
}

enum capan_result capan_decoded_head(struct decoded *decoded, const struct capan_decoded *at,
                                     const struct capan_http_head *head, struct decoded_list *list) {
    struct decoded_entry *entry = find(decoded, at);
    if (capan_pseudo_is_trailers(head)) return take_trailers(decoded, entry, at, head);
    if (!entry && is_over(list, at->h2_stream)) return CAPAN_OK;
    if (entry && head->request) return CAPAN_OK; /* a stream has one request */
    if (!entry && !(entry = begin(decoded, at, head, list))) return CAPAN_NO_MEMORY;
    if (head->request) {
        take_head(&entry->side[0], at, head);
        touch(&entry->side[0].extent, at);
    } else if (head->status / 100 == 1) {
        capan_judge_interim(entry->judgement, head->status);
    } else if (!entry->answered) {
        begin_answer(decoded, entry, at, head);
    }
    return CAPAN_OK;
}

void capan_decoded_unread(struct decoded *decoded, const struct capan_decoded *at, bool request,
                          enum capan_http_framing why) {
    struct decoded_entry *entry = find(decoded, at);
    if (!entry || (request ? entry->side[0].extent.head_len > 0 : entry->answered)) return;
    entry->side[!request].framing |= UINT32_C(1) << why;
    touch(&entry->side[!request].extent, at);
}

void capan_decoded_body(struct decoded *decoded, const struct capan_decoded *at, bool request, struct capan_span octets,
                        uint64_t missing) {
    struct decoded_entry *entry = find(decoded, at);
    if (!entry || (!request && !entry->answered)) return;
    struct side *side = &entry->side[!request];
    const struct capan_exchanges_sink *sink = decoded->sink;
    if (sink->content && octets.len)
        side->content = sink->content(sink->context, side->content, request,
                                      side->extent.body_len + side->extent.body_missing, octets);
    capan_digest_add(&side->digest, octets);
    side->extent.body_len += octets.len;
    side->extent.body_missing += missing;
    side->extent.wire_len += at->wire_len ? at->wire_len : octets.len + missing;
    touch(&side->extent, at);
}

/* A response may be over before its request is (RFC 9113 8.1): the exchange is over when both are. */
void capan_decoded_end(struct decoded *decoded, const struct capan_decoded *at, bool request, bool reset) {
    struct decoded_entry *entry = find(decoded, at);
    if (!entry) return;
    struct side *asked = &entry->side[0], *answer = &entry->side[1], *side = &entry->side[!request];
    if (reset) {
        finish(decoded, entry, answer->extent.complete ? CAPAN_HTTP_ENDED : CAPAN_HTTP_RESET);
        return;
    }
    touch(&side->extent, at);
    side->extent.complete = request || entry->answered;
    if (side->extent.complete) compare_length(side, !request && entry->may_be_empty);
    bool unreadable = answer->framing >> CAPAN_FRAMING_UNREADABLE & 1;
    if (!request && !entry->answered)
        finish(decoded, entry, unreadable ? CAPAN_HTTP_UNREADABLE : CAPAN_HTTP_CAPTURE_GAP);
    else if (answer->extent.complete && (asked->extent.complete || !asked->extent.first_frame))
        finish(decoded, entry, CAPAN_HTTP_ENDED);
}

void capan_decoded_adopt(struct decoded *decoded, const struct capan_decoded *at, struct capan_judgement *judgement,
                         const struct capan_http_end *request, struct decoded_list *list) {
    if (list) list->highest[at->h2_stream & 1] = at->h2_stream;
    if (!make_room(decoded, list)) {
        capan_judgement_free(decoded->judge, judgement);
        return;
    }
    capan_judgement_upgraded(judgement, at->h2_stream);
    struct decoded_entry *entry = add(decoded, at, judgement, list);
    if (!entry) return;
    entry->client = at->from;
    entry->side[0].extent = request->request;
}

void capan_decoded_close(struct decoded *decoded, struct decoded_list *list, enum capan_end how) {
    enum capan_http_ending ending = how == CAPAN_ENDED_RST   ? CAPAN_HTTP_RESET
                                    : how == CAPAN_ENDED_FIN ? CAPAN_HTTP_CLOSED
                                                             : CAPAN_HTTP_CAPTURE_END;
    if (list->gap) ending = CAPAN_HTTP_CAPTURE_GAP;
    while (list->oldest) {
        bool is_done = list->oldest->side[1].extent.complete;
        finish(decoded, list->oldest, is_done ? CAPAN_HTTP_ENDED : ending);
    }
}

void capan_decoded_free(struct decoded *decoded) {
    while (decoded->oldest) finish(decoded, decoded->oldest, CAPAN_HTTP_CAPTURE_END);
    capan_delete(decoded->alloc, decoded->buckets, decoded->bucket_count * sizeof *decoded->buckets);
    decoded->buckets = NULL;
    decoded->bucket_count = 0;
}
