/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include "advice.h"
#include "answer.h"
#include "bytes.h"
#include "conditional.h"
#include "freshness.h"
#include "judgement.h"
#include "outcome.h"
#include "pageload.h"
#include "provenance.h"
#include "sections.h"
#include "storing.h"
#include "uri.h"
#include "violations.h"
#include "waits.h"

#define NS_PER_S    INT64_C(1000000000)
#define ROOM        ((size_t)3072)      /* what a plain exchange needs */
#define MESSAGE_MAX ((size_t)64 * 1024) /* of one message's fields */

/* An endpoint and its key. */
struct met {
    struct capan_endpoint endpoint;
    uint64_t key;
};

struct capan_judge {
    const struct capan_alloc *alloc;
    struct capan_alloc alloc_copy;
    struct capan_store store;
    bool shared_cache, responses, giving_up;
    uint8_t forgotten[2];      /* 1 << CAPAN_FORGOT_...: in clear, under TLS */
    struct case_room *spare;   /* one judgement's memory, kept for the next */
    struct met client, server; /* of the last request: mostly of this one too */
};

/* A judgement and the first memory of its arena. */
struct case_room {
    struct capan_judgement judgement;
    max_align_t room[ROOM / sizeof(max_align_t)];
};

const size_t capan_judgement_size = sizeof(struct case_room);

struct capan_judge *capan_judge_new(const struct capan_alloc *alloc, const struct capan_judge_config *config) {
    struct capan_judge *judge = capan_new(alloc, sizeof *judge);
    if (!judge) return NULL;
    judge->alloc_copy = *alloc;
    judge->alloc = &judge->alloc_copy;
    judge->shared_cache = config->shared_cache;
    judge->responses = config->responses;
    capan_store_init(&judge->store, judge->alloc, config->memory, config->seed);
    return judge;
}

void capan_judge_free(struct capan_judge *judge) {
    if (!judge) return;
    struct capan_alloc alloc = judge->alloc_copy;
    capan_delete(&alloc, judge->spare, sizeof *judge->spare);
    capan_store_free(&judge->store);
    capan_delete(&alloc, judge, sizeof *judge);
}

uint64_t capan_judge_evicted(const struct capan_judge *judge) {
    return judge->store.evicted;
}

void capan_judge_forget(struct capan_judge *judge, enum capan_http_forgetting what, bool of_tls) {
    judge->forgotten[1] |= (uint8_t)(1 << what);
    if (!of_tls) judge->forgotten[0] |= (uint8_t)(1 << what);
}

void capan_judge_giving_up(struct capan_judge *judge, bool giving_up) {
    judge->giving_up = giving_up;
    if (giving_up) capan_judge_forget(judge, CAPAN_FORGOT_CONNECTIONS, false);
}

/* --- who and where --------------------------------------------------------------------------------------------- */

static size_t address_len(const struct capan_address *address) {
    return address->version == 4 ? 4 : sizeof address->octets;
}

static uint64_t endpoint_hash(struct capan_hash_key key, const struct capan_endpoint *endpoint) {
    const struct capan_address *address = &endpoint->address;
    uint8_t octets[19] = {address->version, (uint8_t)(endpoint->port >> 8), (uint8_t)endpoint->port};
    memcpy(octets + 3, address->octets, address_len(address));
    return capan_hash(key, octets, 3 + address_len(address));
}

static bool is_met(const struct met *met, const struct capan_endpoint *endpoint) {
    const struct capan_address *a = &met->endpoint.address, *b = &endpoint->address;
    return met->key && a->version == b->version && met->endpoint.port == endpoint->port &&
           memcmp(a->octets, b->octets, address_len(b)) == 0;
}

static uint64_t endpoint_key(struct capan_hash_key key, struct met *met, const struct capan_endpoint *endpoint) {
    if (!is_met(met, endpoint)) *met = (struct met){*endpoint, endpoint_hash(key, endpoint)};
    return met->key;
}

/* A client is its address, whatever the port. */
static uint64_t client_key(struct capan_judge *judge, const struct capan_endpoint *client) {
    struct capan_endpoint anyhow = {client->address, 0};
    return judge->shared_cache ? 0 : endpoint_key(judge->store.key, &judge->client, &anyhow);
}

/* Who asks whom for what, as hashes. */
static void find_keys(struct capan_judge *judge, struct capan_judgement *j, struct capan_span uri) {
    struct capan_keys *keys = &j->keys;
    keys->client = client_key(judge, &j->parties.client);
    keys->server = endpoint_key(j->key, &judge->server, &j->parties.server);
    keys->resource = capan_uri_key(j->key, uri, j->keys.server);
    keys->served = capan_mix(keys->resource, keys->server);
    keys->copy = capan_mix(keys->resource, keys->client);
}

static void read_target(struct capan_judge *judge, struct capan_judgement *j, const struct capan_http_head *head) {
    struct capan_span scheme = {0}, authority = head->authority, path = head->target;
    bool secure = head->secure;
    if (capan_uri_split(head->target, &scheme, &authority, &path))
        secure = capan_is_word(scheme, "https");
    else if (!authority.len)
        authority = j->asked.kept.host;
    if (!path.len) path = span_of("/");
    struct capan_span uri = capan_uri_write(&j->arena, authority, path, secure);
    bool copied = uri.len && capan_arena_copy(&j->arena, head->method, &j->exchange.method);
    copied = copied && capan_arena_copy(&j->arena, head->target, &j->exchange.target);
    if (!copied) j->asked.kept.cut = true;
    j->exchange.secure = secure;
    j->exchange.authority = capan_uri_authority(&j->arena, authority, uri, secure);
    find_keys(judge, j, uri);
}

/* --- from request to end --------------------------------------------------------------------------------------- */

static struct capan_judgement *new_judgement(struct capan_judge *judge) {
    struct case_room *room = judge->spare;
    judge->spare = NULL;
    if (!room) room = judge->alloc->resize(judge->alloc->context, NULL, 0, sizeof *room);
    if (!room) return NULL;
    struct capan_judgement *j = &room->judgement;
    memset(j, 0, sizeof *j);
    capan_arena_init(&j->arena, judge->alloc, (uint8_t *)room->room, sizeof room->room, MESSAGE_MAX);
    j->exchange.fresh_lifetime_s = j->exchange.age_s = j->exchange.answered_ns = j->exchange.server_ns = -1;
    j->exchange.unchanged_s = j->exchange.full_server_ns = -1;
    j->exchange.rtt_ns = j->exchange.round_trips_x100 = j->exchange.content_ns = -1;
    j->answer.content_length = UINT64_MAX;
    j->answer.age_s = -1;
    return j;
}

/* What an exchange's request and end look up, brought near while other work is done: the table is larger than caches.
 */
static void for_nodes(const struct capan_judge *judge, const struct capan_keys *keys,
                      void (*bring)(const struct capan_store *, enum capan_node_kind, uint64_t key)) {
    bring(&judge->store, CAPAN_NODE_COPY, keys->copy);
    bring(&judge->store, CAPAN_NODE_RESOURCE, keys->resource);
    bring(&judge->store, CAPAN_NODE_SERVED, keys->served);
    bring(&judge->store, CAPAN_NODE_PAGE, capan_mix(keys->client, keys->resource));
}

static void take_fields(const struct capan_kept *kept, const struct capan_http_field **fields, size_t *count) {
    *fields = kept->fields;
    *count = kept->count;
}

static void read_request(struct capan_judge *judge, struct capan_judgement *j, const struct capan_http_head *head) {
    struct capan_store *store = &judge->store;
    capan_keep(&j->asked.kept, &j->arena, true, head->fields, head->field_count);
    read_target(judge, j, head);
    for_nodes(judge, &j->keys, capan_store_bring_bucket);
    capan_conditional_ask(j, store->key, head);
    for_nodes(judge, &j->keys, capan_store_bring_node);
    j->exchange.request_version = head->version;
    take_fields(&j->asked.kept, &j->exchange.request_fields, &j->exchange.request_field_count);
    j->exchange.request_lines = j->asked.kept.all;
    j->exchange.request_line_count = j->asked.kept.all_count;
    j->forgotten = judge->forgotten[j->exchange.secure];
    capan_provenance_find(j, store, capan_store_find(store, CAPAN_NODE_COPY, j->keys.copy));
    const struct capan_resource *resource = capan_store_find(store, CAPAN_NODE_RESOURCE, j->keys.resource);
    if (resource) j->before = resource->current;
    if (j->before.validator_seen) j->facts |= CAPAN_SEEN_VALIDATOR;
    if (capan_judgement_has(j, CAPAN_ASKS_IM)) {
        j->asked.im_current = capan_match_of(store->key, &j->asked.kept, CAPAN_FIELD_IF_MATCH, &j->before.tag);
    }
}

/* As much of a request as was captured, when that is not all. */
static void note_cut_request(struct capan_judgement *j, const struct capan_http_head *head) {
    j->said.is_cut = true;
    j->arena.limit += 2 * MESSAGE_MAX;
    capan_arena_copy(&j->arena, head->method, &j->said.method);
    capan_arena_copy(&j->arena, head->target, &j->said.target);
    j->said.request_version = head->version;
    j->said.is_refused = head->refused;
}

struct capan_judgement *capan_judge_request(struct capan_judge *judge, const struct capan_http_parties *parties,
                                            int64_t h2_stream, const struct capan_http_head *head) {
    struct capan_judgement *j = new_judgement(judge);
    if (!j) return NULL;
    j->parties = *parties;
    j->key = judge->store.key;
    j->exchange.stream = parties->stream;
    j->exchange.h2_stream = h2_stream;
    j->exchange.client = parties->client;
    j->exchange.server = parties->server;
    j->said.is_asked = head;
    j->forgotten = judge->forgotten[0];
    if (head && head->cut)
        note_cut_request(j, head);
    else if (head)
        read_request(judge, j, head);
    return j;
}

void capan_judge_interim(struct capan_judgement *j, uint16_t status) {
    if (j->exchange.interim_count < CAPAN_HTTP_INTERIM_MAX) j->exchange.interim[j->exchange.interim_count++] = status;
}

void capan_judge_response(struct capan_judge *judge, struct capan_judgement *j, const struct capan_http_head *head) {
    j->said.is_answered = true;
    j->said.status = head->status;
    j->said.response_version = head->version;
    j->said.is_cut |= head->cut;
    if (j->said.is_cut) return;
    for_nodes(judge, &j->keys, capan_store_bring_bucket);
    j->arena.limit += judge->responses ? 2 * MESSAGE_MAX : MESSAGE_MAX;
    j->exchange.status = head->status;
    j->exchange.response_version = head->version;
    j->exchange.response.first_ns = head->at.ns;
    capan_answer_read(j, judge->store.key, head, judge->shared_cache);
    take_fields(&j->answer.kept, &j->exchange.response_fields, &j->exchange.response_field_count);
    if (judge->responses) capan_answer_note_lines(j, head);
    if (head->status == 101 || capan_judgement_has(j, CAPAN_GOT_2XX | CAPAN_IS_CONNECT)) j->facts |= CAPAN_GOT_TUNNEL;
    capan_conditional_compare(j, judge->store.key);
}

void capan_judge_trailers(struct capan_judge *judge, struct capan_judgement *j, bool request,
                          const struct capan_http_field *fields, size_t count) {
    struct capan_exchange *exchange = &j->exchange;
    struct capan_kept kept;
    if (j->said.is_cut || (request ? exchange->request_trailers : exchange->response_trailers)) return;
    j->arena.limit += MESSAGE_MAX;
    capan_keep(&kept, &j->arena, request, fields, count);
    if (request) {
        take_fields(&kept, &exchange->request_trailers, &exchange->request_trailer_count);
        return;
    }
    take_fields(&kept, &exchange->response_trailers, &exchange->response_trailer_count);
    if (!j->answer.tag.whole) j->answer.trailing_tag = capan_tag_read(judge->store.key, &kept);
}

/* What was sent whole, and whether that server had sent just that of the resource before. */
static uint64_t note_representation(struct capan_judgement *j) {
    if (!capan_judgement_has(j, CAPAN_GOT_200 | CAPAN_IS_GET) || !j->end.response.digest_known) return 0;
    j->representation = (struct capan_representation){
        .tag = capan_tag_readable(&j->answer.tag) ? j->answer.tag.whole : 0,
        .base = j->answer.tag.base,
        .weak = j->answer.tag.weak,
        .digest = j->end.response.digest,
        .encoding = j->answer.encoding,
        .language = j->answer.language,
        .server = j->keys.server,
        .vary = j->answer.vary,
    };
    return j->resource && capan_resource_has(j->resource, &j->representation) ? 0 : CAPAN_GOT_NEW;
}

/* How the body compares with the one that the client had. */
static uint64_t compare_bodies(const struct capan_judgement *j) {
    const struct capan_stored *known = j->known;
    if (!j->end.response.digest_known || !capan_judgement_has(j, CAPAN_GOT_2XX | CAPAN_IS_GET)) return 0;
    if (capan_judgement_has(j, CAPAN_GOT_206) || !known || !known->digest_known ||
        known->encoding != j->answer.encoding)
        return CAPAN_GOT_BODY;
    return CAPAN_GOT_BODY | (known->digest == j->end.response.digest ? CAPAN_BODY_SAME : CAPAN_BODY_OTHER);
}

static void tell_freshness(struct capan_judgement *j) {
    if (!j->known) return;
    struct capan_exchange *exchange = &j->exchange;
    int64_t asked_ns = exchange->request.first_ns;
    exchange->known_in = j->known->frame;
    exchange->age_s = capan_age_at(j->known, asked_ns);
    exchange->fresh_lifetime_s = j->known->lifetime_s;
    exchange->fresh_heuristic = j->known->heuristic;
    exchange->known_no_cache = j->known->directives & CAPAN_NO_CACHE;
    if (j->known_usable && capan_is_fresh(j->known, asked_ns)) j->facts |= CAPAN_HAD_FRESH;
}

/* The copy that a 304 confirms may be an older one than the newest known. */
static bool confirms_known(const struct capan_judgement *j) {
    if (!j->known) return false;
    bool by_tag = capan_judgement_has(j, CAPAN_BY_INM) && !capan_judgement_has(j, CAPAN_INM_STAR);
    return !by_tag || j->asked.inm_known.weak || j->asked.inm.tags == 0;
}

static uint64_t body_spared(const struct capan_judgement *j) {
    if (capan_judgement_has(j, CAPAN_IS_HEAD)) return 0;
    if (j->end.body_after_304) return 0;
    if (confirms_known(j) && j->known->body_known) return j->known->body_len;
    if (confirms_known(j) && j->known->content_length != UINT64_MAX) return j->known->content_length;
    return j->answer.content_length == UINT64_MAX ? 0 : j->answer.content_length;
}

/* The body came although the client had it: proved by the validator, or by its octets. */
static bool is_wasted(const struct capan_judgement *j) {
    if (capan_judgement_has(j, CAPAN_BODY_OTHER) || (j->known && j->known->directives & CAPAN_NO_STORE)) return false;
    bool same_tag = j->known && capan_tag_strong_equal(&j->known->tag, &j->answer.tag);
    switch (j->exchange.outcome) {
    case CAPAN_OUTCOME_UNCHANGED_RESENT: return true;
    case CAPAN_OUTCOME_REFETCH: return capan_judgement_has(j, CAPAN_BODY_SAME) || (same_tag && j->known->body_known);
    case CAPAN_OUTCOME_MODIFIED:
    case CAPAN_OUTCOME_MODIFIED_UNPROVEN: return capan_judgement_has(j, CAPAN_BODY_SAME);
    default: return false;
    }
}

static void tell_cost(struct capan_judgement *j) {
    struct capan_exchange *exchange = &j->exchange;
    if (exchange->outcome == CAPAN_OUTCOME_NOT_MODIFIED) exchange->saved = body_spared(j);
    if (is_wasted(j)) exchange->wasted = exchange->response.body_len + exchange->response.body_missing;
}

static void judge_exchange(struct capan_judge *judge, struct capan_judgement *j) {
    struct capan_store *store = &judge->store;
    j->copy = capan_store_find(store, CAPAN_NODE_COPY, j->keys.copy);
    j->resource = capan_store_find(store, CAPAN_NODE_RESOURCE, j->keys.resource);
    j->served = capan_store_find(store, CAPAN_NODE_SERVED, j->keys.served);
    j->facts |= compare_bodies(j) | note_representation(j);
    if (capan_judgement_has(j, CAPAN_BODY_SAME)) j->exchange.content = CAPAN_CONTENT_SAME;
    if (capan_judgement_has(j, CAPAN_BODY_OTHER)) j->exchange.content = CAPAN_CONTENT_OTHER;
    tell_freshness(j);
    capan_outcome_decide(j);
    tell_cost(j);
    capan_violations_find(j);
    capan_pages_add(j, store);
    capan_advice_find(j);
    capan_sections_choose(j);
    if (j->exchange.advice >> CAPAN_ADVICE_304_STORM & 1) j->load->told = true;
    capan_storing_keep(j, store);
    capan_store_trim(store);
}

static void tell_unjudged(struct capan_exchange *exchange, bool refused) {
    bool plain = exchange->outcome == CAPAN_OUTCOME_PLAIN, error = exchange->status >= 400;
    exchange->source = capan_http_outcomes[exchange->outcome].source;
    exchange->sentence = capan_http_outcomes[exchange->outcome].sentence;
    if (plain) exchange->sentence = "not judged, as not all of its fields are known";
    if (!plain || !refused) return;
    exchange->source = "RFC 9112 3";
    exchange->sentence = error ? "the server refused what is no request" : "answered, though it is no request";
}

/* Without all of the fields there is no verdict: only what was said. */
static void leave_unjudged(struct capan_judgement *j) {
    static const uint8_t reasons[] = {
        [CAPAN_HTTP_ENDED] = CAPAN_REASON_NONE,
        [CAPAN_HTTP_TUNNELLED] = CAPAN_REASON_NONE,
        [CAPAN_HTTP_RESET] = CAPAN_REASON_RESET,
        [CAPAN_HTTP_CLOSED] = CAPAN_REASON_CLOSED_EARLY,
        [CAPAN_HTTP_CAPTURE_GAP] = CAPAN_REASON_CAPTURE_GAP,
        [CAPAN_HTTP_CAPTURE_END] = CAPAN_REASON_CAPTURE_END,
        [CAPAN_HTTP_GIVEN_UP] = CAPAN_REASON_GIVEN_UP,
        [CAPAN_HTTP_UNREADABLE] = CAPAN_REASON_UNREADABLE,
    };
    struct capan_exchange *exchange = &j->exchange;
    const uint16_t status = j->said.status;
    if (j->said.method.len) {
        exchange->method = j->said.method;
        exchange->target = j->said.target;
        exchange->request_version = j->said.request_version;
    }
    exchange->status = status;
    exchange->response_version = j->said.response_version;
    exchange->outcome = !j->said.is_asked     ? CAPAN_OUTCOME_ORPHAN_RESPONSE
                        : j->said.is_answered ? CAPAN_OUTCOME_PLAIN
                                              : CAPAN_OUTCOME_NO_RESPONSE;
    exchange->reason = j->said.is_answered ? CAPAN_REASON_NONE : reasons[j->end.how];
    tell_unjudged(exchange, j->said.is_refused);
    exchange->violations = exchange->advice = 0;
    exchange->lost = 0;
    exchange->forgotten = 0;
    exchange->certainty = CAPAN_AMBIGUOUS;
}

static void take_seen(struct capan_exchange *exchange, const struct capan_http_end *end) {
    exchange->request = end->request.extent;
    exchange->response = end->response.extent;
    exchange->body_digest = end->response.digest_known ? end->response.digest : 0;
    exchange->request_framing = end->request.framing;
    exchange->response_framing = end->response.framing;
    exchange->request_content = end->request.content;
    exchange->response_content = end->response.content;
}

struct capan_exchange *capan_judge_end(struct capan_judge *judge, struct capan_judgement *j,
                                       const struct capan_http_end *end) {
    struct capan_exchange *exchange = &j->exchange;
    for_nodes(judge, &j->keys, capan_store_bring_node);
    j->end = *end;
    if (judge->giving_up && end->how == CAPAN_HTTP_CAPTURE_END) j->end.how = CAPAN_HTTP_GIVEN_UP;
    take_seen(exchange, end);
    exchange->decoded_len = end->response.digest_known && capan_answer_is_gzip(j) ? end->response.gunzipped : 0;
    exchange->validator_in = j->origin.frame;
    exchange->validator_ns = j->origin.ns;
    if (end->how == CAPAN_HTTP_TUNNELLED) j->facts |= CAPAN_GOT_TUNNEL;
    bool timed = capan_judgement_has(j, CAPAN_IS_CAPTURED | CAPAN_GOT_FINAL) &&
                 exchange->response.first_ns >= exchange->request.last_ns;
    if (timed) exchange->answered_ns = capan_elapsed_ns(exchange->request.last_ns, exchange->response.first_ns);
    capan_waits_tell(exchange, &end->path);
    capan_waits_spend(exchange, &end->spent);
    judge_exchange(judge, j);
    if (j->said.is_cut) leave_unjudged(j);
    return exchange;
}

void capan_judgement_free(struct capan_judge *judge, struct capan_judgement *j) {
    if (!j) return;
    capan_stored_drop(&judge->store, j->known);
    capan_arena_free(&j->arena);
    struct case_room *room = (struct case_room *)(void *)j;
    if (judge->spare)
        capan_delete(judge->alloc, room, sizeof *room);
    else
        judge->spare = room;
}
