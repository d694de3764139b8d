/* SPDX-License-Identifier: MIT */
/* A formula is evaluated as it is read: there is no more to it than sums, comparisons, "&" and "|". */
#include "bytes.h"
#include "formulas.h"
#include "seqnum.h"

/* missing: what the part that is being read rests on is not there. */
struct evaluation {
    const struct scene *scene;
    const char *at;
    bool missing;
};

static void skip_blanks(struct evaluation *evaluation) {
    while (*evaluation->at == ' ') evaluation->at++;
}

static bool take(struct evaluation *evaluation, const char *word) {
    skip_blanks(evaluation);
    const size_t len = strlen(word);
    if (strncmp(evaluation->at, word, len) != 0) return false;
    evaluation->at += len;
    return true;
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static struct capan_span take_name(struct evaluation *evaluation) {
    const char *start = evaluation->at;
    while (is_name(*evaluation->at)) evaluation->at++;
    return (struct capan_span){(const uint8_t *)start, (size_t)(evaluation->at - start)};
}

static enum reading read_any(struct evaluation *evaluation);
static int64_t read_sum(struct evaluation *evaluation);

/* Its sender's clock has one of the ticks that clocks of timestamps have (RFC 7323 5.4). */
static bool was_stamped(const struct scene *scene, int64_t ago_ns) {
    static const int64_t ticks[] = {1000, 1000000, 4000000, 10000000};
    const struct record *at = scene->self;
    for (int i = 0; i < 256 && at->before != RECORD_NONE && scene->self->has_ts; i++) {
        at = &scene->recording->records[at->before];
        const int64_t count = capan_seq_distance(at->ts_val, scene->self->ts_val);
        for (size_t tick = 0; tick < sizeof ticks / sizeof *ticks; tick++)
            if (at->has_ts && count * ticks[tick] == ago_ns) return true;
    }
    return false;
}

static int64_t passed_ago(struct evaluation *evaluation, int64_t ago_ns) {
    const struct scene *scene = evaluation->scene;
    evaluation->missing |= !scene->self;
    if (!scene->self || ago_ns < 0 || ago_ns > scene->self->time_ns) return 0;
    return capan_recording_at(scene->recording, scene->self->talk, scene->self->time_ns - ago_ns) ||
           was_stamped(scene, ago_ns);
}

static int64_t passed_apart(struct evaluation *evaluation, int64_t ns) {
    const struct scene *scene = evaluation->scene;
    const struct head *head = scene->answer ? scene->answer : scene->asked;
    const struct record *of = scene->self ? scene->self : head ? head->begins : NULL;
    evaluation->missing |= !of;
    return of && capan_recording_apart(scene->recording, of->talk, ns);
}

static int64_t call(struct evaluation *evaluation, struct capan_span name) {
    if (span_equal(name, span_of("has"))) {
        skip_blanks(evaluation);
        const bool has = capan_scene_has(evaluation->scene, take_name(evaluation));
        take(evaluation, ")");
        return has;
    }
    const int64_t first = read_sum(evaluation), second = take(evaluation, ",") ? read_sum(evaluation) : 0;
    take(evaluation, ")");
    if (span_equal(name, span_of("gap"))) return passed_apart(evaluation, first);
    if (span_equal(name, span_of("ago"))) return passed_ago(evaluation, first);
    if (span_equal(name, span_of("icmp"))) return capan_recording_has_icmp(evaluation->scene->recording, first);
    if (span_equal(name, span_of("before32"))) return capan_seq_lt((uint32_t)first, (uint32_t)second);
    return (int16_t)(uint16_t)(first - second) < 0;
}

static int64_t read_term(struct evaluation *evaluation) {
    int64_t value = 0;
    skip_blanks(evaluation);
    if (take(evaluation, "(")) {
        const enum reading reading = read_any(evaluation);
        evaluation->missing |= reading == READ_NOT;
        take(evaluation, ")");
        return reading == READ_HOLDS;
    }
    if (*evaluation->at >= '0' && *evaluation->at <= '9') {
        while (*evaluation->at >= '0' && *evaluation->at <= '9') value = value * 10 + (*evaluation->at++ - '0');
        return value;
    }
    const struct capan_span name = take_name(evaluation);
    if (take(evaluation, "(")) return call(evaluation, name);
    const bool found =
        *evaluation->at == '.'
            ? (evaluation->at++, capan_scene_field(evaluation->scene, name, take_name(evaluation), &value))
            : capan_scene_number(evaluation->scene, name, &value);
    evaluation->missing |= !found;
    return value;
}

static int64_t read_product(struct evaluation *evaluation) {
    int64_t value = read_term(evaluation);
    while (take(evaluation, "/")) {
        const int64_t divisor = read_term(evaluation);
        value = divisor > 0 ? value / divisor : 0;
    }
    return value;
}

/* As the processor has it, without the undefined: a proof may hold any number. */
static int64_t read_sum(struct evaluation *evaluation) {
    uint64_t sum = (uint64_t)read_product(evaluation);
    for (;;) {
        if (take(evaluation, "+"))
            sum += (uint64_t)read_product(evaluation);
        else if (take(evaluation, "-"))
            sum -= (uint64_t)read_product(evaluation);
        else
            return (int64_t)sum;
    }
}

static bool compare(struct evaluation *evaluation, int64_t left) {
    if (take(evaluation, "!=")) return left != read_sum(evaluation);
    if (take(evaluation, "<=")) return left <= read_sum(evaluation);
    if (take(evaluation, ">=")) return left >= read_sum(evaluation);
    if (take(evaluation, "<")) return left < read_sum(evaluation);
    if (take(evaluation, ">")) return left > read_sum(evaluation);
    if (take(evaluation, "=")) return left == read_sum(evaluation);
    return left;
}

static enum reading read_comparison(struct evaluation *evaluation) {
    evaluation->missing = false;
    const bool holds = compare(evaluation, read_sum(evaluation));
    return evaluation->missing ? READ_NOT : holds ? READ_HOLDS : READ_FAILS;
}

/* What fails settles it, and so, in read_any, does what holds. */
static enum reading read_all(struct evaluation *evaluation) {
    enum reading all = read_comparison(evaluation);
    while (take(evaluation, "&")) {
        const enum reading next = read_comparison(evaluation);
        if (all == READ_FAILS || next == READ_FAILS)
            all = READ_FAILS;
        else if (next == READ_NOT)
            all = READ_NOT;
    }
    return all;
}

static enum reading read_any(struct evaluation *evaluation) {
    enum reading any = read_all(evaluation);
    while (take(evaluation, "|")) {
        const enum reading next = read_all(evaluation);
        if (any == READ_HOLDS || next == READ_HOLDS)
            any = READ_HOLDS;
        else if (next == READ_NOT)
            any = READ_NOT;
    }
    return any;
}

enum reading capan_formula_read(const struct scene *scene, const char *formula) {
    struct evaluation evaluation = {.scene = scene, .at = formula};
    return *formula ? read_any(&evaluation) : READ_NOT;
}
