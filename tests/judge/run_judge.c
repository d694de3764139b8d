/* SPDX-License-Identifier: MIT */
/* Plays the scripts and compares; then says which words of the verdicts no script reaches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clauses.h"
#include "judge_script.h"

#define COUNT_MAX 64

struct run {
    unsigned failures, exchanges;
    bool outcomes[COUNT_MAX], conds[COUNT_MAX], reasons[COUNT_MAX], violations[COUNT_MAX], advice[COUNT_MAX];
    bool provenances[COUNT_MAX], compares[COUNT_MAX], served[COUNT_MAX];
    bool clauses[CAPAN_CLAUSES], preconditions[CAPAN_FIELD_COUNT], figures[CAPAN_HTTP_ADVICE_COUNT];
    bool lost[CAPAN_HTTP_VIOLATION_COUNT];
};

static void put_set(char *to, size_t size, uint64_t bits, const struct capan_token *tokens, size_t count) {
    to[0] = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(bits >> i & 1)) continue;
        snprintf(to + strlen(to), size - strlen(to), "%s%s", to[0] ? " " : "", tokens[i].token);
    }
}

/* What the exchange has for a key, as the script would write it. */
static bool value_of(const struct capan_exchange *exchange, const char *key, char *to, size_t size) {
    static const struct {
        const char *key;
        const struct capan_token *tokens;
        size_t offset;
    } words[] = {
        {"cond", capan_http_conds, offsetof(struct capan_exchange, cond)},
        {"outcome", capan_http_outcomes, offsetof(struct capan_exchange, outcome)},
        {"reason", capan_http_reasons, offsetof(struct capan_exchange, reason)},
        {"provenance", capan_http_provenances, offsetof(struct capan_exchange, provenance)},
        {"compare", capan_http_compares, offsetof(struct capan_exchange, compare)},
        {"served by", capan_http_served_bys, offsetof(struct capan_exchange, served_by)},
        {"certainty", capan_certainties, offsetof(struct capan_exchange, certainty)},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(key, words[i].key) != 0) continue;
        snprintf(to, size, "%s", words[i].tokens[((const uint8_t *)exchange)[words[i].offset]].token);
        return true;
    }
    if (strcmp(key, "violations") == 0)
        return put_set(to, size, exchange->violations, capan_http_violations, CAPAN_HTTP_VIOLATION_COUNT), true;
    if (strcmp(key, "forgotten") == 0)
        return put_set(to, size, exchange->forgotten, capan_http_forgettings, CAPAN_HTTP_FORGETTING_COUNT), true;
    if (strcmp(key, "advice") == 0)
        return put_set(to, size, exchange->advice, capan_http_advices, CAPAN_HTTP_ADVICE_COUNT), true;
    if (strcmp(key, "from") == 0) return snprintf(to, size, "%u", exchange->validator_in) > 0;
    if (strcmp(key, "known") == 0) return snprintf(to, size, "%u", exchange->known_in) > 0;
    if (strcmp(key, "saved") == 0) return snprintf(to, size, "%llu", (unsigned long long)exchange->saved) > 0;
    if (strcmp(key, "wasted") == 0) return snprintf(to, size, "%llu", (unsigned long long)exchange->wasted) > 0;
    if (strcmp(key, "fresh") == 0) {
        return snprintf(to, size, "%lld of %lld%s", (long long)exchange->age_s, (long long)exchange->fresh_lifetime_s,
                        exchange->fresh_heuristic ? " by guess" : "") > 0;
    }
    if (strcmp(key, "page") == 0) {
        return snprintf(to, size, "%llu %s", (unsigned long long)exchange->page.number,
                        capan_page_roles[exchange->page.role].token) > 0;
    }
    if (strcmp(key, "waits") == 0) {
        return snprintf(to, size, "%lld.%02lld, confirming %u", (long long)exchange->page.path_x100 / 100,
                        (long long)exchange->page.path_x100 % 100, exchange->page.confirming) > 0;
    }
    if (strcmp(key, "says") == 0) return capan_exchange_explain(exchange, to) > 0;
    return false;
}

static void check(struct run *run, const struct script *script, const struct script_expectation *expected,
                  const struct capan_exchange *exchange) {
    char got[4 * CAPAN_EXPLAIN_TEXT];
    bool known = value_of(exchange, expected->key, got, sizeof got);
    bool same =
        strcmp(expected->key, "says") == 0 ? strstr(got, expected->words) != NULL : strcmp(got, expected->words) == 0;
    if (known && same) return;
    run->failures++;
    fprintf(stderr, "%s:%u: %s: expected \"%s\", got \"%s\"\n", script->path, expected->line, expected->key,
            expected->words, known ? got : "no such key");
}

/* An exchange whose violations the script does not name has none; likewise its advice. */
static void check_silence(struct run *run, const struct script *script, size_t index,
                          const struct capan_exchange *exchange) {
    static const char *const keys[] = {"violations", "advice"};
    const struct script_exchange *expected = &script->exchanges[index];
    for (size_t k = 0; k < 2; k++) {
        bool named = false;
        for (size_t i = 0; i < expected->expected_count; i++) named |= strcmp(expected->expected[i].key, keys[k]) == 0;
        struct script_expectation none = {keys[k], "", expected->response.line};
        if (!named) check(run, script, &none, exchange);
    }
}

static void note_words(struct run *run, const struct capan_exchange *exchange) {
    run->outcomes[exchange->outcome] = run->conds[exchange->cond] = run->reasons[exchange->reason] = true;
    run->provenances[exchange->provenance] = run->compares[exchange->compare] = run->served[exchange->served_by] = true;
    for (unsigned i = 0; i < COUNT_MAX; i++) {
        run->violations[i] |= exchange->violations >> i & 1;
        run->advice[i] |= exchange->advice >> i & 1;
    }
}

static void note_clauses(struct run *run, const struct capan_exchange *exchange) {
    const uint64_t facts = capan_told_facts(exchange);
    for (size_t i = 0; i < CAPAN_CLAUSES; i++) run->clauses[i] |= capan_clause_holds(&capan_clauses[i], facts);
    for (size_t i = 0; i < CAPAN_HTTP_ADVICE_COUNT; i++)
        run->figures[i] |= exchange->advice >> i & 1 && capan_clause_holds(&capan_figure_clauses[i], facts);
    for (size_t i = 0; i < CAPAN_HTTP_VIOLATION_COUNT; i++)
        run->lost[i] |= exchange->violations >> i & 1 && capan_clause_holds(&capan_lost_clauses[i], facts);
    for (size_t i = 0; i < exchange->request_field_count; i++) {
        enum capan_field number = capan_field_number(exchange->request_fields[i].name);
        run->preconditions[number] |= capan_clause_holds(&capan_precondition_clauses[number], facts);
    }
}

static void compare(void *context, const struct script *script, size_t index, const struct capan_exchange *exchange) {
    struct run *run = context;
    run->exchanges++;
    for (size_t i = 0; i < script->exchanges[index].expected_count; i++)
        check(run, script, &script->exchanges[index].expected[i], exchange);
    check_silence(run, script, index, exchange);
    note_words(run, exchange);
    note_clauses(run, exchange);
}

static void play(struct run *run, const struct script *script) {
    struct capan_judge_config config = {.memory = 1 << 20, .seed = 7, .shared_cache = script->shared_cache};
    struct capan_judge *judge = capan_judge_new(&capan_libc, &config);
    struct capan_judgement *in_flight[SCRIPT_EXCHANGES_MAX] = {NULL};
    for (size_t i = 0; i < script->event_count; i++) script_play(judge, script, i, 0, in_flight, compare, run);
    for (size_t i = 0; i < script->exchange_count; i++) {
        if (!in_flight[i]) continue;
        fprintf(stderr, "%s:%u: no end\n", script->path, script->exchanges[i].request.line);
        run->failures++;
        capan_judgement_free(judge, in_flight[i]);
    }
    capan_judge_free(judge);
}

static unsigned not_reached(const char *what, const struct capan_token *tokens, size_t count, const bool *reached) {
    unsigned missing = 0;
    for (size_t i = 0; i < count; i++) {
        if (reached[i]) continue;
        fprintf(stderr, "no script reaches %s %s\n", what, tokens[i].token);
        missing++;
    }
    return missing;
}

/* test_clauses.c tells these: scripts have no segments, from which an exchange knows its stream, handshakes and
 * delays, and each message of a script has an end. */
static const char *const beyond_scripts[] = {"stream",      "handshakes",   "crossed-fin",    "delay",
                                             "cut-request", "cut-response", "unread-request", "content-time"};

static bool is_beyond_scripts(const struct capan_token *clause) {
    for (size_t i = 0; i < sizeof beyond_scripts / sizeof *beyond_scripts; i++)
        if (strcmp(clause->token, beyond_scripts[i]) == 0) return true;
    return false;
}

static unsigned clauses_not_reached(const struct capan_clause *clauses, size_t count, const bool *reached) {
    unsigned missing = 0;
    for (size_t i = 0; i < count; i++) {
        const struct capan_token *clause = &clauses[i].token;
        if (!clause->sentence || reached[i] != is_beyond_scripts(clause)) continue;
        fprintf(stderr, "%s clause %s\n", reached[i] ? "some script reaches" : "no script reaches", clause->token);
        missing++;
    }
    return missing;
}

int main(int argc, char **argv) {
    struct run run = {0};
    for (int i = 1; i < argc; i++) {
        struct script *script = script_load(argv[i]);
        if (!script) return EXIT_FAILURE;
        play(&run, script);
        script_free(script);
    }
    run.failures += not_reached("outcome", capan_http_outcomes, CAPAN_HTTP_OUTCOME_COUNT, run.outcomes);
    run.failures += not_reached("cond", capan_http_conds, CAPAN_HTTP_COND_COUNT, run.conds);
    run.failures += not_reached("reason", capan_http_reasons, CAPAN_HTTP_REASON_COUNT, run.reasons);
    run.failures += not_reached("violation", capan_http_violations, CAPAN_HTTP_VIOLATION_COUNT, run.violations);
    run.failures += not_reached("advice", capan_http_advices, CAPAN_HTTP_ADVICE_COUNT, run.advice);
    run.failures += not_reached("provenance", capan_http_provenances, CAPAN_HTTP_PROVENANCE_COUNT, run.provenances);
    run.failures += not_reached("compare", capan_http_compares, CAPAN_HTTP_COMPARE_COUNT, run.compares);
    run.failures += not_reached("served_by", capan_http_served_bys, CAPAN_HTTP_SERVED_BY_COUNT, run.served);
    run.failures += clauses_not_reached(capan_clauses, CAPAN_CLAUSES, run.clauses);
    run.failures += clauses_not_reached(capan_precondition_clauses, CAPAN_FIELD_COUNT, run.preconditions);
    run.failures += clauses_not_reached(capan_lost_clauses, CAPAN_HTTP_VIOLATION_COUNT, run.lost);
    run.failures += clauses_not_reached(capan_figure_clauses, CAPAN_HTTP_ADVICE_COUNT, run.figures);
    printf("%d scripts, %u exchanges, %u failures\n", argc - 1, run.exchanges, run.failures);
    return run.failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
