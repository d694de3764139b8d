/* SPDX-License-Identifier: MIT */
/* Which Cache-Control would spare most. Target URIs do not touch each other in a cache, so each is tried with each
 * lifetime once; what a glob brings is the sum over the target URIs that it matches. */
#include <stdlib.h>

#include "bytes.h"
#include "gathered.h"

/* A change's lifetimes, in seconds; -1: as it is. */
static const int64_t trials[] = {-1, 60, 600, 3600, 86400};
enum { TRIALS = sizeof trials / sizeof *trials, FOLDERS = 3, SCOPES = FOLDERS + 3 };

/* An answer that is outdated costs as much as so many requests spared are worth; ours. */
enum { OUTDATED_COSTS = 10 };

struct gain {
    int64_t exchanges, requests, octets, round_trips_x100, outdated;
};

/* A glob and the target URIs that it stands for. */
struct scope {
    struct capan_indexed in;
    struct capan_span glob;
    struct gain gains[TRIALS];
    int64_t resources;
    bool forbidden;
    uint32_t number;
};

struct tried {
    struct gain gains[TRIALS];
    struct scope *scopes[SCOPES];
    bool taken; /* by a change that was chosen already */
};

struct search {
    struct capan_whatif *whatif;
    struct tried *resources;
    struct capan_index index;
    struct capan_arena memory;
    size_t trial;
};

static void add_gain(struct gain *to, const struct gain *gain, int64_t sign) {
    to->exchanges += sign * gain->exchanges;
    to->requests += sign * gain->requests;
    to->octets += sign * gain->octets;
    to->round_trips_x100 += sign * gain->round_trips_x100;
    to->outdated += sign * gain->outdated;
}

/* --- trying ----------------------------------------------------------------------------------------------------- */

static enum capan_result try_cache(struct capan_whatif *whatif, struct capan_record *const *members, size_t count,
                                   void *context) {
    struct search *search = context;
    const struct capan_whatif_trial trial = {trials[search->trial]};
    if (members[0]->resource == UINT32_MAX) return CAPAN_OK;
    enum capan_result result = capan_replay_run(&whatif->replay, members, count, &trial);
    struct gain *gain = &search->resources[members[0]->resource].gains[search->trial];
    for (size_t i = 0; i < count && result == CAPAN_OK; i++) {
        const struct capan_whatif_row *row = &members[i]->row;
        gain->exchanges++;
        gain->requests += row->served == CAPAN_WHATIF_CACHE;
        gain->octets += (int64_t)row->spared_octets;
        gain->round_trips_x100 += row->spared_round_trips_x100;
        gain->outdated += row->outdated;
    }
    return result;
}

/* The fields as they are come last: then the rows have them again. */
static enum capan_result try_all(struct search *search) {
    enum capan_result result = CAPAN_OK;
    for (size_t left = TRIALS; left > 0 && result == CAPAN_OK; left--) {
        search->trial = left - 1;
        result = capan_whatif_each_cache(search->whatif, try_cache, search);
    }
    for (size_t r = 0; r < search->whatif->list_count; r++)
        for (size_t i = 1; i < TRIALS; i++) {
            struct gain *gain = &search->resources[r].gains[i];
            const int64_t exchanges = gain->exchanges;
            add_gain(gain, &search->resources[r].gains[0], -1);
            gain->exchanges = exchanges;
        }
    return result;
}

/* --- globs ------------------------------------------------------------------------------------------------------ */

static size_t last_of(struct capan_span span, uint8_t octet) {
    size_t at = span.len;
    while (at && span.at[at - 1] != octet) at--;
    return at;
}

/* "/a/b/" of "/a/b/c/d?e", for depth 2. Empty: it does not lie so deep. */
static struct capan_span folder_of(struct capan_span target, size_t depth) {
    size_t len = 0, slashes = 0;
    while (len < target.len && target.at[len] != '?' && slashes <= depth) slashes += target.at[len++] == '/';
    return slashes > depth ? span_cut(target, 0, len) : (struct capan_span){0};
}

/* ".css" of "/a/b.css". Empty: it has none. */
static struct capan_span kind_of(struct capan_span target) {
    const struct capan_span name = span_cut(target, last_of(target, '/'), SIZE_MAX);
    const size_t dot = last_of(name, '.');
    return dot ? span_cut(name, dot - 1, SIZE_MAX) : (struct capan_span){0};
}

static struct capan_span join(struct capan_arena *memory, struct capan_span a, struct capan_span b,
                              struct capan_span c) {
    uint8_t *at = capan_arena_take(memory, a.len + b.len + c.len);
    if (!at) return (struct capan_span){0};
    if (a.len) memcpy(at, a.at, a.len);
    if (b.len) memcpy(at + a.len, b.at, b.len);
    if (c.len) memcpy(at + a.len + b.len, c.at, c.len);
    return (struct capan_span){at, a.len + b.len + c.len};
}

/* The target itself, folders that it lies in from the deepest one on, all of its kind, all of its host. A glob matches
 * no other target URIs than those that have it among theirs. Empty: there is none such. */
static struct capan_span write_glob(struct capan_arena *memory, const struct capan_whatif_resource *resource,
                                    size_t scope) {
    const struct capan_span host = resource->authority, nothing = {0};
    if (scope == 0) return join(memory, host, resource->target, nothing);
    if (scope == SCOPES - 1) return join(memory, host, span_of("/*"), nothing);
    const struct capan_span part =
        scope <= FOLDERS ? folder_of(resource->target, FOLDERS + 1 - scope) : kind_of(resource->target);
    if (!part.len) return nothing;
    return scope <= FOLDERS ? join(memory, host, part, span_of("*")) : join(memory, host, span_of("/*"), part);
}

static struct scope *scope_of(struct search *search, struct capan_span glob) {
    const uint64_t hash = capan_hash(search->index.key, glob.at, glob.len);
    struct capan_indexed *at = capan_index_first(&search->index, hash);
    while (at && !span_equal(((struct scope *)at)->glob, glob)) at = capan_index_next(at);
    if (at) return (struct scope *)at;
    struct scope *scope = capan_arena_take(&search->memory, sizeof *scope);
    if (!scope) return NULL;
    *scope = (struct scope){.glob = glob, .number = (uint32_t)search->index.count};
    capan_index_add(&search->index, &scope->in, hash);
    return scope;
}

static void add_to_scope(struct search *search, size_t resource, size_t at) {
    struct tried *tried = &search->resources[resource];
    const struct capan_span glob = write_glob(&search->memory, search->whatif->list[resource], at);
    struct scope *scope = glob.len ? scope_of(search, glob) : NULL;
    for (size_t i = 0; i < at; i++)
        if (tried->scopes[i] == scope) return;
    tried->scopes[at] = scope;
    if (!scope) return;
    scope->resources++;
    scope->forbidden |= search->whatif->list[resource]->forbidden;
    for (size_t i = 0; i < TRIALS; i++) add_gain(&scope->gains[i], &tried->gains[i], 1);
}

/* --- choosing --------------------------------------------------------------------------------------------------- */

static int64_t worth(const struct gain *gain) {
    return gain->requests - OUTDATED_COSTS * gain->outdated;
}

/* The first of the best: of narrow ones, and short lifetimes, before others that bring no more. */
static struct scope *best(const struct search *search, size_t *trial) {
    struct scope *found = NULL;
    for (struct capan_indexed *at = capan_index_oldest(&search->index); at;
         at = capan_index_newer(&search->index, at)) {
        struct scope *scope = (struct scope *)at;
        for (size_t i = 1; i < TRIALS && !scope->forbidden; i++) {
            if (worth(&scope->gains[i]) <= (found ? worth(&found->gains[*trial]) : 0)) continue;
            found = scope;
            *trial = i;
        }
    }
    return found;
}

static bool lies_in(const struct tried *tried, const struct scope *scope) {
    for (size_t i = 0; i < SCOPES; i++)
        if (tried->scopes[i] == scope) return true;
    return false;
}

/* What the change is about is no other's any more: a glob that has a part of it would change that again. */
static void take(struct search *search, const struct scope *scope) {
    for (size_t r = 0; r < search->whatif->list_count; r++) {
        struct tried *tried = &search->resources[r];
        if (tried->taken || !lies_in(tried, scope)) continue;
        tried->taken = true;
        for (size_t i = 0; i < SCOPES; i++)
            if (tried->scopes[i]) tried->scopes[i]->forbidden = true;
    }
}

static struct capan_whatif_change change_of(struct capan_whatif *whatif, const struct scope *scope, size_t trial) {
    const struct gain *gain = &scope->gains[trial];
    return (struct capan_whatif_change){.urls = capan_whatif_keep(whatif, scope->glob),
                                        .max_age_s = trials[trial],
                                        .exchanges = (uint64_t)gain->exchanges,
                                        .resources = (uint64_t)scope->resources,
                                        .requests = (uint64_t)gain->requests,
                                        .octets = (uint64_t)max_i64(0, gain->octets),
                                        .round_trips_x100 = (uint64_t)max_i64(0, gain->round_trips_x100),
                                        .outdated = (uint64_t)max_i64(0, gain->outdated)};
}

static size_t choose(struct search *search, struct capan_whatif_change changes[CAPAN_WHATIF_CHANGES]) {
    size_t count = 0, trial = 0;
    for (size_t at = 0; at < SCOPES; at++)
        for (size_t r = 0; r < search->whatif->list_count; r++) add_to_scope(search, r, at);
    for (struct scope *scope; count < CAPAN_WHATIF_CHANGES && (scope = best(search, &trial)) != NULL;) {
        changes[count++] = change_of(search->whatif, scope, trial);
        take(search, scope);
    }
    return count;
}

size_t capan_whatif_changes(struct capan_whatif *whatif, struct capan_whatif_change changes[CAPAN_WHATIF_CHANGES]) {
    const struct capan_alloc *alloc = &whatif->counter.alloc;
    struct search search = {.whatif = whatif};
    const size_t size = whatif->list_count * sizeof *search.resources;
    size_t count = 0;
    if (!size || !(search.resources = capan_new(alloc, size))) return 0;
    capan_index_init(&search.index, whatif->key.k0, alloc);
    capan_arena_init(&search.memory, alloc, NULL, 0, SIZE_MAX);
    if (try_all(&search) == CAPAN_OK) count = choose(&search, changes);
    capan_index_free(&search.index);
    capan_arena_free(&search.memory);
    capan_delete(alloc, search.resources, size);
    return count;
}
