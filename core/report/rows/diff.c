/* SPDX-License-Identifier: MIT */
/* Columns of what differs between two captures. */
#include "column.h"

static bool is_time(const struct capan_diff_row *diff) {
    return diff->measure >= CAPAN_DIFF_FIRST_QUANTITY && diff->measure != CAPAN_DIFF_SIZE;
}

static struct capan_value count_of(const struct capan_row *row, enum capan_diff_side side) {
    return row->diff->measure < CAPAN_DIFF_FIRST_QUANTITY ? value_number(row->diff->count[side]) : CAPAN_ABSENT;
}
static struct capan_value time_of(const struct capan_row *row, enum capan_diff_side side) {
    return is_time(row->diff) ? value_seconds(row->diff->median[side]) : CAPAN_ABSENT;
}
static struct capan_value size_of(const struct capan_row *row, enum capan_diff_side side) {
    return row->diff->measure == CAPAN_DIFF_SIZE ? value_number((uint64_t)row->diff->median[side]) : CAPAN_ABSENT;
}

static struct capan_value name(struct capan_row *row) {
    return value_text(row->diff->name);
}
static struct capan_value at(struct capan_row *row) {
    return value_text(row->diff->at);
}
static struct capan_value cause(struct capan_row *row) {
    return row->diff->follows ? value_token(&capan_diff_measures[row->diff->cause]) : CAPAN_ABSENT;
}
static struct capan_value cause_name(struct capan_row *row) {
    return row->diff->follows ? value_text(row->diff->cause_name) : CAPAN_ABSENT;
}
static struct capan_value count_before(struct capan_row *row) {
    return count_of(row, CAPAN_DIFF_BEFORE);
}
static struct capan_value count_after(struct capan_row *row) {
    return count_of(row, CAPAN_DIFF_AFTER);
}
static struct capan_value time_before(struct capan_row *row) {
    return time_of(row, CAPAN_DIFF_BEFORE);
}
static struct capan_value time_after(struct capan_row *row) {
    return time_of(row, CAPAN_DIFF_AFTER);
}
static struct capan_value size_before(struct capan_row *row) {
    return size_of(row, CAPAN_DIFF_BEFORE);
}
static struct capan_value size_after(struct capan_row *row) {
    return size_of(row, CAPAN_DIFF_AFTER);
}

#define CAPAN_ROW struct capan_diff_row
static const struct capan_column columns[] = {
    {"measure", "what is compared", CAPAN_WORD(TOKEN, measure, capan_diff_measures)},
    {"name", "which field, class of status, outcome, violation or advice", CAPAN_MADE(OCTETS, NONE, name)},
    {"change", "how it changed", CAPAN_WORD(TOKEN, change, capan_diff_changes)},
    {"at", "the host, or host and path of the target; absent: everywhere", CAPAN_MADE(OCTETS, NONE, at)},
    {"follows", "it may come from a change that stands before it", CAPAN_READ(BOOLEAN, NONE, follows)},
    {"cause", "of which measure", CAPAN_MADE(TOKEN, NONE, cause), CAPAN_LIST(capan_diff_measures)},
    {"cause_name", "and its name", CAPAN_MADE(OCTETS, NONE, cause_name)},
    {"before.count", "how many had it before", CAPAN_MADE(UNSIGNED, NUMBER, count_before)},
    {"before.of", "of how many, or how many were measured", CAPAN_READ(COUNT, NUMBER, of[CAPAN_DIFF_BEFORE])},
    {"before.time", "the median before", CAPAN_MADE(SECONDS, NS, time_before)},
    {"before.size", "likewise", CAPAN_MADE(UNSIGNED, OCTETS, size_before)},
    {"after.count", "how many had it after", CAPAN_MADE(UNSIGNED, NUMBER, count_after)},
    {"after.of", "of how many, or how many were measured", CAPAN_READ(COUNT, NUMBER, of[CAPAN_DIFF_AFTER])},
    {"after.time", "the median after", CAPAN_MADE(SECONDS, NS, time_after)},
    {"after.size", "likewise", CAPAN_MADE(UNSIGNED, OCTETS, size_after)},
};

const struct capan_table capan_diff_table = CAPAN_TABLE("diff", columns, 0);
