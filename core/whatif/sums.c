/* SPDX-License-Identifier: MIT */
/* What the exchanges came to: in all, by host, by target. */
#include <stdlib.h>

#include "bytes.h"
#include "gathered.h"

void capan_whatif_sum_add(struct capan_whatif_sum *sum, const struct capan_whatif_row *row) {
    sum->exchanges++;
    sum->served[row->served]++;
    sum->spared_octets += row->spared_octets;
    sum->spared_round_trips_x100 += (uint64_t)row->spared_round_trips_x100;
    sum->outdated += row->outdated;
}

static void add_sum(struct capan_whatif_sum *to, const struct capan_whatif_sum *sum) {
    to->exchanges += sum->exchanges;
    for (size_t i = 0; i < CAPAN_WHATIF_SERVED_COUNT; i++) to->served[i] += sum->served[i];
    to->spared_octets += sum->spared_octets;
    to->spared_round_trips_x100 += sum->spared_round_trips_x100;
    to->outdated += sum->outdated;
}

static int by_name(const void *a, const void *b) {
    const struct capan_span *x = &((const struct capan_whatif_group *)a)->name;
    const struct capan_span *y = &((const struct capan_whatif_group *)b)->name;
    const size_t shorter = x->len < y->len ? x->len : y->len;
    const int order = shorter ? memcmp(x->at, y->at, shorter) : 0;
    return order ? order : x->len < y->len ? -1 : x->len > y->len;
}

static int by_worth(const void *a, const void *b) {
    const struct capan_whatif_group *x = a, *y = b;
    if (x->sum.spared_octets != y->sum.spared_octets) return x->sum.spared_octets > y->sum.spared_octets ? -1 : 1;
    if (x->sum.exchanges != y->sum.exchanges) return x->sum.exchanges > y->sum.exchanges ? -1 : 1;
    return by_name(a, b);
}

/* "authority/target" */
static struct capan_span name_of(struct capan_whatif *whatif, const struct capan_whatif_resource *resource) {
    const size_t len = resource->authority.len + resource->target.len;
    uint8_t *at = capan_arena_take(&whatif->kept, len);
    if (!at) return (struct capan_span){0};
    if (resource->authority.len) memcpy(at, resource->authority.at, resource->authority.len);
    if (resource->target.len) memcpy(at + resource->authority.len, resource->target.at, resource->target.len);
    return (struct capan_span){at, len};
}

/* Groups of the same name are neighbours: one stays. The new count is returned. */
static size_t join(struct capan_whatif_group *groups, size_t count) {
    size_t kept = 0;
    qsort(groups, count, sizeof *groups, by_name);
    for (size_t i = 0; i < count; i++) {
        if (kept && span_equal(groups[kept - 1].name, groups[i].name))
            add_sum(&groups[kept - 1].sum, &groups[i].sum);
        else
            groups[kept++] = groups[i];
    }
    return kept;
}

/* One for each target, then the same as hosts. What belongs to no target is in the sum of all only. */
static void fill(struct capan_whatif *whatif, struct capan_whatif_group *all, struct capan_whatif_group *targets,
                 struct capan_whatif_group *hosts) {
    for (size_t i = 0; i < whatif->list_count; i++)
        targets[i] = (struct capan_whatif_group){CAPAN_WHATIF_SCOPE_TARGET, name_of(whatif, whatif->list[i]), {0}};
    for (size_t i = 0; i < whatif->count; i++) {
        const struct capan_record *record = whatif->records[i];
        capan_whatif_sum_add(&all->sum, &record->row);
        if (record->resource != UINT32_MAX) capan_whatif_sum_add(&targets[record->resource].sum, &record->row);
    }
    for (size_t i = 0; i < whatif->list_count; i++)
        hosts[i] = (struct capan_whatif_group){CAPAN_WHATIF_SCOPE_HOST, whatif->list[i]->authority, targets[i].sum};
}

enum capan_result capan_whatif_groups(struct capan_whatif *whatif, const struct capan_whatif_group **groups,
                                      size_t *count) {
    const size_t resources = whatif->list_count;
    *count = 0;
    if (!whatif->groups) {
        whatif->group_count = 1 + 2 * resources;
        whatif->groups = capan_new(&whatif->counter.alloc, whatif->group_count * sizeof *whatif->groups);
    }
    *groups = whatif->groups;
    if (!whatif->groups) return CAPAN_NO_MEMORY;
    struct capan_whatif_group *all = whatif->groups, *hosts = all + 1, *targets = hosts + resources;
    memset(whatif->groups, 0, whatif->group_count * sizeof *whatif->groups);
    fill(whatif, all, targets, hosts);
    const size_t host_count = join(hosts, resources);
    memmove(hosts + host_count, targets, resources * sizeof *targets);
    targets = hosts + host_count;
    const size_t target_count = join(targets, resources);
    qsort(hosts, host_count, sizeof *hosts, by_worth);
    qsort(targets, target_count, sizeof *targets, by_worth);
    *count = 1 + host_count + target_count;
    return CAPAN_OK;
}
