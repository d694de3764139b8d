/* SPDX-License-Identifier: MIT */
/* The tags of each target URI in the order in which they came, and what each is to those before it. */
#include "alloc.h"
#include "bytes.h"
#include "date.h"
#include "field.h"
#include "index.h"
#include "shape.h"
#include "uri.h"

#define NS_PER_S     1000000000
#define BUDGET_USUAL ((uint64_t)256 << 20)
#define SCRATCH_MAX  ((size_t)64 << 10)

enum { TAGS_MAX = 32 /* of one target URI */ };

struct seen {
    struct capan_etag_row row;
    struct seen *next;          /* the one that came after it */
    uint64_t encoding, content; /* hashes of Content-Encoding and of the coded content; 0 none, unknown */
    uint64_t last;              /* the number of the last response with it, of its target URI's */
    uint64_t came;              /* the number of the first one */
    uint64_t back;              /* the number of the last one that came behind another tag of its variant; 0 none */
};

struct file {
    struct capan_indexed in;
    struct capan_span uri;
    struct capan_span authority, target;
    struct file *next;
    struct seen *first, *last;
    uint32_t tags;
    uint64_t responses;
};

/* The most nodes that a target URI of it proves. */
struct host {
    struct capan_indexed in;
    struct capan_span name;
    uint32_t nodes;
};

struct capan_etags {
    struct capan_counter counter;
    uint64_t budget;
    struct capan_arena kept;
    struct capan_index files, hosts;
    struct file *first, *last;
    struct seen *walked; /* the next row, of walked_file */
    struct file *walked_file;
    bool settled;
    uint64_t left_out;
};

struct capan_etags *capan_etags_new(uint64_t memory, uint64_t seed, const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_etags *etags = capan_new(alloc, sizeof *etags);
    if (!etags) return NULL;
    capan_counter_init(&etags->counter, alloc);
    etags->budget = memory ? memory : BUDGET_USUAL;
    capan_arena_init(&etags->kept, &etags->counter.alloc, NULL, 0, SIZE_MAX);
    capan_index_init(&etags->files, seed, &etags->counter.alloc);
    capan_index_init(&etags->hosts, seed, &etags->counter.alloc);
    return etags;
}

void capan_etags_free(struct capan_etags *etags) {
    if (!etags) return;
    capan_index_free(&etags->files);
    capan_index_free(&etags->hosts);
    capan_arena_free(&etags->kept);
    capan_delete(etags->counter.under, etags, sizeof *etags);
}

uint64_t capan_etags_left_out(const struct capan_etags *etags) {
    return etags->left_out;
}

/* --- files and hosts -------------------------------------------------------------------------------------------- */

static struct file *new_file(struct capan_etags *etags, struct capan_span uri, struct capan_span path,
                             const struct capan_exchange *exchange) {
    struct file *file = capan_arena_take(&etags->kept, sizeof *file);
    if (!file) return NULL;
    *file = (struct file){.tags = 0};
    if (!capan_arena_copy(&etags->kept, uri, &file->uri) || !capan_arena_copy(&etags->kept, path, &file->target) ||
        !capan_arena_copy(&etags->kept, exchange->authority, &file->authority))
        return NULL;
    if (etags->last)
        etags->last->next = file;
    else
        etags->first = file;
    return etags->last = file;
}

static struct file *file_of(struct capan_etags *etags, struct capan_arena *scratch,
                            const struct capan_exchange *exchange) {
    struct capan_span scheme, authority, path = exchange->target;
    if (!capan_uri_split(exchange->target, &scheme, &authority, &path)) path = exchange->target;
    const struct capan_span uri = capan_uri_write(scratch, exchange->authority, path, exchange->secure);
    if (!uri.len) return NULL;
    const uint64_t hash = capan_hash(etags->files.key, uri.at, uri.len);
    struct capan_indexed *at = capan_index_first(&etags->files, hash);
    while (at && !span_equal(((struct file *)at)->uri, uri)) at = capan_index_next(at);
    if (at) return (struct file *)at;
    struct file *file = new_file(etags, uri, path, exchange);
    if (file) capan_index_add(&etags->files, &file->in, hash);
    return file;
}

static struct host *host_of(struct capan_etags *etags, struct capan_span name) {
    const uint64_t hash = capan_hash(etags->hosts.key, name.len ? name.at : (const uint8_t *)"", name.len);
    struct capan_indexed *at = capan_index_first(&etags->hosts, hash);
    while (at && !span_equal(((struct host *)at)->name, name)) at = capan_index_next(at);
    if (at) return (struct host *)at;
    struct host *host = capan_arena_take(&etags->kept, sizeof *host);
    if (!host) return NULL;
    *host = (struct host){.name = name, .nodes = 1};
    capan_index_add(&etags->hosts, &host->in, hash);
    return host;
}

/* --- one response ----------------------------------------------------------------------------------------------- */

static struct capan_span value_of(const struct capan_exchange *exchange, enum capan_field number) {
    size_t at = 0;
    const struct capan_http_field *field =
        capan_field_next(exchange->response_fields, exchange->response_field_count, number, &at);
    return field ? field->value : (struct capan_span){0};
}

/* "bytes 0-9/4000" names the whole; of other answers it is the content that was sent, or would have been. */
static bool length_of(const struct capan_exchange *exchange, uint64_t *length) {
    struct capan_span value = value_of(exchange, CAPAN_FIELD_CONTENT_RANGE);
    if (value_of(exchange, CAPAN_FIELD_CONTENT_ENCODING).len) return false;
    if (exchange->status == 206) {
        const uint8_t *slash = value.len ? memchr(value.at, '/', value.len) : NULL;
        return slash && capan_number(span_cut(value, (size_t)(slash - value.at) + 1, SIZE_MAX), length);
    }
    if (exchange->status != 200) return false;
    if (capan_number(value_of(exchange, CAPAN_FIELD_CONTENT_LENGTH), length)) return true;
    *length = exchange->response.body_len;
    return exchange->response.complete && !exchange->response.body_missing &&
           !span_equal(exchange->method, span_of("HEAD"));
}

static void recognise(struct capan_etag_reading *reading, struct capan_span tag, const struct capan_exchange *exchange,
                      const struct capan_etag_digests *digests) {
    const struct capan_span modified = value_of(exchange, CAPAN_FIELD_LAST_MODIFIED);
    const struct capan_date date = capan_date_read(modified, exchange->response.first_ns / NS_PER_S);
    struct capan_etag_context context = {.modified_known = modified.len && date.form != CAPAN_DATE_MALFORMED,
                                         .modified_s = date.seconds};
    context.length_known = length_of(exchange, &context.length);
    const bool whole = exchange->status == 200 && exchange->response.complete && !exchange->response.body_missing;
    if (whole && !value_of(exchange, CAPAN_FIELD_CONTENT_ENCODING).len) context.digests = digests;
    capan_etag_recognise(reading, tag, &context);
}

/* A response that knows more tells more of the same tag. */
static unsigned told(const struct capan_etag_reading *reading) {
    return (unsigned)(reading->certainty == CAPAN_CERTAIN) * 8 + (reading->digest_check != CAPAN_CHECK_UNKNOWN) * 4u +
           (reading->mtime_check != CAPAN_CHECK_UNKNOWN) * 2u + (reading->size_check != CAPAN_CHECK_UNKNOWN);
}

static struct seen *find_tag(struct file *file, struct capan_span tag) {
    struct seen *seen = file->first;
    while (seen && !span_equal(seen->row.tag, tag)) seen = seen->next;
    return seen;
}

static struct seen *new_tag(struct capan_etags *etags, struct file *file, struct capan_span tag) {
    struct seen *seen = file->tags < TAGS_MAX ? capan_arena_take(&etags->kept, sizeof *seen) : NULL;
    if (!seen) return NULL;
    *seen = (struct seen){.row = {.authority = file->authority, .target = file->target}};
    if (!capan_arena_copy(&etags->kept, tag, &seen->row.tag)) return NULL;
    if (file->last)
        file->last->next = seen;
    else
        file->first = seen;
    file->tags++;
    return file->last = seen;
}

static bool is_variant(const struct seen *a, const struct seen *b) {
    return a->encoding != b->encoding || span_equal(a->row.reading.opaque, b->row.reading.opaque);
}

/* Another tag of the same variant came since. */
static bool came_back(const struct file *file, const struct seen *seen) {
    for (const struct seen *other = file->first; other; other = other->next)
        if (other != seen && other->last > seen->last && !is_variant(other, seen)) return true;
    return false;
}

static void note(struct file *file, struct seen *seen, const struct capan_exchange *exchange,
                 const struct capan_etag_digests *digests, uint64_t encoding) {
    struct capan_etag_row *row = &seen->row;
    struct capan_etag_reading reading;
    recognise(&reading, row->tag, exchange, digests);
    if (!row->count || told(&reading) > told(&row->reading)) row->reading = reading;
    if (!row->count) {
        row->server = exchange->server;
        row->first_frame = exchange->response.last_frame;
        seen->encoding = encoding;
        seen->came = file->responses + 1;
    }
    file->responses++;
    if (row->count && came_back(file, seen)) seen->back = file->responses;
    row->last_frame = exchange->response.last_frame;
    row->count++;
    seen->last = file->responses;
    if (exchange->status == 200 && exchange->body_digest) seen->content = exchange->body_digest;
}

static enum capan_result add(struct capan_etags *etags, struct capan_arena *scratch,
                             const struct capan_exchange *exchange, struct capan_span tag,
                             const struct capan_etag_digests *digests) {
    const struct capan_span coding = value_of(exchange, CAPAN_FIELD_CONTENT_ENCODING);
    const uint64_t encoding = coding.len ? capan_hash(etags->files.key, coding.at, coding.len) : 0;
    struct file *file = file_of(etags, scratch, exchange);
    struct seen *seen = file ? find_tag(file, tag) : NULL;
    if (file && !seen) seen = new_tag(etags, file, tag);
    if (!seen) return CAPAN_NO_MEMORY;
    note(file, seen, exchange, digests, encoding);
    return CAPAN_OK;
}

/* Answers to what only reads: those of others may be about another resource (RFC 9110 8.8). */
static bool shows_tag(const struct capan_exchange *exchange) {
    const bool reads = span_equal(exchange->method, span_of("GET")) || span_equal(exchange->method, span_of("HEAD"));
    return reads && (exchange->status == 200 || exchange->status == 206 || exchange->status == 304);
}

enum capan_result capan_etags_exchange(struct capan_etags *etags, const struct capan_exchange *exchange,
                                       const struct capan_etag_digests *digests) {
    uint64_t room[256];
    struct capan_arena scratch;
    const struct capan_span tag = value_of(exchange, CAPAN_FIELD_ETAG);
    if (!tag.len || !shows_tag(exchange)) return CAPAN_OK;
    capan_arena_init(&scratch, etags->counter.under, (uint8_t *)room, sizeof room, SCRATCH_MAX);
    enum capan_result result = CAPAN_NO_MEMORY;
    if (etags->counter.held < etags->budget) result = add(etags, &scratch, exchange, tag, digests);
    capan_arena_free(&scratch);
    etags->left_out += result != CAPAN_OK;
    return result;
}

/* --- what they are to each other -------------------------------------------------------------------------------- */

/* The same file by time and size lies on two disks. */
static bool other_inode(const struct capan_etag_reading *a, const struct capan_etag_reading *b) {
    const bool both = a->inode_known && b->inode_known && a->size_known && b->size_known;
    if (!both || a->inode == b->inode || a->size != b->size) return false;
    const struct capan_span x = a->opaque, y = b->opaque;
    const uint8_t *dash_x = memchr(x.at, '-', x.len), *dash_y = memchr(y.at, '-', y.len);
    return dash_x && dash_y &&
           span_equal(span_cut(x, (size_t)(dash_x - x.at), SIZE_MAX), span_cut(y, (size_t)(dash_y - y.at), SIZE_MAX));
}

/* A tag from before this one came again behind it: both are alive. */
static bool was_back(const struct file *file, const struct seen *seen) {
    for (const struct seen *at = file->first; at != seen; at = at->next)
        if (at->back > seen->came && !is_variant(at, seen)) return true;
    return false;
}

static enum capan_etag_relation relation_of(const struct file *file, const struct seen *seen) {
    const struct seen *before = NULL;
    for (const struct seen *at = file->first; at != seen; at = at->next) {
        if (other_inode(&at->row.reading, &seen->row.reading)) return CAPAN_RELATION_OTHER_NODE;
        if (span_equal(at->row.reading.opaque, seen->row.reading.opaque)) return CAPAN_RELATION_VARIANT;
        if (!is_variant(at, seen)) before = at;
    }
    if (!before) return seen == file->first ? CAPAN_RELATION_FIRST : CAPAN_RELATION_VARIANT;
    if (was_back(file, seen)) return CAPAN_RELATION_OTHER_NODE;
    if (!before->content || !seen->content) return CAPAN_RELATION_REPLACED;
    return before->content == seen->content ? CAPAN_RELATION_REBUILT : CAPAN_RELATION_CHANGED;
}

static void settle(struct capan_etags *etags) {
    for (struct file *file = etags->first; file; file = file->next) {
        uint32_t nodes = 1;
        for (struct seen *seen = file->first; seen; seen = seen->next) {
            seen->row.relation = (uint8_t)relation_of(file, seen);
            nodes += seen->row.relation == CAPAN_RELATION_OTHER_NODE;
        }
        for (struct seen *seen = file->first; seen; seen = seen->next) seen->row.nodes = nodes;
        struct host *host = host_of(etags, file->authority);
        if (host) host->nodes = max_u32(host->nodes, nodes);
    }
    etags->settled = true;
}

bool capan_etags_next(struct capan_etags *etags, uint64_t *at, struct capan_etag_row *row) {
    if (!etags->settled) settle(etags);
    if (*at == 0) {
        etags->walked_file = etags->first;
        etags->walked = etags->first ? etags->first->first : NULL;
    }
    while (etags->walked_file && !etags->walked) {
        etags->walked_file = etags->walked_file->next;
        etags->walked = etags->walked_file ? etags->walked_file->first : NULL;
    }
    if (!etags->walked) return false;
    *row = etags->walked->row;
    const struct host *host = host_of(etags, etags->walked_file->authority);
    row->host_nodes = host ? host->nodes : row->nodes;
    etags->walked = etags->walked->next;
    ++*at;
    return true;
}
