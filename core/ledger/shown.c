/* SPDX-License-Identifier: MIT */
#include "shown.h"

#include <assert.h>
#include <string.h>

#include "alloc.h"

static_assert(CAPAN_TCP_KIND_COUNT <= 64 && CAPAN_TCP_FLAG_COUNT <= 64 && CAPAN_HTTP_OUTCOME_COUNT <= 64,
              "one bit each");

void capan_shown_free(struct capan_shown_list *list) {
    capan_delete(list->alloc, list->at, list->capacity * sizeof *list->at);
}

/* NULL without memory. */
static struct capan_shown *shown_in(struct capan_shown_list *list, uint32_t stream) {
    void *at = list->at;
    if (stream < list->count) return &list->at[stream];
    if (capan_reserve(list->alloc, &at, &list->capacity, (size_t)stream + 1, sizeof *list->at) != CAPAN_OK) return NULL;
    list->at = at;
    memset(list->at + list->count, 0, (stream + (size_t)1 - list->count) * sizeof *list->at);
    list->count = (size_t)stream + 1;
    return &list->at[stream];
}

static uint64_t loud_of(uint64_t flags) {
    uint64_t loud = 0;
    for (unsigned flag = 0; flags >> flag; flag++)
        if (flags >> flag & 1 && capan_tcp_flags[flag].severity != CAPAN_NONE) loud |= UINT64_C(1) << flag;
    return loud;
}

struct capan_firsts capan_shown_firsts(const struct capan_shown_list *list, const struct capan_segment *segment) {
    const struct capan_shown none = {0}, *shown = segment->stream < list->count ? &list->at[segment->stream] : &none;
    return (struct capan_firsts){loud_of(segment->flags & ~shown->flags), !(shown->kinds >> segment->kind & 1)};
}

void capan_shown_segment(struct capan_shown_list *list, const struct capan_segment *segment) {
    struct capan_shown *shown = shown_in(list, segment->stream);
    if (!shown) return;
    shown->kinds |= UINT64_C(1) << segment->kind;
    shown->flags |= segment->flags;
}

/* Those of the rows that are new to the connection. They are not any more. */
static uint64_t take_new(uint64_t *shown, uint64_t rows) {
    uint64_t new = rows & ~*shown;
    *shown |= rows;
    return new;
}

void capan_shown_exchange(struct capan_shown_list *list, struct capan_stored_exchange *stored) {
    const struct capan_exchange *exchange = stored->exchange;
    struct capan_shown *shown = shown_in(list, exchange->stream);
    if (!shown) return;
    stored->first_outcome = take_new(&shown->outcomes, UINT64_C(1) << exchange->outcome);
    stored->first_violations = take_new(&shown->violations, exchange->violations);
    stored->first_advice = take_new(&shown->advice, exchange->advice);
    stored->first_framing = take_new(&shown->framing, exchange->request_framing | exchange->response_framing);
}
