/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "bytes.h"
#include "gathered.h"
#include "uri.h"

#define BUDGET_USUAL ((uint64_t)256 << 20)
#define SCRATCH_MAX  ((size_t)256 << 10)

struct capan_whatif *capan_whatif_new(const struct capan_whatif_config *config, const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_whatif *whatif = capan_new(alloc, sizeof *whatif);
    if (!whatif) return NULL;
    capan_counter_init(&whatif->counter, alloc);
    whatif->budget = config->memory ? config->memory : BUDGET_USUAL;
    whatif->key = capan_hash_key(config->seed);
    const struct capan_alloc *counted = &whatif->counter.alloc;
    capan_arena_init(&whatif->kept, counted, NULL, 0, SIZE_MAX);
    capan_index_init(&whatif->texts, config->seed, counted);
    capan_index_init(&whatif->resources, config->seed, counted);
    whatif->replay = (struct capan_replay){.alloc = counted, .key = whatif->key, .shared = config->shared};
    return whatif;
}

static void free_groups(struct capan_whatif *whatif) {
    capan_delete(&whatif->counter.alloc, whatif->groups, whatif->group_count * sizeof *whatif->groups);
    whatif->groups = NULL;
    whatif->group_count = 0;
}

void capan_whatif_free(struct capan_whatif *whatif) {
    if (!whatif) return;
    const struct capan_alloc *counted = &whatif->counter.alloc;
    for (size_t i = 0; i < whatif->rewrite_count; i++) capan_rewrite_free(&whatif->rewrites[i], counted);
    free_groups(whatif);
    capan_replay_free(&whatif->replay);
    capan_delete(counted, whatif->records, whatif->capacity * sizeof *whatif->records);
    capan_delete(counted, whatif->order, whatif->order_size);
    capan_delete(counted, whatif->list, whatif->list_capacity * sizeof *whatif->list);
    capan_index_free(&whatif->texts);
    capan_index_free(&whatif->resources);
    capan_arena_free(&whatif->kept);
    capan_delete(whatif->counter.under, whatif, sizeof *whatif);
}

/* --- changes ---------------------------------------------------------------------------------------------------- */

static enum capan_result add_rewrite(struct capan_whatif *whatif, const char *change, bool removes) {
    if (whatif->rewrite_count == CAPAN_WHATIF_REWRITES) return CAPAN_NO_MEMORY;
    enum capan_result result =
        capan_rewrite_read(&whatif->rewrites[whatif->rewrite_count], &whatif->counter.alloc, change, removes);
    if (result == CAPAN_OK) whatif->rewrite_count++;
    return result;
}

enum capan_result capan_whatif_set(struct capan_whatif *whatif, const char *change) {
    return add_rewrite(whatif, change, false);
}

enum capan_result capan_whatif_unset(struct capan_whatif *whatif, const char *change) {
    return add_rewrite(whatif, change, true);
}

static struct capan_span url_text(const struct capan_whatif_resource *resource, struct capan_arena *scratch) {
    const struct capan_span scheme = span_of(resource->secure ? "https://" : "http://");
    const size_t len = scheme.len + resource->authority.len + resource->target.len;
    uint8_t *at = capan_arena_take(scratch, len);
    if (!at) return (struct capan_span){0};
    memcpy(at, scheme.at, scheme.len);
    if (resource->authority.len) memcpy(at + scheme.len, resource->authority.at, resource->authority.len);
    if (resource->target.len)
        memcpy(at + scheme.len + resource->authority.len, resource->target.at, resource->target.len);
    return (struct capan_span){at, len};
}

/* The response's fields as they would be. */
static const struct capan_http_field *rewrite(const struct capan_whatif *whatif, struct capan_arena *scratch,
                                              const struct capan_whatif_resource *resource,
                                              const struct capan_exchange *exchange, size_t *count) {
    *count = exchange->response_field_count;
    if (!whatif->rewrite_count || !resource) return exchange->response_fields;
    struct capan_http_field *fields = capan_arena_take(scratch, (*count + whatif->rewrite_count) * sizeof *fields);
    const struct capan_span whole = url_text(resource, scratch);
    if (!fields || !whole.len) return exchange->response_fields;
    if (*count) memcpy(fields, exchange->response_fields, *count * sizeof *fields);
    const size_t scheme = resource->secure ? strlen("https://") : strlen("http://");
    const struct capan_url url = {whole, span_cut(whole, scheme, SIZE_MAX),
                                  span_cut(whole, scheme + resource->authority.len, SIZE_MAX)};
    for (size_t i = 0; i < whatif->rewrite_count; i++)
        if (capan_rewrite_concerns(&whatif->rewrites[i], &url))
            capan_rewrite_apply(&whatif->rewrites[i], fields, count);
    return fields;
}

/* --- what is kept ----------------------------------------------------------------------------------------------- */

struct capan_span capan_whatif_keep(struct capan_whatif *whatif, struct capan_span octets) {
    if (!octets.len) return octets;
    const uint64_t hash = capan_hash(whatif->texts.key, octets.at, octets.len);
    struct capan_indexed *at = capan_index_first(&whatif->texts, hash);
    while (at && !span_equal(((struct capan_whatif_text *)at)->octets, octets)) at = capan_index_next(at);
    if (at) return ((struct capan_whatif_text *)at)->octets;
    struct capan_whatif_text *text = capan_arena_take(&whatif->kept, sizeof *text);
    if (!text || !capan_arena_copy(&whatif->kept, octets, &text->octets)) return (struct capan_span){0};
    capan_index_add(&whatif->texts, &text->in, hash);
    return text->octets;
}

/* The target URI; where no authority is known, that of its server. */
static struct capan_span write_uri(struct capan_arena *scratch, const struct capan_exchange *exchange,
                                   struct capan_span *path) {
    struct capan_span scheme, authority;
    *path = exchange->target;
    if (!capan_uri_split(exchange->target, &scheme, &authority, path)) *path = exchange->target;
    if (!path->len) *path = span_of("/");
    if (exchange->authority.len) return capan_uri_write(scratch, exchange->authority, *path, exchange->secure);
    char text[CAPAN_ENDPOINT_TEXT];
    const size_t len = capan_endpoint_text(&exchange->server, true, text);
    return capan_uri_write(scratch, (struct capan_span){(const uint8_t *)text, len}, *path, exchange->secure);
}

static struct capan_whatif_resource *new_resource(struct capan_whatif *whatif, struct capan_span uri,
                                                  const struct capan_exchange *exchange, struct capan_span path) {
    if (capan_reserve(&whatif->counter.alloc, (void **)&whatif->list, &whatif->list_capacity, whatif->list_count + 1,
                      sizeof *whatif->list) != CAPAN_OK)
        return NULL;
    struct capan_whatif_resource *resource = capan_arena_take(&whatif->kept, sizeof *resource);
    if (!resource) return NULL;
    *resource = (struct capan_whatif_resource){.secure = exchange->secure, .number = (uint32_t)whatif->list_count};
    resource->authority = capan_whatif_keep(whatif, exchange->authority);
    if (!capan_arena_copy(&whatif->kept, uri, &resource->uri) ||
        !capan_arena_copy(&whatif->kept, path, &resource->target))
        return NULL;
    return whatif->list[whatif->list_count++] = resource;
}

static struct capan_whatif_resource *resource_of(struct capan_whatif *whatif, struct capan_arena *scratch,
                                                 const struct capan_exchange *exchange) {
    struct capan_span path;
    const struct capan_span uri = write_uri(scratch, exchange, &path);
    if (!uri.len) return NULL;
    const uint64_t hash = capan_hash(whatif->resources.key, uri.at, uri.len);
    struct capan_indexed *at = capan_index_first(&whatif->resources, hash);
    while (at && !span_equal(((struct capan_whatif_resource *)at)->uri, uri)) at = capan_index_next(at);
    if (at) return (struct capan_whatif_resource *)at;
    struct capan_whatif_resource *resource = new_resource(whatif, uri, exchange, path);
    if (resource) capan_index_add(&whatif->resources, &resource->in, hash);
    return resource;
}

static bool keep_lines(struct capan_whatif *whatif, struct capan_record *record,
                       const struct capan_exchange *exchange) {
    record->line_count = exchange->request_line_count;
    record->lines = capan_arena_take(&whatif->kept, record->line_count * sizeof *record->lines);
    if (!record->lines) return record->line_count == 0;
    for (size_t i = 0; i < record->line_count; i++) {
        const struct capan_http_field *from = &exchange->request_lines[i];
        record->lines[i] =
            (struct capan_http_field){capan_whatif_keep(whatif, from->name), capan_whatif_keep(whatif, from->value)};
        if (!record->lines[i].name.len && from->name.len) return false;
    }
    return true;
}

static uint64_t client_of(const struct capan_whatif *whatif, const struct capan_exchange *exchange) {
    if (whatif->replay.shared) return 0;
    const struct capan_address *address = &exchange->client.address;
    return capan_mix(capan_hash(whatif->key, address->octets, address->version == 4 ? 4 : 16), address->version);
}

static void fill_row(struct capan_whatif *whatif, struct capan_whatif_row *row, const struct capan_exchange *exchange,
                     const struct capan_whatif_resource *resource) {
    *row = (struct capan_whatif_row){.index = exchange->index,
                                     .stream = exchange->stream,
                                     .request_frame = exchange->request.last_frame,
                                     .response_frame = exchange->response.last_frame,
                                     .time_ns = exchange->request.last_frame ? exchange->request.last_ns
                                                                             : exchange->response.first_ns,
                                     .client = exchange->client,
                                     .server = exchange->server,
                                     .method = capan_whatif_keep(whatif, exchange->method),
                                     .status = exchange->status};
    if (!resource) return;
    row->authority = resource->authority;
    row->target = resource->target;
}

/* What must not be stored is not advised to be. */
static bool forbids(const struct capan_record *record) {
    return record->fields.cc.flags & (CAPAN_NO_STORE | CAPAN_PRIVATE) ||
           record->facts & (CAPAN_WHATIF_IS_AUTHORIZED | CAPAN_WHATIF_ASKS_NO_STORE);
}

static enum capan_result add(struct capan_whatif *whatif, struct capan_arena *scratch,
                             const struct capan_exchange *exchange) {
    const bool asked = exchange->method.len && exchange->request.last_frame;
    struct capan_whatif_resource *resource = asked ? resource_of(whatif, scratch, exchange) : NULL;
    struct capan_record *record = capan_arena_take(&whatif->kept, sizeof *record);
    if ((asked && !resource) || !record) return CAPAN_NO_MEMORY;
    *record = (struct capan_record){.resource = resource ? resource->number : UINT32_MAX,
                                    .client = client_of(whatif, exchange)};
    fill_row(whatif, &record->row, exchange, resource);
    if (!keep_lines(whatif, record, exchange)) return CAPAN_NO_MEMORY;
    size_t count;
    const struct capan_http_field *response = rewrite(whatif, scratch, resource, exchange, &count);
    capan_record_read(record, whatif->key, scratch, exchange, response, count);
    record->fields.names = capan_whatif_keep(whatif, record->fields.names);
    if (resource && forbids(record)) resource->forbidden = true;
    whatif->records[whatif->count++] = record;
    return CAPAN_OK;
}

enum capan_result capan_whatif_exchange(struct capan_whatif *whatif, const struct capan_exchange *exchange) {
    uint64_t room[512];
    struct capan_arena scratch;
    capan_arena_init(&scratch, whatif->counter.under, (uint8_t *)room, sizeof room, SCRATCH_MAX);
    enum capan_result result = CAPAN_NO_MEMORY;
    if (whatif->counter.held < whatif->budget && whatif->count < UINT32_MAX / 2)
        result = capan_reserve(&whatif->counter.alloc, (void **)&whatif->records, &whatif->capacity, whatif->count + 1,
                               sizeof *whatif->records);
    if (result == CAPAN_OK) result = add(whatif, &scratch, exchange);
    capan_arena_free(&scratch);
    whatif->left_out += result != CAPAN_OK;
    return result;
}

/* --- one cache and target URI after another --------------------------------------------------------------------- */

static int by_cache(const void *a, const void *b) {
    const struct capan_record *x = *(struct capan_record *const *)a, *y = *(struct capan_record *const *)b;
    if (x->resource != y->resource) return x->resource < y->resource ? -1 : 1;
    if (x->client != y->client) return x->client < y->client ? -1 : 1;
    return x->row.index < y->row.index ? -1 : x->row.index > y->row.index;
}

static enum capan_result sort(struct capan_whatif *whatif) {
    const size_t size = whatif->count * sizeof *whatif->order;
    if (whatif->order || !size) return CAPAN_OK;
    whatif->order = capan_new(&whatif->counter.alloc, size);
    if (!whatif->order) return CAPAN_NO_MEMORY;
    whatif->order_size = size;
    memcpy(whatif->order, whatif->records, size);
    qsort(whatif->order, whatif->count, sizeof *whatif->order, by_cache);
    return CAPAN_OK;
}

enum capan_result capan_whatif_each_cache(struct capan_whatif *whatif, capan_whatif_cache_run *run, void *context) {
    enum capan_result result = sort(whatif);
    for (size_t first = 0, end; result == CAPAN_OK && first < whatif->count; first = end) {
        const struct capan_record *record = whatif->order[first];
        for (end = first + 1; end < whatif->count; end++)
            if (whatif->order[end]->resource != record->resource || whatif->order[end]->client != record->client) break;
        result = run(whatif, &whatif->order[first], end - first, context);
    }
    return result;
}

static enum capan_result run_as_it_is(struct capan_whatif *whatif, struct capan_record *const *members, size_t count,
                                      void *context) {
    const struct capan_whatif_trial as_it_is = {-1};
    (void)context;
    return capan_replay_run(&whatif->replay, members, count, &as_it_is);
}

enum capan_result capan_whatif_replay(struct capan_whatif *whatif) {
    return capan_whatif_each_cache(whatif, run_as_it_is, NULL);
}

size_t capan_whatif_row_count(const struct capan_whatif *whatif) {
    return whatif->count;
}

const struct capan_whatif_row *capan_whatif_row_at(const struct capan_whatif *whatif, size_t at) {
    return &whatif->records[at]->row;
}

uint64_t capan_whatif_left_out(const struct capan_whatif *whatif) {
    return whatif->left_out;
}
