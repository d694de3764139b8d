/* SPDX-License-Identifier: MIT */
#include "capan/diff.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "finding.h"

/* So many of each side are needed to say anything. */
enum { LEAST = 5, APPEARED_LEAST = 10, PARTS = 8, STATUSES_MAX = 8 };

/* All comparisons, while they are made. */
struct comparing {
    struct capan_diff *diff;
    struct finding *findings;
    size_t count, capacity;
    const struct sample **sorted[CAPAN_DIFF_SIDES];
    struct share *shares[CAPAN_DIFF_SIDES];
    struct share parts[CAPAN_DIFF_SIDES][PARTS];
    struct measured *values[CAPAN_DIFF_SIDES];
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

static void count_all(struct comparing *comparing, struct capan_diff_row *row, const size_t clusters[2]) {
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++) {
        for (size_t i = 0; i < clusters[side]; i++) {
            row->count[side] += comparing->shares[side][i].count;
            row->of[side] += comparing->shares[side][i].of;
        }
    }
}

static struct shares shares_of(const struct comparing *comparing, int side, size_t clusters) {
    return (struct shares){.connections = comparing->shares[side],
                           .connection_count = clusters,
                           .parts = comparing->parts[side],
                           .part_count = PARTS};
}

/* least: the smallest difference that matters. */
static void compare_shares(struct comparing *comparing, struct finding *finding, const size_t clusters[2],
                           double least) {
    struct capan_diff_row *row = &finding->row;
    count_all(comparing, row, clusters);
    if (row->of[0] < LEAST || row->of[1] < LEAST || !(row->count[0] + row->count[1])) return;
    const double before = (double)row->count[0] / (double)row->of[0],
                 after = (double)row->count[1] / (double)row->of[1];
    const double off = after > before ? after - before : before - after, low = after > before ? before : after;
    const struct shares shares[] = {shares_of(comparing, 0, clusters[0]), shares_of(comparing, 1, clusters[1])};
    finding->off = off;
    finding->matters = off >= least && (off >= low / 2 || off >= .1);
    row->change = change_of(before, after);
    row->median[0] = row->median[1] = -1;
    finding->log = doubt(capan_chance_of_shares(&shares[0], &shares[1]), finding, clusters[0], clusters[1]);
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

/* A share for each connection, and for each part of the time. */
static size_t gather_shares(struct comparing *comparing, const struct group *group, int side, is_one *is,
                            unsigned number) {
    struct share *shares = comparing->shares[side], *parts = comparing->parts[side];
    size_t clusters = 0;
    memset(parts, 0, sizeof comparing->parts[side]);
    for (size_t i = 0; i < group->count[side]; i++) {
        const struct sample *sample = group->at[side][i];
        if (!sample->status) continue;
        if (!clusters || sample->stream != group->at[side][i - 1]->stream) shares[clusters++] = (struct share){0, 0};
        shares[clusters - 1].of++;
        shares[clusters - 1].count += is(sample, number);
        parts[sample->part].of++;
        parts[sample->part].count += is(sample, number);
    }
    return clusters;
}

static const char *status_class(unsigned number) {
    static const char *const classes[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
    return classes[number];
}

/* Responses of one status on one side, and those of them that have a field. */
static struct share share_of_status(const struct group *group, int side, uint16_t status, unsigned field) {
    struct share share = {0, 0};
    for (size_t i = 0; i < group->count[side]; i++) {
        if (group->at[side][i]->status != status) continue;
        share.of++;
        share.count += has_field(group->at[side][i], field);
    }
    return share;
}

/* The first ones of before. */
static size_t list_statuses(const struct group *group, uint16_t statuses[STATUSES_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < group->count[0] && count < STATUSES_MAX; i++) {
        size_t at = 0;
        while (at < count && statuses[at] != group->at[0][i]->status) at++;
        if (at == count) statuses[count++] = group->at[0][i]->status;
    }
    return count;
}

/* A field that comes and goes with other statuses is no change of its own: one is where responses of the same status
 * differ. */
static bool within_status(const struct group *group, unsigned field) {
    uint16_t statuses[STATUSES_MAX];
    const size_t count = list_statuses(group, statuses);
    for (size_t i = 0; i < count; i++) {
        const struct share before = share_of_status(group, 0, statuses[i], field);
        const struct share after = share_of_status(group, 1, statuses[i], field);
        if (before.of < LEAST || after.of < LEAST) continue;
        const double off = (double)after.count / (double)after.of - (double)before.count / (double)before.of;
        if (off > .1 || off < -.1) return true;
    }
    return false;
}

static void compare_exchanges(struct comparing *comparing, const struct group *group, enum capan_diff_measure measure,
                              is_one *is, unsigned number, const char *name) {
    struct finding finding = {.row = {.measure = (uint8_t)measure, .name = name, .at = group->name},
                              .scope = group->scope};
    size_t clusters[CAPAN_DIFF_SIDES];
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++)
        clusters[side] = gather_shares(comparing, group, side, is, number);
    finding.of_status = measure == CAPAN_DIFF_FIELD && !within_status(group, number);
    compare_shares(comparing, &finding, clusters, .02);
}

static void compare_tokens(struct comparing *comparing, const struct group *group, enum capan_diff_measure measure,
                           is_one *is, const struct capan_token *tokens, unsigned count) {
    for (unsigned i = 0; i < count; i++) compare_exchanges(comparing, group, measure, is, i, tokens[i].token);
}

/* --- quantities --- */

/* A round trip is its connection's: once for each. */
static struct measurements gather_values(const struct comparing *comparing, const struct group *group, int side,
                                         int quantity) {
    const bool once = quantity + CAPAN_DIFF_FIRST_QUANTITY == CAPAN_DIFF_ROUND_TRIP;
    struct measurements measurements = {comparing->values[side], 0};
    for (size_t i = 0; i < group->count[side]; i++) {
        const struct sample *sample = group->at[side][i];
        if (sample->quantity[quantity] < 0) continue;
        if (once && i && group->at[side][i - 1]->stream == sample->stream) continue;
        measurements.at[measurements.count++] = (struct measured){sample->quantity[quantity], sample->part};
    }
    return measurements;
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
    struct measurements measured[CAPAN_DIFF_SIDES];
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++) {
        measured[side] = gather_values(comparing, group, side, quantity);
        row->of[side] = measured[side].count;
    }
    if (row->of[0] < LEAST || row->of[1] < LEAST) return;
    finding.log = capan_chance_of_samples(&measured[0], &measured[1]);
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++) row->median[side] = capan_chance_median(&measured[side]);
    finding.off = (double)(row->median[1] - row->median[0]);
    if (finding.off < 0) finding.off = -finding.off;
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
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++) {
        memset(comparing->parts[side], 0, sizeof comparing->parts[side]);
        for (size_t i = 0; i < diff->conversation_count[side]; i++) {
            const struct share share = share_of(&diff->conversations[side][i], measure);
            struct share *part = &comparing->parts[side][diff->conversations[side][i].part];
            comparing->shares[side][i] = share;
            part->count += share.count;
            part->of += share.of;
        }
    }
    compare_shares(comparing, &finding, diff->conversation_count, least);
}

/* --- time --- */

struct stretch {
    int64_t first_ns, last_ns;
};

static void reach(struct stretch *stretch, int64_t time_ns, bool first) {
    if (first || time_ns < stretch->first_ns) stretch->first_ns = time_ns;
    if (first || time_ns > stretch->last_ns) stretch->last_ns = time_ns;
}

static uint8_t part_of(const struct stretch *stretch, int64_t time_ns) {
    const uint64_t all = (uint64_t)stretch->last_ns - (uint64_t)stretch->first_ns;
    const uint64_t past = (uint64_t)time_ns - (uint64_t)stretch->first_ns;
    return (uint8_t)min_u64(PARTS - 1, past / (all / PARTS + 1));
}

/* What comes in the same part of a capture's time has the same load, the same queues, the same caches. */
static void part_time(struct capan_diff *diff, int side) {
    struct stretch stretch = {0, 0};
    struct sample *samples = diff->samples[side];
    struct conversation *conversations = diff->conversations[side];
    for (size_t i = 0; i < diff->sample_count[side]; i++) reach(&stretch, samples[i].time_ns, !i);
    for (size_t i = 0; i < diff->conversation_count[side]; i++)
        reach(&stretch, conversations[i].time_ns, !i && !diff->sample_count[side]);
    for (size_t i = 0; i < diff->sample_count[side]; i++) samples[i].part = part_of(&stretch, samples[i].time_ns);
    for (size_t i = 0; i < diff->conversation_count[side]; i++)
        conversations[i].part = part_of(&stretch, conversations[i].time_ns);
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
        comparing->values[side] = capan_new(&diff->alloc, most * sizeof(struct measured));
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
        capan_delete(&diff->alloc, comparing->values[side], most * sizeof(struct measured));
    }
    capan_delete(&diff->alloc, comparing->findings, comparing->capacity * sizeof *comparing->findings);
}

enum capan_result capan_diff_rows(struct capan_diff *diff, const struct capan_diff_row **rows, size_t *count) {
    struct comparing comparing = {.diff = diff};
    enum capan_result result = CAPAN_NO_MEMORY;
    diff->row_count = 0;
    for (int side = 0; side < CAPAN_DIFF_SIDES; side++) part_time(diff, side);
    if (open_comparing(&comparing)) {
        compare_connections(&comparing, CAPAN_DIFF_REFUSED, .05);
        compare_connections(&comparing, CAPAN_DIFF_RESENT, .002);
        compare_connections(&comparing, CAPAN_DIFF_RESET, .05);
        for (enum scope scope = SCOPE_ALL; scope <= SCOPE_TARGET; scope++) compare_scope(&comparing, scope);
        result = comparing.failed ? CAPAN_NO_MEMORY : capan_diff_tell(diff, comparing.findings, comparing.count);
    }
    close_comparing(&comparing);
    *rows = diff->rows;
    *count = diff->row_count;
    return result;
}
