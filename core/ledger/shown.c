/* SPDX-License-Identifier: MIT */
#include "shown.h"

#include <assert.h>
#include <string.h>

#include "alloc.h"

static_assert(CAPAN_TCP_KIND_COUNT <= 64 && CAPAN_HTTP_OUTCOME_COUNT <= 64, "a bit of a set each");

void capan_shown_free(struct capan_shown *shown) {
    capan_delete(shown->alloc, shown->at, shown->capacity * sizeof *shown->at);
}

struct capan_causes capan_shown_new(const struct capan_shown *shown, uint32_t stream,
                                    const struct capan_causes *causes) {
    struct capan_causes new = *causes;
    if (stream >= shown->count) return new;
    for (size_t of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) new.of[of] &= ~shown->at[stream].of[of];
    return new;
}

static bool reach(struct capan_shown *shown, uint32_t stream) {
    void *at = shown->at;
    if (stream < shown->count) return true;
    if (capan_reserve(shown->alloc, &at, &shown->capacity, (size_t)stream + 1, sizeof *shown->at) != CAPAN_OK)
        return false;
    shown->at = at;
    memset(shown->at + shown->count, 0, (stream + (size_t)1 - shown->count) * sizeof *shown->at);
    shown->count = (size_t)stream + 1;
    return true;
}

void capan_shown_add(struct capan_shown *shown, uint32_t stream, const struct capan_causes *causes) {
    if (!reach(shown, stream)) return;
    for (size_t of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) shown->at[stream].of[of] |= causes->of[of];
}
