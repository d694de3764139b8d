/* SPDX-License-Identifier: MIT */
/* The longest chain of exchanges that waited for each other, held against one that looks at all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "pageload.h"

enum { EXCHANGES = 60, IN_FLIGHT = 5, SEEDS = 2000 };

struct one {
    int64_t begin, end, len, longest;
};

static uint32_t below(uint32_t *seed, uint32_t bound) {
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 16) % bound;
}

/* On few connections, each of which begins again some time after it has ended, reported as they end. */
static size_t make(struct one *all, uint32_t *seed) {
    int64_t free_at[IN_FLIGHT] = {0};
    for (size_t i = 0; i < EXCHANGES; i++) {
        int64_t *at = &free_at[below(seed, IN_FLIGHT)];
        int64_t begin = *at + below(seed, 4), end = begin + 1 + below(seed, 9);
        size_t place = i;
        for (; place && all[place - 1].end > end; place--) all[place] = all[place - 1];
        all[place] = (struct one){begin, end, 1 + below(seed, 300), 0};
        *at = end;
    }
    return EXCHANGES;
}

static int64_t longest_before(const struct one *all, size_t count, int64_t begin) {
    int64_t longest = 0;
    for (size_t i = 0; i < count; i++)
        if (all[i].end <= begin && all[i].longest > longest) longest = all[i].longest;
    return longest;
}

static void chains_are_the_longest(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        struct one all[EXCHANGES];
        uint32_t random = seed;
        size_t count = make(all, &random);
        struct capan_chains chains = {.count = 0};
        for (size_t i = 0; i < count; i++) {
            all[i].longest = longest_before(all, i, all[i].begin) + all[i].len;
            struct capan_chain chain = capan_chains_add(&chains, all[i].begin, all[i].end, all[i].len, 1);
            if (chain.round_trips_x100 != all[i].longest) fail_msg("seed %u, exchange %zu", seed, i);
        }
    }
}

/* More at once than are remembered: no chain is longer than it can be, and the memory holds. */
static void many_at_once_are_never_overstated(void **state) {
    (void)state;
    struct capan_chains chains = {.count = 0};
    for (int64_t i = 0; i < 1000; i++) {
        struct capan_chain chain = capan_chains_add(&chains, -1, 10 * i, 100 + i, 0);
        assert_int_equal(chain.round_trips_x100, 100 + i);
        assert_true(chains.count <= CAPAN_CHAINS_MAX);
    }
    assert_int_equal(capan_chains_add(&chains, 10000, 10001, 1, 0).round_trips_x100, 1100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(chains_are_the_longest),
                                       cmocka_unit_test(many_at_once_are_never_overstated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
