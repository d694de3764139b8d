/* SPDX-License-Identifier: MIT */
#include "capan/diff.h"

#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "gather.h"

/* So many of each side are needed to say anything; and with all tests together chance is to report once in so many
 * comparisons. */
enum { LEAST = 5, ONCE_IN = 100, APPEARED_LEAST = 10 };

enum scope { SCOPE_ALL, SCOPE_HOST, SCOPE_TARGET };

/* One comparison of one thing at one place. */
struct finding {
    struct capan_diff_row row;
    enum scope scope;
    double log;
    bool matters; /* it is large enough to care for */
};

/* All comparisons, while they are made. */
struct comparing {
    struct capan_diff *diff;
    struct finding *findings;
    size_t count, capacity;
    const struct sample **sorted[CAPAN_DIFF_SIDES];
    struct share *shares[CAPAN_DIFF_SIDES];
    int64_t *values[CAPAN_DIFF_SIDES];
    bool failed;
};

/* Samples of one place of both sides, by connection. */
struct group {
    const struct sample *const *at[CAPAN_DIFF_SIDES];
    size_t count[CAPAN_DIFF_SIDES];
    enum scope scope;
    const char *name;
};

static void add(struct comparing *comparing, const struct finding *finding) {
    struct capan_diff *diff = comparing->diff;
    if (capan_reserve(&diff->alloc, (void **)&comparing->findings, &comparing->capacity, comparing->count + 1,
                      sizeof *finding) != CAPAN_OK)
        comparing->failed = true;
    else
        comparing->findings[comparing->count++] = *finding;
}

/* --- shares --- */

static uint8_t change_of(double before, double after) {
    if (before == 0) return CAPAN_DIFF_CHANGE_APPEARED;
    return after == 0 ? CAPAN_DIFF_CHANGE_WENT : after > before ? CAPAN_DIFF_CHANGE_GREW : CAPAN_DIFF_CHANGE_FELL;
}

/* Of few connections nobody knows how much they differ by themselves: losses come in bursts. */
static double doubt(double log, const struct finding *finding, size_t before, size_t after) {
    const uint64_t *count = finding->row.count;
    const bool few = before < LEAST || after < LEAST, both = count[0] && count[1];
    const bool appeared = !both && count[0] + count[1] >= APPEARED_LEAST;
    return few && !appeared && finding->row.measure == CAPAN_DIFF_RESENT ? log / 4 : log;
}

/* least: the smallest difference that matters. */
static void compare_shares(struct comparing *comparing, struct finding *finding, const size_t clusters[2],
                           double least) {
    struct capan_diff_row *row = &finding->row;
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++) {
        for (size_t i = 0; i < clusters[side]; i++) {
            row->count[side] += comparing->shares[side][i].count;
            row->of[side] += comparing->shares[side][i].of;
        }
    }
    if (row->of[0] < LEAST || row->of[1] < LEAST || !(row->count[0] + row->count[1])) return;
    const double before = (double)row->count[0] / (double)row->of[0],
                 after = (double)row->count[1] / (double)row->of[1];
    const double off = after > before ? after - before : before - after, low = after > before ? before : after;
    finding->matters = off >= least && (off >= low / 2 || off >= .1);
    row->change = change_of(before, after);
    row->median[0] = row->median[1] = -1;
    finding->log = capan_chance_of_shares(comparing->shares[0], clusters[0], comparing->shares[1], clusters[1]);
    finding->log = doubt(finding->log, finding, clusters[0], clusters[1]);
    add(comparing, finding);
}

/* Whether an exchange is one of those that a share counts. */
typedef bool is_one(const struct sample *, unsigned number);

static bool has_field(const struct sample *sample, unsigned number) {
    return sample->fields >> number & 1;
}
static bool has_status(const struct sample *sample, unsigned number) {
    return sample->status / 100 == number;
}
static bool has_outcome(const struct sample *sample, unsigned number) {
    return sample->outcome == number;
}
static bool has_violation(const struct sample *sample, unsigned number) {
    return sample->violations >> number & 1;
}
static bool has_advice(const struct sample *sample, unsigned number) {
    return sample->advice >> number & 1;
}

/* A share for each connection. */
static size_t gather_shares(const struct group *group, int side, struct share *shares, is_one *is, unsigned number) {
    size_t clusters = 0;
    for (size_t i = 0; i < group->count[side]; i++) {
        const struct sample *sample = group->at[side][i];
        if (!sample->status) continue;
        if (!clusters || sample->stream != group->at[side][i - 1]->stream) shares[clusters++] = (struct share){0, 0};
        shares[clusters - 1].of++;
        shares[clusters - 1].count += is(sample, number);
    }
    return clusters;
}

static const char *status_class(unsigned number) {
    static const char *const classes[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
    return classes[number];
}

static void compare_exchanges(struct comparing *comparing, const struct group *group, enum capan_diff_measure measure,
                              is_one *is, unsigned number, const char *name) {
    struct finding finding = {.row = {.measure = (uint8_t)measure, .name = name, .at = group->name},
                              .scope = group->scope};
    size_t clusters[CAPAN_DIFF_SIDES];
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++)
        clusters[side] = gather_shares(group, side, comparing->shares[side], is, number);
    compare_shares(comparing, &finding, clusters, .02);
}

static void compare_tokens(struct comparing *comparing, const struct group *group, enum capan_diff_measure measure,
                           is_one *is, const struct capan_token *tokens, unsigned count) {
    for (unsigned i = 0; i < count; i++) compare_exchanges(comparing, group, measure, is, i, tokens[i].token);
}

/* --- quantities --- */

/* A round trip is its connection's: once for each. */
static size_t gather_values(const struct group *group, int side, int quantity, int64_t *values) {
    const bool once = quantity + CAPAN_DIFF_FIRST_QUANTITY == CAPAN_DIFF_ROUND_TRIP;
    size_t count = 0;
    for (size_t i = 0; i < group->count[side]; i++) {
        const struct sample *sample = group->at[side][i];
        if (sample->quantity[quantity] < 0) continue;
        if (once && i && group->at[side][i - 1]->stream == sample->stream) continue;
        values[count++] = sample->quantity[quantity];
    }
    return count;
}

static bool is_large(enum capan_diff_measure measure, int64_t before, int64_t after) {
    const int64_t off = after > before ? after - before : before - after, low = after > before ? before : after;
    return off >= (measure == CAPAN_DIFF_SIZE ? 64 : 1000000) && off >= low / 10;
}

static void compare_quantity(struct comparing *comparing, const struct group *group, int quantity) {
    const enum capan_diff_measure measure = (enum capan_diff_measure)(quantity + CAPAN_DIFF_FIRST_QUANTITY);
    struct finding finding = {.row = {.measure = (uint8_t)measure, .name = "", .at = group->name},
                              .scope = group->scope};
    struct capan_diff_row *row = &finding.row;
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++)
        row->of[side] = gather_values(group, side, quantity, comparing->values[side]);
    if (row->of[0] < LEAST || row->of[1] < LEAST) return;
    finding.log =
        capan_chance_of_samples(comparing->values[0], (size_t)row->of[0], comparing->values[1], (size_t)row->of[1]);
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++)
        row->median[side] = capan_chance_median(comparing->values[side], (size_t)row->of[side]);
    finding.matters = is_large(measure, row->median[0], row->median[1]);
    row->change = row->median[1] > row->median[0] ? CAPAN_DIFF_CHANGE_GREW : CAPAN_DIFF_CHANGE_FELL;
    add(comparing, &finding);
}

/* --- groups --- */

static void compare_group(struct comparing *comparing, const struct group *group) {
    const struct capan_diff *diff = comparing->diff;
    if (group->count[0] < LEAST || group->count[1] < LEAST) return;
    for (unsigned i = 0; i < diff->field_count; i++)
        compare_exchanges(comparing, group, CAPAN_DIFF_FIELD, has_field, i, diff->fields[i]->text);
    for (unsigned i = 2; i < 6; i++)
        compare_exchanges(comparing, group, CAPAN_DIFF_STATUS, has_status, i, status_class(i));
    compare_tokens(comparing, group, CAPAN_DIFF_OUTCOME, has_outcome, capan_http_outcomes, CAPAN_HTTP_OUTCOME_COUNT);
    compare_tokens(comparing, group, CAPAN_DIFF_VIOLATION, has_violation, capan_http_violations,
                   CAPAN_HTTP_VIOLATION_COUNT);
    compare_tokens(comparing, group, CAPAN_DIFF_ADVICE, has_advice, capan_http_advices, CAPAN_HTTP_ADVICE_COUNT);
    for (int i = 0; i < QUANTITIES; i++) compare_quantity(comparing, group, i);
}

static int by_number(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

static int by_stream(const void *left, const void *right) {
    const struct sample *a = *(const struct sample *const *)left, *b = *(const struct sample *const *)right;
    return by_number(a->stream, b->stream);
}

static int by_host(const void *left, const void *right) {
    const struct sample *a = *(const struct sample *const *)left, *b = *(const struct sample *const *)right;
    return a->host == b->host ? by_stream(left, right) : by_number(a->host->number, b->host->number);
}

static int by_target(const void *left, const void *right) {
    const struct sample *a = *(const struct sample *const *)left, *b = *(const struct sample *const *)right;
    return a->target == b->target ? by_stream(left, right) : by_number(a->target->number, b->target->number);
}

static const struct name *place_of(enum scope scope, const struct sample *sample) {
    return scope == SCOPE_HOST ? sample->host : scope == SCOPE_TARGET ? sample->target : NULL;
}

/* The samples from at on that are of the same place. */
static size_t run_of(const struct comparing *comparing, enum scope scope, int side, size_t at,
                     const struct name *name) {
    size_t count = 0;
    while (at + count < comparing->diff->sample_count[side] &&
           place_of(scope, comparing->sorted[side][at + count]) == name)
        count++;
    return count;
}

static uint64_t number_at(const struct comparing *comparing, enum scope scope, int side, size_t at) {
    if (at == comparing->diff->sample_count[side]) return UINT64_MAX;
    const struct name *name = place_of(scope, comparing->sorted[side][at]);
    return name ? name->number : 0;
}

static void compare_scope(struct comparing *comparing, enum scope scope) {
    static int (*const orders[])(const void *, const void *) = {by_stream, by_host, by_target};
    const struct capan_diff *diff = comparing->diff;
    size_t at[CAPAN_DIFF_SIDES] = {0, 0};
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++)
        if (diff->sample_count[side])
            qsort(comparing->sorted[side], diff->sample_count[side], sizeof(const struct sample *), orders[scope]);
    while (at[0] < diff->sample_count[0] && at[1] < diff->sample_count[1]) {
        const uint64_t numbers[] = {number_at(comparing, scope, 0, at[0]), number_at(comparing, scope, 1, at[1])};
        const int first = numbers[1] < numbers[0];
        const struct name *name = place_of(scope, comparing->sorted[first][at[first]]);
        struct group group = {.scope = scope, .name = name ? name->text : ""};
        for (int side = 0; side < CAPAN_DIFF_SIDES; side++) {
            group.at[side] = comparing->sorted[side] + at[side];
            group.count[side] = numbers[side] == numbers[first] ? run_of(comparing, scope, side, at[side], name) : 0;
            at[side] += group.count[side];
        }
        compare_group(comparing, &group);
    }
}

/* --- connections --- */

static struct share share_of(const struct conversation *conversation, enum capan_diff_measure measure) {
    switch (measure) {
    case CAPAN_DIFF_RESENT: return (struct share){conversation->resent, conversation->data_segments};
    case CAPAN_DIFF_RESET: return (struct share){conversation->reset, 1};
    default: return (struct share){conversation->refused, 1};
    }
}

static void compare_connections(struct comparing *comparing, enum capan_diff_measure measure, double least) {
    const struct capan_diff *diff = comparing->diff;
    struct finding finding = {.row = {.measure = (uint8_t)measure, .name = "", .at = ""}, .scope = SCOPE_ALL};
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++)
        for (size_t i = 0; i < diff->conversation_count[side]; i++)
            comparing->shares[side][i] = share_of(&diff->conversations[side][i], measure);
    compare_shares(comparing, &finding, diff->conversation_count, least);
}

/* --- what is told --- */

static bool same_thing(const struct finding *a, const struct finding *b) {
    return a->row.measure == b->row.measure && strcmp(a->row.name, b->row.name) == 0;
}

static bool is_clear(const struct finding *finding, double threshold) {
    return finding->matters && finding->log >= threshold;
}

/* Where it is at few targets of many it is told of them; else of hosts where not of all. */
static enum scope scope_to_tell(const struct comparing *comparing, const struct finding *like, double threshold) {
    size_t tested[3] = {0}, clear[3] = {0};
    for (size_t i = 0; i < comparing->count; i++) {
        const struct finding *finding = &comparing->findings[i];
        if (!same_thing(like, finding)) continue;
        tested[finding->scope]++;
        clear[finding->scope] += is_clear(finding, threshold);
    }
    if (clear[SCOPE_TARGET] && clear[SCOPE_TARGET] * 2 < tested[SCOPE_TARGET]) return SCOPE_TARGET;
    if (clear[SCOPE_HOST] && (clear[SCOPE_HOST] * 2 < tested[SCOPE_HOST] || !clear[SCOPE_ALL])) return SCOPE_HOST;
    return clear[SCOPE_ALL] ? SCOPE_ALL : SCOPE_TARGET;
}

#define BIT(name) (1u << CAPAN_DIFF_##name)
/* What may come of what. */
static const uint32_t causes_of[CAPAN_DIFF_MEASURE_COUNT] = {
    [CAPAN_DIFF_RESET] = BIT(REFUSED),
    [CAPAN_DIFF_STATUS] = BIT(FIELD),
    [CAPAN_DIFF_OUTCOME] = BIT(FIELD) | BIT(STATUS) | BIT(REFUSED) | BIT(RESET),
    [CAPAN_DIFF_VIOLATION] = BIT(FIELD) | BIT(STATUS) | BIT(OUTCOME),
    [CAPAN_DIFF_ADVICE] = BIT(FIELD) | BIT(STATUS) | BIT(OUTCOME) | BIT(VIOLATION),
    [CAPAN_DIFF_ROUND_TRIP] = BIT(RESENT),
    [CAPAN_DIFF_SERVER_TIME] = BIT(STATUS) | BIT(FIELD) | BIT(OUTCOME) | BIT(RESENT),
    [CAPAN_DIFF_CONTENT_TIME] = BIT(RESENT) | BIT(ROUND_TRIP) | BIT(FIELD) | BIT(STATUS) | BIT(OUTCOME),
    [CAPAN_DIFF_SIZE] = BIT(FIELD) | BIT(STATUS) | BIT(OUTCOME),
};

static int by_order(const void *left, const void *right) {
    const struct finding *a = left, *b = right;
    if (a->row.measure != b->row.measure) return a->row.measure < b->row.measure ? -1 : 1;
    if (a->log != b->log) return a->log > b->log ? -1 : 1;
    const int by_name = strcmp(a->row.name, b->row.name);
    return by_name ? by_name : strcmp(a->row.at, b->row.at);
}

static int causes_first(const void *left, const void *right) {
    const struct capan_diff_row *a = left, *b = right;
    return a->follows - b->follows;
}

/* The first field that goes or comes may take others with it: the clearest of each measure leads. */
static enum capan_result tell(struct comparing *comparing) {
    struct capan_diff *diff = comparing->diff;
    const double threshold = capan_chance_log((double)(comparing->count + 1) * ONCE_IN);
    uint32_t told = 0;
    if (comparing->count) qsort(comparing->findings, comparing->count, sizeof *comparing->findings, by_order);
    for (size_t i = 0; i < comparing->count; i++) {
        const struct finding *finding = &comparing->findings[i];
        if (!is_clear(finding, threshold) || finding->scope != scope_to_tell(comparing, finding, threshold)) continue;
        if (capan_reserve(&diff->alloc, (void **)&diff->rows, &diff->row_capacity, diff->row_count + 1,
                          sizeof *diff->rows) != CAPAN_OK)
            return CAPAN_NO_MEMORY;
        struct capan_diff_row *row = &diff->rows[diff->row_count++];
        *row = finding->row;
        row->follows = causes_of[row->measure] & told;
        told |= 1u << row->measure;
    }
    if (diff->row_count) qsort(diff->rows, diff->row_count, sizeof *diff->rows, causes_first);
    return CAPAN_OK;
}

/* --- all of it --- */

static size_t most_of(const struct capan_diff *diff, int side) {
    const size_t samples = diff->sample_count[side], conversations = diff->conversation_count[side];
    return (samples > conversations ? samples : conversations) + 1;
}

static bool open_comparing(struct comparing *comparing) {
    const struct capan_diff *diff = comparing->diff;
    bool fine = true;
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++) {
        const size_t most = most_of(diff, side);
        comparing->sorted[side] = capan_new(&diff->alloc, most * sizeof(const struct sample *));
        comparing->shares[side] = capan_new(&diff->alloc, most * sizeof(struct share));
        comparing->values[side] = capan_new(&diff->alloc, most * sizeof(int64_t));
        fine = fine && comparing->sorted[side] && comparing->shares[side] && comparing->values[side];
        for (size_t i = 0; fine && i < diff->sample_count[side]; i++)
            comparing->sorted[side][i] = &diff->samples[side][i];
    }
    return fine;
}

static void close_comparing(struct comparing *comparing) {
    const struct capan_diff *diff = comparing->diff;
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++) {
        const size_t most = most_of(diff, side);
        capan_delete(&diff->alloc, comparing->sorted[side], most * sizeof(const struct sample *));
        capan_delete(&diff->alloc, comparing->shares[side], most * sizeof(struct share));
        capan_delete(&diff->alloc, comparing->values[side], most * sizeof(int64_t));
    }
    capan_delete(&diff->alloc, comparing->findings, comparing->capacity * sizeof *comparing->findings);
}

enum capan_result capan_diff_rows(struct capan_diff *diff, const struct capan_diff_row **rows, size_t *count) {
    struct comparing comparing = {.diff = diff};
    enum capan_result result = CAPAN_NO_MEMORY;
    diff->row_count = 0;
    if (open_comparing(&comparing)) {
        compare_connections(&comparing, CAPAN_DIFF_REFUSED, .05);
        compare_connections(&comparing, CAPAN_DIFF_RESENT, .002);
        compare_connections(&comparing, CAPAN_DIFF_RESET, .05);
        for (enum scope scope = SCOPE_ALL; scope <= SCOPE_TARGET; scope++) compare_scope(&comparing, scope);
        result = comparing.failed ? CAPAN_NO_MEMORY : tell(&comparing);
    }
    close_comparing(&comparing);
    *rows = diff->rows;
    *count = diff->row_count;
    return result;
}
