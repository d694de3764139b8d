/* SPDX-License-Identifier: MIT */
#include "spares.h"

#include <string.h>

/* Sanitizers tell of a block that is used after it was given back only when it truly was. */
#if defined(__SANITIZE_ADDRESS__)
static const size_t kept_sizes = 0;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
static const size_t kept_sizes = 0;
#else
static const size_t kept_sizes = CAPAN_SPARE_SIZES;
#endif
#else
static const size_t kept_sizes = CAPAN_SPARE_SIZES;
#endif

/* The number of its size among those that are kept, or beyond them. */
static size_t number_of(size_t size) {
    return (size - 1) / CAPAN_SPARE_STEP;
}

static size_t rounded(size_t number) {
    return (number + 1) * CAPAN_SPARE_STEP;
}

static void *take(struct capan_spares *spares, size_t size) {
    const size_t number = number_of(size);
    if (number >= kept_sizes) return spares->under->resize(spares->under->context, NULL, 0, size);
    struct capan_spare *spare = spares->of[number];
    if (!spare) return spares->under->resize(spares->under->context, NULL, 0, rounded(number));
    spares->of[number] = spare->next;
    spares->count[number]--;
    return spare;
}

static void give_back(struct capan_spares *spares, void *block, size_t size) {
    const size_t number = number_of(size);
    if (number >= kept_sizes) {
        spares->under->resize(spares->under->context, block, size, 0);
    } else if ((spares->count[number] + 1u) * rounded(number) > CAPAN_SPARE_HELD) {
        spares->under->resize(spares->under->context, block, rounded(number), 0);
    } else {
        struct capan_spare *spare = block;
        spare->next = spares->of[number];
        spares->of[number] = spare;
        spares->count[number]++;
    }
}

/* From one size to another. */
static void *move(struct capan_spares *spares, void *block, size_t old_size, size_t new_size) {
    const size_t old = number_of(old_size), new = number_of(new_size);
    if (old == new &&old < kept_sizes) return block;
    if (old >= kept_sizes && new >= kept_sizes)
        return spares->under->resize(spares->under->context, block, old_size, new_size);
    void *moved = take(spares, new_size);
    if (!moved) return NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give_back(spares, block, old_size);
    return moved;
}

static void *resize(void *context, void *block, size_t old_size, size_t new_size) {
    if (!block) return new_size ? take(context, new_size) : NULL;
    if (new_size) return move(context, block, old_size, new_size);
    give_back(context, block, old_size);
    return NULL;
}

void capan_spares_begin(struct capan_spares *spares, const struct capan_alloc *under) {
    *spares = (struct capan_spares){.alloc = {resize, spares}, .under = under};
}

void capan_spares_end(struct capan_spares *spares) {
    for (size_t number = 0; number < CAPAN_SPARE_SIZES; number++) {
        for (struct capan_spare *next, *spare = spares->of[number]; spare; spare = next) {
            next = spare->next;
            spares->under->resize(spares->under->context, spare, rounded(number), 0);
        }
        spares->of[number] = NULL;
        spares->count[number] = 0;
    }
}
