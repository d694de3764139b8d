/* SPDX-License-Identifier: MIT */
/* What holds for every script: clients that have nothing to do with each other do not change each other's verdicts,
 * memory may be refused at any moment, and the budget is kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "judge_script.h"

#define SCRIPTS_MAX 128

/* --- a refusing allocator -------------------------------------------------------------------------------------- */

struct refusal {
    uint64_t calls, refuse_at;
    size_t held;
};

static void *refusing_resize(void *context, void *block, size_t old_size, size_t new_size) {
    struct refusal *refusal = context;
    if (new_size > old_size && ++refusal->calls == refusal->refuse_at) return NULL;
    void *moved = capan_libc.resize(NULL, block, old_size, new_size);
    refusal->held += new_size - old_size;
    return moved;
}

static struct capan_judge *new_judge(const struct capan_alloc *alloc, const struct script *script, uint64_t seed,
                                     uint64_t memory) {
    struct capan_judge_config config = {.memory = memory, .seed = seed, .shared_cache = script && script->shared_cache};
    return capan_judge_new(alloc, &config);
}

static void play_all(struct capan_judge *judge, const struct script *script, unsigned world, script_sink *sink,
                     void *context) {
    struct capan_judgement *in_flight[SCRIPT_EXCHANGES_MAX] = {NULL};
    for (size_t i = 0; i < script->event_count; i++) script_play(judge, script, i, world, in_flight, sink, context);
    for (size_t i = 0; i < script->exchange_count; i++) capan_judgement_free(judge, in_flight[i]);
}

static unsigned refuse_everywhere(const struct script *script) {
    for (uint64_t at = 1;; at++) {
        struct refusal refusal = {.refuse_at = at};
        struct capan_alloc alloc = {refusing_resize, &refusal};
        struct capan_judge *judge = new_judge(&alloc, script, 7, 1 << 20);
        if (judge) play_all(judge, script, 0, NULL, NULL);
        capan_judge_free(judge);
        if (refusal.held)
            return fprintf(stderr, "%s: refusing allocation %llu loses memory\n", script->path, (unsigned long long)at),
                   1;
        if (refusal.calls < at) return 0;
    }
}

/* --- worlds apart ---------------------------------------------------------------------------------------------- */

struct verdict {
    uint8_t cond, outcome, reason, provenance, compare, certainty, served_by, page_role;
    uint64_t violations, advice, saved, wasted;
    int64_t lifetime_s, age_s, unchanged_s, path_x100;
    uint32_t from, known, page_requests, page_not_modified, confirming;
};

struct verdicts {
    struct verdict of[SCRIPT_EXCHANGES_MAX];
};

static void keep_verdict(void *context, const struct script *script, size_t index,
                         const struct capan_exchange *exchange) {
    struct verdict *verdict = &((struct verdicts *)context)->of[index];
    (void)script;
    memset(verdict, 0, sizeof *verdict);
    verdict->cond = exchange->cond;
    verdict->outcome = exchange->outcome;
    verdict->reason = exchange->reason;
    verdict->provenance = exchange->provenance;
    verdict->compare = exchange->compare;
    verdict->violations = exchange->violations;
    verdict->advice = exchange->advice;
    verdict->saved = exchange->saved;
    verdict->wasted = exchange->wasted;
    verdict->from = exchange->validator_in;
    verdict->known = exchange->known_in;
    verdict->certainty = exchange->certainty;
    verdict->served_by = exchange->served_by;
    verdict->lifetime_s = exchange->fresh_lifetime_s;
    verdict->age_s = exchange->age_s;
    verdict->unchanged_s = exchange->unchanged_s;
    verdict->page_role = exchange->page.role;
    verdict->page_requests = exchange->page.requests;
    verdict->page_not_modified = exchange->page.not_modified;
    verdict->path_x100 = exchange->page.path_x100;
    verdict->confirming = exchange->page.confirming;
}

struct world {
    const struct script *script;
    struct capan_judgement *in_flight[SCRIPT_EXCHANGES_MAX];
    struct verdicts alone, together;
    size_t next;
};

static uint64_t next_random(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* All scripts at once, in an order that only keeps each script's own. */
static unsigned play_together(struct world *worlds, size_t count, uint64_t seed) {
    struct capan_judge *judge = new_judge(&capan_libc, NULL, seed, 16 << 20);
    size_t left = 0;
    uint64_t state = seed;
    for (size_t i = 0; i < count; i++) worlds[i].next = 0, left += worlds[i].script->event_count;
    while (left) {
        size_t i = (size_t)(next_random(&state) % count);
        struct world *world = &worlds[i];
        if (world->next == world->script->event_count) continue;
        script_play(judge, world->script, world->next++, (unsigned)i + 1, world->in_flight, keep_verdict,
                    &world->together);
        left--;
    }
    capan_judge_free(judge);
    unsigned failures = 0;
    for (size_t i = 0; i < count; i++) {
        if (memcmp(&worlds[i].alone, &worlds[i].together, sizeof worlds[i].alone) == 0) continue;
        fprintf(stderr, "%s: other clients change its verdicts (seed %llu)\n", worlds[i].script->path,
                (unsigned long long)seed);
        failures++;
    }
    return failures;
}

static unsigned check_worlds(struct script **scripts, size_t count) {
    struct world *worlds = calloc(count, sizeof *worlds);
    size_t used = 0;
    unsigned failures = 0;
    for (size_t i = 0; i < count; i++) {
        if (scripts[i]->shared_cache || scripts[i]->forgets) continue;
        struct world *world = &worlds[used++];
        world->script = scripts[i];
        struct capan_judge *judge = new_judge(&capan_libc, scripts[i], 7, 1 << 20);
        play_all(judge, scripts[i], 0, keep_verdict, &world->alone);
        capan_judge_free(judge);
    }
    for (uint64_t seed = 1; seed <= 20; seed++) failures += play_together(worlds, used, seed);
    free(worlds);
    return failures;
}

/* --- the budget ------------------------------------------------------------------------------------------------ */

#define BUDGET ((uint64_t)1 << 20)
#define SLACK  ((size_t)64 * 1024) /* one exchange in flight, and a table that grows */
#define URLS   20000

static unsigned ask_many(struct capan_judge *judge) {
    const struct capan_http_parties parties = {.client = {{4, {10, 0, 0, 1}}, 40000},
                                               .server = {{4, {10, 0, 0, 2}}, 80}};
    static const char host[] = "shelf.example", text[] = "first";
    unsigned known = 0;
    for (unsigned i = 0; i < URLS; i++) {
        char target[32], tag[32];
        int target_len = snprintf(target, sizeof target, "/%u", i), tag_len = snprintf(tag, sizeof tag, "\"%u\"", i);
        struct capan_http_field asks[] = {{{(const uint8_t *)"Host", 4}, {(const uint8_t *)host, sizeof host - 1}}};
        struct capan_http_field answers[] = {{{(const uint8_t *)"ETag", 4}, {(const uint8_t *)tag, (size_t)tag_len}}};
        struct capan_http_head head = {.request = true,
                                       .method = {(const uint8_t *)"GET", 3},
                                       .target = {(const uint8_t *)target, (size_t)target_len},
                                       .version = 11,
                                       .fields = asks,
                                       .field_count = 1,
                                       .at = {2 * i + 1, i}};
        struct capan_judgement *judgement = capan_judge_request(judge, &parties, -1, &head);
        if (!judgement) return UINT32_MAX;
        head = (struct capan_http_head){
            .status = 200, .version = 11, .fields = answers, .field_count = 1, .at = {2 * i + 2, i}};
        capan_judge_response(judge, judgement, &head);
        struct capan_http_end end = {.how = CAPAN_HTTP_ENDED, .response = {.digest_known = true, .digest = i + 1}};
        end.response.extent =
            (struct capan_http_extent){.last_frame = 2 * i + 2, .body_len = sizeof text - 1, .complete = true};
        known += capan_judge_end(judge, judgement, &end)->known_in > 0;
        capan_judgement_free(judge, judgement);
    }
    return known;
}

static unsigned check_budget(void) {
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    struct capan_judge *judge = new_judge(&counter.alloc, NULL, 7, BUDGET);
    unsigned known = ask_many(judge);
    bool kept = counter.peak <= BUDGET + SLACK && capan_judge_evicted(judge) > 0 && known == 0;
    if (!kept)
        fprintf(stderr, "budget: peak %zu, evicted %llu, known %u\n", counter.peak,
                (unsigned long long)capan_judge_evicted(judge), known);
    capan_judge_free(judge);
    if (counter.held) fprintf(stderr, "budget: %zu octets lost\n", counter.held);
    return !kept || counter.held;
}

int main(int argc, char **argv) {
    struct script *scripts[SCRIPTS_MAX];
    unsigned failures = 0;
    size_t count = 0;
    for (int i = 1; i < argc && count < SCRIPTS_MAX; i++) {
        scripts[count] = script_load(argv[i]);
        if (!scripts[count]) return EXIT_FAILURE;
        count++;
    }
    for (size_t i = 0; i < count; i++) failures += refuse_everywhere(scripts[i]);
    failures += check_worlds(scripts, count);
    failures += check_budget();
    for (size_t i = 0; i < count; i++) script_free(scripts[i]);
    printf("%zu scripts, %u failures\n", count, failures);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
