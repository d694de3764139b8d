/* SPDX-License-Identifier: MIT */
#include "decoded.h"

#include <string.h>

#include "alloc.h"
#include "digest.h"
#include "trailer.h"

enum { IN_FLIGHT_MAX = 16384, FIRST_BUCKETS = 64 };

/* One exchange in flight. side[0] is the request, side[1] the final response. */
struct decoded_entry {
    struct decoded_entry *hash_next;
    struct decoded_entry *older, *newer;
    struct decoded_entry *list_previous, *list_next;
    struct decoded_list *list;
    uint64_t hash;
    uint32_t stream;
    int64_t h2_stream;
    struct capan_endpoint client;
    struct capan_judgement *judgement;
    bool answered;
    struct {
        struct capan_http_extent extent;
        struct capan_digest digest;
        uint64_t content; /* the number that the sink gave; 0 none */
        uint32_t framing;
    } side[2];
};

void decoded_init(struct decoded *decoded, uint64_t seed, const struct capan_alloc *alloc, struct capan_judge *judge,
                  const struct capan_exchanges_sink *sink) {
    *decoded = (struct decoded){.key = capan_hash_key(seed ^ 2), .alloc = alloc, .judge = judge, .sink = sink};
}

/* --- finding --- */

static uint64_t hash_of(const struct decoded *decoded, uint32_t stream, int64_t h2_stream) {
    uint64_t words[2] = {stream, (uint64_t)h2_stream};
    return capan_hash(decoded->key, words, sizeof words);
}

static struct decoded_entry **bucket_of(const struct decoded *decoded, uint64_t hash) {
    return &decoded->buckets[hash & (decoded->bucket_count - 1)];
}

static struct decoded_entry *find(const struct decoded *decoded, const struct capan_decoded *at) {
    if (!decoded->bucket_count) return NULL;
    struct decoded_entry *entry = *bucket_of(decoded, hash_of(decoded, at->stream, at->h2_stream));
    while (entry && !(entry->stream == at->stream && entry->h2_stream == at->h2_stream)) entry = entry->hash_next;
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
    entry->list_next = list->first;
    if (list->first) list->first->list_previous = entry;
    list->first = entry;
}

static void unlink_entry(struct decoded *decoded, struct decoded_entry *entry) {
    struct decoded_entry **at = bucket_of(decoded, entry->hash);
    while (*at != entry) at = &(*at)->hash_next;
    *at = entry->hash_next;
    *(entry->older ? &entry->older->newer : &decoded->oldest) = entry->newer;
    *(entry->newer ? &entry->newer->older : &decoded->newest) = entry->older;
    decoded->count--;
    if (!entry->list) return;
    *(entry->list_previous ? &entry->list_previous->list_next : &entry->list->first) = entry->list_next;
    if (entry->list_next) entry->list_next->list_previous = entry->list_previous;
}

static void finish(struct decoded *decoded, struct decoded_entry *entry, enum capan_http_ending how) {
    struct capan_http_end end = {.how = how, .request = entry->side[0].extent, .response = entry->side[1].extent};
    end.request_digest_known = end.request.complete;
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

static struct capan_http_head judge_head(const struct capan_decoded *at, const struct capan_decoded_head *head) {
    return (struct capan_http_head){.request = head->request,
                                    .method = head->method,
                                    .target = head->target,
                                    .authority = head->authority,
                                    .status = head->status,
                                    .version = head->version,
                                    .fields = head->fields,
                                    .field_count = head->field_count,
                                    .frame = at->frame,
                                    .time_ns = at->time_ns};
}

static struct decoded_entry *begin(struct decoded *decoded, const struct capan_decoded *at,
                                   const struct capan_decoded_head *head, struct decoded_list *list) {
    if (decoded->count >= decoded->bucket_count && !grow(decoded)) return NULL;
    if (decoded->count >= IN_FLIGHT_MAX) finish(decoded, decoded->oldest, CAPAN_HTTP_CAPTURE_GAP);
    struct decoded_entry *entry = capan_new(decoded->alloc, sizeof *entry);
    if (!entry) return NULL;
    struct capan_http_place place = {at->stream, at->h2_stream, head->secure, head->request ? at->from : at->to,
                                     head->request ? at->to : at->from};
    struct capan_http_head request = judge_head(at, head);
    entry->judgement = capan_judge_request(decoded->judge, &place, head->request ? &request : NULL);
    if (!entry->judgement) {
        capan_delete(decoded->alloc, entry, sizeof *entry);
        return NULL;
    }
    entry->stream = at->stream;
    entry->h2_stream = at->h2_stream;
    entry->hash = hash_of(decoded, at->stream, at->h2_stream);
    for (int i = 0; i < 2; i++) capan_digest_init(&entry->side[i].digest, 0);
    entry->client = place.client;
    if (head->request && decoded->sink->pay)
        capan_judgement_pays(entry->judgement, decoded->sink->pay(decoded->sink->context));
    link_entry(decoded, entry, list);
    return entry;
}

/* --- the messages' parts --- */

static void touch(struct capan_http_extent *extent, const struct capan_decoded *at) {
    if (!extent->first_frame) {
        extent->first_frame = at->frame;
        extent->first_ns = at->time_ns;
    }
    extent->last_frame = at->frame;
    extent->last_ns = at->time_ns;
}

static uint64_t head_len(const struct capan_decoded_head *head) {
    uint64_t len = 0;
    for (size_t i = 0; i < head->field_count; i++) len += head->fields[i].name.len + head->fields[i].value.len;
    return len;
}

/* A second head of a request, or a response's without a status. */
static bool is_trailers(const struct decoded_entry *entry, const struct capan_decoded_head *head) {
    return head->request ? entry || !head->method.len : !head->status;
}

static enum capan_result take_trailers(const struct decoded *decoded, struct decoded_entry *entry,
                                       const struct capan_decoded *at, const struct capan_decoded_head *head) {
    if (!entry || (!head->request && !entry->answered)) return CAPAN_OK;
    capan_judge_trailers(decoded->judge, entry->judgement, head->request, head->fields, head->field_count);
    entry->side[!head->request].framing |= capan_trailer_findings(head->fields, head->field_count);
    entry->side[!head->request].extent.wire_len += head_len(head);
    touch(&entry->side[!head->request].extent, at);
    return CAPAN_OK;
}

enum capan_result decoded_head(struct decoded *decoded, const struct capan_decoded *at,
                               const struct capan_decoded_head *head, struct decoded_list *list) {
    struct decoded_entry *entry = find(decoded, at);
    if (is_trailers(entry, head)) return take_trailers(decoded, entry, at, head);
    if (!entry && !(entry = begin(decoded, at, head, list))) return CAPAN_NO_MEMORY;
    struct capan_http_extent *extent = &entry->side[!head->request].extent;
    if (head->request) {
        extent->head_len = extent->wire_len = head_len(head);
    } else if (head->status / 100 == 1) {
        capan_judge_interim(entry->judgement, head->status);
        return CAPAN_OK;
    } else if (!entry->answered) {
        struct capan_http_head response = judge_head(at, head);
        entry->answered = true;
        capan_judge_response(decoded->judge, entry->judgement, &response);
        extent->head_len = extent->wire_len = head_len(head);
    }
    touch(extent, at);
    return CAPAN_OK;
}

void decoded_body(struct decoded *decoded, const struct capan_decoded *at, bool request, struct capan_span octets,
                  uint64_t len) {
    struct decoded_entry *entry = find(decoded, at);
    if (!entry || (!request && !entry->answered)) return;
    struct capan_http_extent *extent = &entry->side[!request].extent;
    const struct capan_exchanges_sink *sink = decoded->sink;
    uint64_t *number = &entry->side[!request].content;
    if (sink->content && octets.len)
        *number = sink->content(sink->context, *number, request, extent->body_len + extent->body_missing, octets);
    capan_digest_add(&entry->side[!request].digest, octets);
    extent->body_len += octets.len;
    extent->body_missing += len - octets.len;
    extent->wire_len += len;
    touch(extent, at);
}

void decoded_end(struct decoded *decoded, const struct capan_decoded *at, bool request, bool reset) {
    struct decoded_entry *entry = find(decoded, at);
    if (!entry) return;
    touch(&entry->side[!request].extent, at);
    entry->side[!request].extent.complete = !reset;
    if (reset || !request) finish(decoded, entry, reset ? CAPAN_HTTP_RESET : CAPAN_HTTP_ENDED);
}

void decoded_close(struct decoded *decoded, struct decoded_list *list, enum capan_end how) {
    enum capan_http_ending ending = how == CAPAN_ENDED_RST   ? CAPAN_HTTP_RESET
                                    : how == CAPAN_ENDED_FIN ? CAPAN_HTTP_CLOSED
                                                             : CAPAN_HTTP_CAPTURE_END;
    while (list->first) finish(decoded, list->first, ending);
}

void decoded_free(struct decoded *decoded) {
    while (decoded->oldest) finish(decoded, decoded->oldest, CAPAN_HTTP_CAPTURE_END);
    capan_delete(decoded->alloc, decoded->buckets, decoded->bucket_count * sizeof *decoded->buckets);
    decoded->buckets = NULL;
    decoded->bucket_count = 0;
}
