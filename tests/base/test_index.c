/* SPDX-License-Identifier: MIT */
/* The hash table with ages against a naive list, with a printed seed: what is found, in which order, however memory is
 * refused and whatever is removed on the walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failing.h"
#include "index.h"

enum { THINGS = 700, STEPS = 40000, KEYS = 300 };

struct thing {
    struct capan_indexed in;
    uint64_t key;
    bool held;
};

/* The same, kept as simply as can be: by age, the newest first, and by when they were added. */
struct model {
    struct thing *by_age[THINGS], *by_coming[THINGS];
    size_t count;
};

struct bench {
    struct failing failing;
    struct capan_index index;
    struct model model;
    struct thing things[THINGS];
    uint64_t seed;
};

/* Printed; another one is the program's argument. Not 0. */
static uint64_t run_seed = UINT64_C(0x2545f4914f6cdd1d);

static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void take_out(struct thing **list, size_t count, const struct thing *thing) {
    size_t at = 0;
    while (list[at] != thing) at++;
    for (; at + 1 < count; at++) list[at] = list[at + 1];
}

static void put_first(struct thing **list, size_t count, struct thing *thing) {
    for (size_t at = count; at > 0; at--) list[at] = list[at - 1];
    list[0] = thing;
}

static void add(struct bench *bench, struct thing *thing, uint64_t key) {
    thing->key = key;
    thing->held = true;
    capan_index_add(&bench->index, &thing->in, key);
    put_first(bench->model.by_age, bench->model.count, thing);
    put_first(bench->model.by_coming, bench->model.count, thing);
    bench->model.count++;
}

static void drop(struct bench *bench, struct thing *thing) {
    thing->held = false;
    capan_index_remove(&bench->index, &thing->in);
    take_out(bench->model.by_age, bench->model.count, thing);
    take_out(bench->model.by_coming, bench->model.count, thing);
    bench->model.count--;
}

static void renew(struct bench *bench, struct thing *thing) {
    capan_index_renew(&bench->index, &thing->in);
    take_out(bench->model.by_age, bench->model.count, thing);
    put_first(bench->model.by_age, bench->model.count - 1, thing);
}

/* Keys come from few, so that some are shared; every other one shares the low bits of all. */
static uint64_t some_key(struct bench *bench) {
    const uint64_t number = next_random(&bench->seed) % KEYS;
    return number % 2 ? number << 32 : number * UINT64_C(0x9e3779b97f4a7c15);
}

static void step(struct bench *bench) {
    struct thing *thing = &bench->things[next_random(&bench->seed) % THINGS];
    if (!thing->held)
        add(bench, thing, some_key(bench));
    else if (next_random(&bench->seed) % 2)
        renew(bench, thing);
    else
        drop(bench, thing);
}

static void check_found(const struct bench *bench, uint64_t key) {
    const struct capan_indexed *at = capan_index_first(&bench->index, key);
    for (size_t i = 0; i < bench->model.count; i++) {
        const struct thing *thing = bench->model.by_coming[i];
        if (thing->key != key) continue;
        assert_ptr_equal(at, &thing->in);
        at = capan_index_next(at);
    }
    assert_null(at);
}

static void check_ages(const struct bench *bench) {
    size_t left = bench->model.count;
    assert_int_equal(bench->index.count, left);
    const struct capan_indexed *at = capan_index_oldest(&bench->index);
    for (; at; at = capan_index_newer(&bench->index, at)) assert_ptr_equal(at, &bench->model.by_age[--left]->in);
    assert_int_equal(left, 0);
}

static struct bench *begin(size_t refuse) {
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->seed = run_seed;
    failing_init(&bench->failing, refuse);
    capan_index_init(&bench->index, bench->seed, &bench->failing.alloc);
    return bench;
}

static void end(struct bench *bench) {
    capan_index_free(&bench->index);
    assert_int_equal(bench->failing.held, 0);
    assert_null(capan_index_first(&bench->index, 0));
    free(bench);
}

static void is_like_a_list(void **state) {
    (void)state;
    struct bench *bench = begin(0);
    for (int i = 0; i < STEPS; i++) {
        step(bench);
        check_found(bench, some_key(bench));
        if (i % 64 == 0) check_ages(bench);
    }
    assert_true(bench->index.bucket_count >= bench->index.count);
    end(bench);
}

/* Each of its requests for memory once, then all of them. */
static void needs_no_memory(void **state) {
    (void)state;
    for (size_t refuse = 1; refuse <= 6; refuse++) {
        struct bench *bench = begin(refuse);
        for (int i = 0; i < STEPS / 20; i++) {
            if (refuse == 6) bench->failing.refuse = bench->failing.requests + 1;
            step(bench);
            check_found(bench, some_key(bench));
        }
        check_ages(bench);
        assert_true(refuse != 6 || bench->failing.held == 0);
        end(bench);
    }
}

static void gives_up_on_a_walk(void **state) {
    (void)state;
    struct bench *bench = begin(0);
    for (size_t i = 0; i < THINGS; i++) add(bench, &bench->things[i], some_key(bench));
    for (struct capan_indexed *at = capan_index_oldest(&bench->index), *newer; at; at = newer) {
        newer = capan_index_newer(&bench->index, at);
        if (((struct thing *)at)->key % 3) drop(bench, (struct thing *)at);
    }
    assert_true(bench->model.count > 0 && bench->model.count < THINGS);
    check_ages(bench);
    for (struct capan_indexed *at; (at = capan_index_oldest(&bench->index));) drop(bench, (struct thing *)at);
    assert_int_equal(bench->index.count, 0);
    end(bench);
}

/* As closed connections are: found like all, and the first to go. */
static void ages_apart(void **state) {
    (void)state;
    struct bench *bench = begin(0);
    struct capan_ages apart;
    struct thing *things = bench->things;
    capan_ages_init(&apart);
    for (size_t i = 0; i < 4; i++) add(bench, &things[i], i);
    capan_ages_renew(&apart, &things[2].in);
    capan_ages_renew(&apart, &things[0].in);
    assert_ptr_equal(capan_ages_oldest(&apart), &things[2].in);
    assert_ptr_equal(capan_ages_newer(&apart, &things[2].in), &things[0].in);
    assert_null(capan_ages_newer(&apart, &things[0].in));
    assert_ptr_equal(capan_index_oldest(&bench->index), &things[1].in);
    assert_ptr_equal(capan_index_first(&bench->index, 2), &things[2].in);
    drop(bench, &things[2]);
    assert_ptr_equal(capan_ages_oldest(&apart), &things[0].in);
    assert_null(capan_index_first(&bench->index, 2));
    capan_ages_renew(&bench->index.ages, &things[0].in);
    assert_null(capan_ages_oldest(&apart));
    end(bench);
}

static size_t longest_chain(const struct capan_index *index) {
    size_t longest = 0;
    for (size_t i = 0; i < index->bucket_count; i++) {
        size_t len = 0;
        for (const struct capan_indexed *at = index->buckets[i].first; at; at = at->next) len++;
        if (len > longest) longest = len;
    }
    return longest;
}

/* Keys that all meet in one bucket under one seed lie spread out under another one. */
static void buckets_are_by_seed(void **state) {
    (void)state;
    struct bench *known = begin(0), *unknown = begin(0);
    capan_index_init(&unknown->index, known->seed + 1, &unknown->failing.alloc);
    const struct capan_hash_key key = known->index.key, other = unknown->index.key;
    uint64_t number = 0;
    for (size_t i = 0; i < THINGS; i++) {
        while (capan_hash(key, &number, sizeof number) % 2048) number++;
        add(known, &known->things[i], capan_hash(key, &number, sizeof number));
        add(unknown, &unknown->things[i], capan_hash(other, &number, sizeof number));
        number++;
    }
    assert_int_equal(longest_chain(&known->index), THINGS);
    assert_true(longest_chain(&unknown->index) < 12);
    end(known);
    end(unknown);
}

int main(int argc, char **argv) {
    if (argc > 1) run_seed = strtoull(argv[1], NULL, 0);
    printf("seed 0x%llx\n", (unsigned long long)run_seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_like_a_list), cmocka_unit_test(needs_no_memory),     cmocka_unit_test(gives_up_on_a_walk),
        cmocka_unit_test(ages_apart),     cmocka_unit_test(buckets_are_by_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
