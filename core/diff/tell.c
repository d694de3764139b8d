/* SPDX-License-Identifier: MIT */
/* Which comparisons are told, causes before what may follow from them. */
#include <stdlib.h>
#include <string.h>

#include "finding.h"

/* With all tests together chance is to report once in so many comparisons of two captures. */
enum { ONCE_IN = 100 };

/* --- chance --- */

/* Connections, and exchanges by how many there are of a scope: many targets do not hide what is everywhere. */
enum { FAMILIES = SCOPES + 1 };

static size_t family_of(const struct finding *finding) {
    return finding->row.measure <= CAPAN_DIFF_RESET ? SCOPES : finding->scope;
}

static void mark_clear(struct finding *findings, size_t count) {
    size_t tests[FAMILIES] = {0};
    for (size_t i = 0; i < count; i++) tests[family_of(&findings[i])]++;
    for (size_t i = 0; i < count; i++) {
        const double threshold = capan_chance_log((double)tests[family_of(&findings[i])] * FAMILIES * ONCE_IN);
        findings[i].clear = findings[i].matters && findings[i].log >= threshold;
    }
}

/* --- where --- */

static bool is_more(const struct finding *finding) {
    return finding->row.change == CAPAN_DIFF_CHANGE_GREW || finding->row.change == CAPAN_DIFF_CHANGE_APPEARED;
}

/* What is compared, at all of its places one behind the other. */
static int by_thing(const void *left, const void *right) {
    const struct finding *a = left, *b = right;
    if (a->row.measure != b->row.measure) return a->row.measure < b->row.measure ? -1 : 1;
    return strcmp(a->row.name, b->row.name);
}

/* How large the difference is where it is clearest. */
static void clearest(const struct finding *places, size_t count, bool more, double off[SCOPES]) {
    double log[SCOPES] = {0};
    for (size_t i = 0; i < count; i++) {
        const enum scope scope = places[i].scope;
        if (is_more(&places[i]) != more || places[i].log <= log[scope]) continue;
        log[scope] = places[i].log;
        off[scope] = places[i].off;
    }
}

/* Where it is at few targets of many it is told of them; else of hosts where not of all. Of a few exchanges nothing is
 * clear: those that changed about as much say that it is everywhere. */
static enum scope scope_to_tell(const struct finding *places, size_t count, bool more) {
    size_t tested[SCOPES] = {0}, alike[SCOPES] = {0}, clear[SCOPES] = {0};
    double off[SCOPES] = {0};
    clearest(places, count, more, off);
    for (size_t i = 0; i < count; i++) {
        const enum scope scope = places[i].scope;
        const bool is_alike = is_more(&places[i]) == more;
        tested[scope]++;
        alike[scope] += places[i].matters && is_alike && 2 * places[i].off >= off[scope];
        clear[scope] += places[i].clear && is_alike;
    }
    if (clear[SCOPE_TARGET] && alike[SCOPE_TARGET] * 2 < tested[SCOPE_TARGET]) return SCOPE_TARGET;
    if (clear[SCOPE_HOST] && (alike[SCOPE_HOST] * 2 < tested[SCOPE_HOST] || !clear[SCOPE_ALL])) return SCOPE_HOST;
    return clear[SCOPE_ALL] ? SCOPE_ALL : SCOPE_TARGET;
}

/* Those that are told are moved to the front. How many there are. */
static size_t choose(struct finding *findings, size_t count) {
    size_t chosen = 0;
    qsort(findings, count, sizeof *findings, by_thing);
    for (size_t at = 0, behind; at < count; at = behind) {
        for (behind = at + 1; behind < count && by_thing(&findings[at], &findings[behind]) == 0;) behind++;
        const enum scope of[] = {scope_to_tell(&findings[at], behind - at, false),
                                 scope_to_tell(&findings[at], behind - at, true)};
        for (size_t i = at; i < behind; i++)
            if (findings[i].clear && findings[i].scope == of[is_more(&findings[i])]) findings[chosen++] = findings[i];
    }
    return chosen;
}

/* --- what follows from what --- */

#define BIT(name) (UINT32_C(1) << CAPAN_DIFF_##name)
#define OF_STATUS CAPAN_DIFF_MEASURE_COUNT
#define ANSWERS   (BIT(FIELD) | BIT(STATUS) | BIT(OUTCOME))
#define TIMES     (BIT(ROUND_TRIP) | BIT(SERVER_TIME) | BIT(CONTENT_TIME))

/* In the order in which they are told: each may come of those before it that its row names. */
static const struct consequence {
    unsigned measure; /* enum capan_diff_measure; OF_STATUS: of fields that come and go with statuses */
    uint32_t causes;
} consequences[] = {
    {CAPAN_DIFF_REFUSED, 0},
    {CAPAN_DIFF_RESENT, 0},
    {CAPAN_DIFF_RESET, BIT(REFUSED)},
    {CAPAN_DIFF_FIELD, 0},
    {CAPAN_DIFF_STATUS, BIT(FIELD)},
    {OF_STATUS, BIT(FIELD) | BIT(STATUS)},
    {CAPAN_DIFF_OUTCOME, BIT(FIELD) | BIT(STATUS) | BIT(REFUSED) | BIT(RESET)},
    {CAPAN_DIFF_VIOLATION, ANSWERS},
    {CAPAN_DIFF_ROUND_TRIP, BIT(RESENT)},
    {CAPAN_DIFF_SERVER_TIME, ANSWERS | BIT(RESENT)},
    {CAPAN_DIFF_CONTENT_TIME, ANSWERS | BIT(RESENT) | BIT(ROUND_TRIP) | BIT(SERVER_TIME)},
    {CAPAN_DIFF_SIZE, ANSWERS},
    {CAPAN_DIFF_ADVICE, ANSWERS | BIT(VIOLATION) | TIMES | BIT(SIZE) | BIT(RESENT)},
};

static size_t place_of(const struct finding *finding) {
    const unsigned measure = finding->of_status ? OF_STATUS : finding->row.measure;
    size_t place = 0;
    while (consequences[place].measure != measure) place++;
    return place;
}

static int by_order(const void *left, const void *right) {
    const struct finding *a = left, *b = right;
    const size_t first = place_of(a), second = place_of(b);
    if (first != second) return first < second ? -1 : 1;
    if (a->log != b->log) return a->log > b->log ? -1 : 1;
    const int by_name = strcmp(a->row.name, b->row.name);
    return by_name ? by_name : strcmp(a->row.at, b->row.at);
}

static const struct capan_diff_row *cause_of(const struct capan_diff *diff, uint32_t causes) {
    for (size_t i = 0; i < diff->row_count; i++)
        if (causes >> diff->rows[i].measure & 1) return &diff->rows[i];
    return NULL;
}

static void follow(struct capan_diff_row *row, const struct capan_diff_row *cause) {
    row->follows = cause;
    row->cause_name = "";
    if (!cause) return;
    row->cause = cause->measure;
    row->cause_name = cause->name;
}

static enum capan_result tell(struct capan_diff *diff, const struct finding *finding) {
    const struct capan_diff_row *cause = cause_of(diff, consequences[place_of(finding)].causes);
    struct capan_diff_row row = finding->row;
    follow(&row, cause);
    if (capan_reserve(&diff->alloc, (void **)&diff->rows, &diff->row_capacity, diff->row_count + 1,
                      sizeof *diff->rows) != CAPAN_OK)
        return CAPAN_NO_MEMORY;
    diff->rows[diff->row_count++] = row;
    return CAPAN_OK;
}

/* Those that follow from nothing stand first; the order stays else. */
static void lead(struct capan_diff *diff) {
    size_t leading = 0;
    for (size_t i = 0; i < diff->row_count; i++) {
        const struct capan_diff_row row = diff->rows[i];
        if (row.follows) continue;
        memmove(&diff->rows[leading + 1], &diff->rows[leading], (i - leading) * sizeof row);
        diff->rows[leading++] = row;
    }
}

enum capan_result capan_diff_tell(struct capan_diff *diff, struct finding *findings, size_t count) {
    if (!count) return CAPAN_OK;
    mark_clear(findings, count);
    const size_t chosen = choose(findings, count);
    qsort(findings, chosen, sizeof *findings, by_order);
    for (size_t i = 0; i < chosen; i++)
        if (tell(diff, &findings[i]) != CAPAN_OK) return CAPAN_NO_MEMORY;
    lead(diff);
    return CAPAN_OK;
}
