/* SPDX-License-Identifier: MIT */
/* Numbers in ascending order. */
#ifndef ASCENDING_H
#define ASCENDING_H

#include <stddef.h>
#include <stdint.h>

/* The index of the first that is number or more; count when none is. */
static inline size_t ascending_first(const uint32_t *at, size_t count, uint32_t number) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
