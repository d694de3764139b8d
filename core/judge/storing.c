/* SPDX-License-Identifier: MIT */
#include "storing.h"

#include "bytes.h"
#include "freshness.h"

static int64_t ended_ns(const struct capan_judgement *j) {
    return max_i64(j->exchange.response.last_ns, j->exchange.response.first_ns);
}

/* The response as it stands, without the body. */
static struct capan_stored as_received(const struct capan_judgement *j) {
    const struct capan_answer *answer = &j->answer;
    const struct capan_http_extent *extent = &j->exchange.response;
    return (struct capan_stored){
        .names = answer->names,
        .variant = answer->variant,
        .tag = answer->tag,
        .trailing_tag = answer->trailing_tag,
        .modified = answer->modified,
        .content_length = UINT64_MAX,
        .encoding = answer->encoding,
        .date_s = answer->date.valid ? answer->date.seconds : CAPAN_NO_DATE,
        .fields = answer->fields,
        .directives = answer->cc.flags,
        .lifetime_s = answer->lifetime_s,
        .heuristic = answer->heuristic,
        .age_s = capan_initial_age(answer, j->exchange.request.last_ns, extent->first_ns),
        .ns = ended_ns(j),
        .server_ns = -1,
        .whole = true,
        .frame = extent->last_frame,
    };
}

static struct capan_stored as_body(const struct capan_judgement *j) {
    struct capan_stored stored = as_received(j);
    const struct capan_http_extent *extent = &j->exchange.response;
    stored.content_length = j->answer.content_length;
    stored.body_known = extent->complete && !extent->body_missing;
    stored.body_len = extent->body_len + extent->body_missing;
    stored.digest_known = j->end.response.digest_known;
    stored.digest = j->end.response.digest;
    stored.server_ns = j->exchange.server_ns;
    if (stored.body_known && stored.content_length == UINT64_MAX) stored.content_length = stored.body_len;
    stored.whole = extent->complete;
    stored.end = stored.body_len;
    return stored;
}

/* A written representation is what a GET would return, when the server gives it a validator (RFC 9110 9.3.4). */
static struct capan_stored as_written(const struct capan_judgement *j) {
    struct capan_stored stored = as_received(j);
    stored.written = true;
    stored.encoding = 0;
    stored.digest_known = j->end.request.digest_known;
    stored.digest = j->end.request.digest;
    stored.body_known = j->exchange.request.complete;
    stored.body_len = j->exchange.request.body_len;
    stored.names.len = 0;
    stored.variant = 0;
    return stored;
}

/* Fields of the newer response replace those of the stored one (RFC 9111 3.2, 4.3.4); the body stays. */
static struct capan_stored renewed(const struct capan_judgement *j, const struct capan_stored *old) {
    struct capan_stored stored = as_received(j);
    const struct capan_answer *answer = &j->answer;
    if (!answer->tag.whole) stored.tag = old->tag, stored.trailing_tag = old->trailing_tag;
    if (!answer->modified.present) stored.modified = old->modified;
    if (!(answer->fields & CAPAN_HAS_VARY)) stored.names = old->names, stored.variant = old->variant;
    if (!(answer->fields & CAPAN_HAS_CACHE_CONTROL)) stored.directives |= old->directives;
    if (!(answer->fields & (CAPAN_HAS_CACHE_CONTROL | CAPAN_HAS_EXPIRES))) {
        stored.lifetime_s = old->lifetime_s;
        stored.heuristic = old->heuristic;
    }
    if (!answer->date.valid) stored.date_s = old->date_s;
    stored.fields |= old->fields;
    stored.encoding = old->encoding;
    stored.content_length = old->content_length;
    stored.body_known = old->body_known;
    stored.body_len = old->body_len;
    stored.digest_known = old->digest_known;
    stored.digest = old->digest;
    stored.server_ns = old->server_ns;
    stored.whole = old->whole;
    stored.first = old->first;
    stored.end = old->end;
    stored.written = old->written;
    return stored;
}

static bool same_validator(const struct capan_judgement *j, const struct capan_stored *old) {
    if (j->answer.tag.whole) return capan_tag_weak_equal(&j->answer.tag, &old->tag);
    if (old->tag.whole)
        return capan_judgement_has(j, CAPAN_GOT_304) &&
               (j->asked.inm_known.weak ||
                capan_judgement_any(j, CAPAN_INM_STAR | CAPAN_BY_IMS | CAPAN_ASKS_UNREADABLE));
    return j->answer.modified.present
               ? j->answer.modified.valid && old->modified.valid && j->answer.modified.seconds == old->modified.seconds
               : true;
}

/* Which stored response a 304, 206 or HEAD is about: the one of its validator, else the one that the request selects
 * (RFC 9111 4.3.4). */
static const struct capan_stored *selected(const struct capan_judgement *j, struct capan_hash_key key,
                                           const struct capan_copy *copy) {
    for (const struct capan_stored *stored = copy->variants; stored; stored = stored->next) {
        if (j->answer.tag.whole && capan_tag_weak_equal(&j->answer.tag, &stored->tag)) return stored;
    }
    for (const struct capan_stored *stored = copy->variants; stored; stored = stored->next) {
        if (!stored->names.len || capan_variant_of(key, stored->names, &j->asked.kept) == stored->variant)
            return stored;
    }
    return NULL;
}

/* What the client must have had before the capture. A 304 without a tag confirms the only one asked about. */
static struct capan_stored as_confirmed(const struct capan_judgement *j) {
    struct capan_stored stored = as_received(j);
    if (capan_judgement_has(j, CAPAN_BY_INM) && !stored.tag.whole) stored.tag = j->asked.single;
    return stored;
}

/* A part, joined with the one before it where they are of one representation and touch (RFC 9111 3.4). */
static struct capan_stored as_part(const struct capan_judgement *j, const struct capan_stored *old) {
    const struct capan_content_range *range = &j->answer.range;
    bool same = old && same_validator(j, old);
    struct capan_stored stored = same ? renewed(j, old) : as_received(j);
    stored.whole = same && old->whole;
    if (stored.whole || !range->valid) return stored;
    stored.content_length = range->total;
    bool touches = same && !j->answer.tag.weak && range->first <= old->end && range->last + 1 >= old->first;
    stored.first = touches ? min_u64(old->first, range->first) : range->first;
    stored.end = touches ? max_u64(old->end, range->last + 1) : range->last + 1;
    stored.whole = stored.first == 0 && stored.end == range->total;
    return stored;
}

/* Those of a 201 with Location are the new resource's (RFC 9110 15.3.2). */
static bool gives_validator(const struct capan_judgement *j) {
    bool elsewhere = j->exchange.status == 201 && !capan_judgement_has(j, CAPAN_IS_WRITE) &&
                     capan_kept_has(&j->answer.kept, CAPAN_FIELD_LOCATION);
    return !elsewhere && (j->answer.tag.whole || j->answer.modified.present);
}

enum effect { NOTHING, BODY, PART, UPDATE, CONFIRMED, WRITTEN, VALIDATOR };

/* What a final response leaves with the client; the first row that fits. */
static const struct rule {
    uint64_t has, lacks;
    bool needs_validator;
    enum effect effect;
    const char *source;
} rules[] = {
    {CAPAN_IS_EXEMPT, 0, false, NOTHING, "RFC 9110 9.3.6, 9.3.7, 9.3.8"},
    {CAPAN_GOT_304 | CAPAN_PROVES_CHANGE, 0, true, VALIDATOR, "RFC 9111 4.3.4"},
    {CAPAN_GOT_206 | CAPAN_IS_GET, 0, false, PART, "RFC 9111 3.4"},
    {CAPAN_GOT_2XX | CAPAN_IS_GET, 0, false, BODY, "RFC 9111 3"},
    {CAPAN_GOT_2XX | CAPAN_IS_HEAD, 0, false, UPDATE, "RFC 9111 4.3.5"},
    {CAPAN_GOT_304 | CAPAN_ASKS_WHETHER, 0, false, CONFIRMED, "RFC 9111 4.3.4"},
    {CAPAN_GOT_2XX | CAPAN_IS_WRITE, CAPAN_IS_READ, true, WRITTEN, "RFC 9110 9.3.4"},
    {0, 0, true, VALIDATOR, "RFC 9110 8.8"},
};

static enum effect effect_of(const struct capan_judgement *j) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *row = &rules[i];
        if (!capan_judgement_has(j, row->has) || capan_judgement_any(j, row->lacks)) continue;
        return row->needs_validator && !gives_validator(j) ? NOTHING : row->effect;
    }
    return NOTHING;
}

static bool is_put(const struct capan_judgement *j) {
    return span_equal(j->exchange.method, span_of("PUT"));
}

/* What the client holds now; false: no more than it did. */
static bool new_stored(const struct capan_judgement *j, const struct capan_stored *old, enum effect effect,
                       struct capan_stored *stored) {
    bool renews =
        old && (effect == WRITTEN ? capan_tag_strong_equal(&old->tag, &j->answer.tag) : same_validator(j, old));
    if (effect == BODY) return *stored = as_body(j), true;
    if (effect == PART) return *stored = as_part(j, old), true;
    if (effect == VALIDATOR) return false;
    if (renews) return *stored = renewed(j, old), true;
    if (effect == CONFIRMED) return *stored = as_confirmed(j), true;
    return effect == WRITTEN && is_put(j) ? *stored = as_written(j), true : false;
}

static void issue_tag(struct capan_store *store, struct capan_copy *copy, struct capan_issued *issued,
                      const struct capan_tag *tag) {
    issued->what = CAPAN_ISSUED_TAG;
    issued->value = tag->whole;
    issued->base = tag->base;
    issued->weak = tag->weak;
    capan_copy_issue(store, copy, issued);
}

/* Without Vary a response that brings no content is about what the request selects of what there was. */
static void issue(const struct capan_judgement *j, struct capan_store *store, struct capan_copy *copy,
                  uint64_t selected_variant) {
    const struct capan_answer *answer = &j->answer;
    bool varies = answer->fields & CAPAN_HAS_VARY || capan_judgement_has(j, CAPAN_GOT_200 | CAPAN_IS_GET);
    struct capan_issued issued = {.variant = varies ? answer->variant : selected_variant,
                                  .ns = ended_ns(j),
                                  .frame = j->exchange.response.last_frame};
    struct capan_tag tag = answer->tag;
    size_t at = 0;
    for (bool more = tag.whole; more;
         more = answer->tag.repeated && capan_tag_next(store->key, &answer->kept, &at, &tag))
        issue_tag(store, copy, &issued, &tag);
    if (answer->trailing_tag.whole) issue_tag(store, copy, &issued, &answer->trailing_tag);
    if (answer->modified.present) {
        issued.what = answer->modified.valid ? CAPAN_ISSUED_MODIFIED : CAPAN_ISSUED_MODIFIED_RAW;
        issued.value = answer->modified.valid ? (uint64_t)answer->modified.seconds : answer->modified.raw;
        issued.base = issued.weak = 0;
        issued.odd = !answer->modified.imf;
        capan_copy_issue(store, copy, &issued);
    }
}

static void keep_tag_origin(const struct capan_judgement *j, struct capan_store *store) {
    const struct capan_tag *tag = j->answer.tag.whole ? &j->answer.tag : &j->answer.trailing_tag;
    if (!capan_tag_readable(tag)) return;
    struct capan_tag_origin *origin = capan_store_make(store, CAPAN_NODE_TAG, capan_mix(j->keys.client, tag->whole));
    if (origin) origin->resource = j->keys.resource;
}

/* How often in a row, and since when, the resource proved unchanged. */
static void count_confirmations(const struct capan_judgement *j, struct capan_copy *copy) {
    if (j->exchange.outcome == CAPAN_OUTCOME_NOT_MODIFIED) {
        copy->not_modified++;
    } else if (capan_judgement_has(j, CAPAN_GOT_200) && !capan_judgement_has(j, CAPAN_PROVES_SAME)) {
        copy->not_modified = 0;
    }
    bool same = capan_judgement_any(j, CAPAN_PROVES_SAME | CAPAN_BODY_SAME | CAPAN_GOT_304);
    if (!copy->unchanged_ns || (capan_judgement_has(j, CAPAN_GOT_2XX) && !same))
        copy->unchanged_ns = same && j->origin.frame ? j->origin.ns : ended_ns(j);
}

/* The strong tag under which the client holds a part of the file; the whole file ends that. */
static void remember_part(const struct capan_judgement *j, struct capan_copy *copy) {
    bool part = capan_judgement_has(j, CAPAN_GOT_206) ||
                (capan_judgement_has(j, CAPAN_GOT_200 | CAPAN_IS_GET) && !j->exchange.response.complete);
    if (part && capan_tag_readable(&j->answer.tag) && !j->answer.tag.weak)
        copy->part = j->answer.tag.whole;
    else if (capan_judgement_has(j, CAPAN_GOT_200 | CAPAN_IS_GET))
        copy->part = 0;
}

/* RFC 9111 4.4: a change of the client's own; 4.3.5: a HEAD that shows another representation. */
static bool invalidates(const struct capan_judgement *j, const struct capan_stored *old, enum effect effect) {
    if (capan_judgement_has(j, CAPAN_IS_UNSAFE)) return capan_judgement_any(j, CAPAN_GOT_2XX | CAPAN_GOT_3XX);
    return effect == UPDATE && old && !same_validator(j, old);
}

static void keep_copy(struct capan_judgement *j, struct capan_store *store) {
    enum effect effect = effect_of(j);
    if (!j->copy && effect) j->copy = capan_store_make(store, CAPAN_NODE_COPY, j->keys.copy);
    struct capan_copy *copy = j->copy;
    if (!copy) return;
    const struct capan_stored *old = selected(j, store->key, copy);
    uint64_t selected_variant = old ? old->variant : 0;
    struct capan_stored stored;
    if (invalidates(j, old, effect)) copy->invalidated_ns = ended_ns(j);
    if (effect == NOTHING) return;
    struct capan_stored *kept = new_stored(j, old, effect, &stored) ? capan_stored_new(store, &stored) : NULL;
    if (kept) capan_copy_put(store, copy, kept);
    issue(j, store, copy, selected_variant);
    keep_tag_origin(j, store);
    if (kept) count_confirmations(j, copy);
    remember_part(j, copy);
}

static void keep_write(const struct capan_judgement *j, struct capan_current *current) {
    current->writer = j->keys.client;
    current->writer_base = j->known ? j->known->tag.whole : 0;
    current->write_server = j->keys.server;
    current->write_frame = j->exchange.response.last_frame;
    current->write_ns = ended_ns(j);
}

static bool is_gone(const struct capan_judgement *j) {
    bool deleted = capan_judgement_has(j, CAPAN_GOT_2XX) && span_equal(j->exchange.method, span_of("DELETE"));
    return deleted ||
           (capan_judgement_has(j, CAPAN_IS_READ) && (j->exchange.status == 404 || j->exchange.status == 410));
}

/* The newest word on the resource: a write without a validator makes the old one void. */
static void keep_current(const struct capan_judgement *j, struct capan_current *current) {
    bool wrote = capan_judgement_has(j, CAPAN_IS_UNSAFE) && capan_judgement_any(j, CAPAN_GOT_2XX | CAPAN_GOT_3XX);
    bool shows = capan_judgement_any(j, CAPAN_GOT_2XX | CAPAN_GOT_412) ||
                 (capan_judgement_has(j, CAPAN_GOT_304) && gives_validator(j));
    current->server = j->keys.server;
    if (wrote) keep_write(j, current);
    if (is_gone(j))
        current->existence = CAPAN_EXISTS_NOT;
    else if (capan_judgement_has(j, CAPAN_GOT_2XX) && !capan_judgement_any(j, CAPAN_IS_EXEMPT))
        current->existence = CAPAN_EXISTS;
    if (shows && (wrote || gives_validator(j) || capan_judgement_has(j, CAPAN_GOT_200))) {
        current->tag = j->answer.tag;
        if (j->answer.modified.present || wrote || !capan_judgement_any(j, CAPAN_GOT_304 | CAPAN_GOT_412))
            current->modified = j->answer.modified;
        current->frame = j->exchange.response.last_frame;
        current->ns = ended_ns(j);
    }
    if (shows && gives_validator(j)) current->validator_seen = true;
}

/* A response that a cache may serve again, as it was first seen. */
static void keep_fill(const struct capan_judgement *j, struct capan_hash_key key, struct capan_fill *fill) {
    const struct capan_answer *answer = &j->answer;
    if (!capan_is_filled_by(fill, answer)) {
        *fill = (struct capan_fill){.tag = answer->tag.whole, .weak = answer->tag.weak, .encoding = answer->encoding};
        fill->date_s = answer->date.valid ? answer->date.seconds : CAPAN_NO_DATE;
        fill->modified_s = answer->modified.valid ? answer->modified.seconds : CAPAN_NO_DATE;
        fill->client = j->keys.client;
        fill->variant = capan_variant_of(key, capan_vary_others(answer->names), &j->asked.kept);
        fill->negotiated = capan_kept_has(&j->asked.kept, CAPAN_FIELD_ACCEPT_ENCODING);
        fill->authorized = capan_judgement_has(j, CAPAN_IS_AUTHORIZED);
    }
    fill->frame = j->exchange.response.last_frame;
    fill->age_s = max_i64(0, answer->age_s);
    fill->ns = j->exchange.response.first_ns;
}

static void keep_resource(struct capan_judgement *j, struct capan_store *store) {
    if (capan_judgement_any(j, CAPAN_IS_EXEMPT) ||
        !capan_judgement_any(j, CAPAN_GOT_2XX | CAPAN_GOT_3XX | CAPAN_GOT_4XX))
        return;
    if (!j->resource) j->resource = capan_store_make(store, CAPAN_NODE_RESOURCE, j->keys.resource);
    if (!j->resource) return;
    keep_current(j, &j->resource->current);
    if (!capan_judgement_has(j, CAPAN_GOT_2XX | CAPAN_IS_GET)) return;
    if (!j->served) j->served = capan_store_make(store, CAPAN_NODE_SERVED, j->keys.served);
    if (j->served) keep_fill(j, store->key, &j->served->fill);
}

static void keep_representation(struct capan_judgement *j, struct capan_store *store) {
    if (!capan_judgement_has(j, CAPAN_GOT_NEW)) return;
    if (!j->resource) return;
    capan_resource_add(store, j->resource, &j->representation);
}

void capan_storing_keep(struct capan_judgement *j, struct capan_store *store) {
    if (!capan_judgement_has(j, CAPAN_IS_CAPTURED | CAPAN_GOT_FINAL) || capan_judgement_any(j, CAPAN_GOT_TUNNEL))
        return;
    keep_copy(j, store);
    keep_resource(j, store);
    keep_representation(j, store);
}
