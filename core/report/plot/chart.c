/* SPDX-License-Identifier: MIT */
#include "chart.h"

#include "bytes.h"

#define CAPAN_X(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},
const struct capan_token capan_charts[] = {CAPAN_CHARTS(CAPAN_X)};
#undef CAPAN_X

enum {
    PARTS = 1000000, /* units that a plane has each way, as near as whole numbers come to it */
    DRAWN = 4000,    /* marks of a series that are drawn without a choice */
    COLUMNS = 1000,  /* parts of the time in which some are chosen */
    QUIET_SHARE = 4  /* a connection whose data takes less than this part of its time is shown as far as its data */
};

#define S(name) CAPAN_SERIES_##name
const struct capan_chart_row capan_chart_rows[] = {
    [CAPAN_CHART_TIME_SEQUENCE] = {"time and sequence",
                                   "sequence number",
                                   CAPAN_MEASURE_OCTETS,
                                   {S(EDGE), S(ACKS), S(SACKS), S(DATA), S(LATE), S(AGAIN), S(PROBES), S(RESETS)},
                                   8},
    [CAPAN_CHART_OUTSTANDING] =
        {"outstanding data", "octets", CAPAN_MEASURE_OCTETS, {S(FREE), S(OUTSTANDING), S(FLIGHT), S(CWND)}, 4},
    [CAPAN_CHART_ROUND_TRIPS] = {"round trips", "time", CAPAN_MEASURE_TIME, {S(ROUND_TRIPS)}, 1},
    [CAPAN_CHART_THROUGHPUT] = {"throughput", "octets a second", CAPAN_MEASURE_RATE, {S(SENT), S(ARRIVED)}, 2},
    [CAPAN_CHART_WINDOW] = {"window that it offers", "octets", CAPAN_MEASURE_OCTETS, {S(WINDOW), S(CLOSED)}, 2},
};

static bool is_of_window(uint8_t series) {
    return series == S(EDGE) || series == S(FREE);
}

static int64_t highest(const struct capan_series *series) {
    int64_t high = 0;
    for (size_t i = 0; i < series->count; i++) high = max_i64(high, series->at[i].high);
    return high;
}

/* The receiver's window may be far above all that was sent: then it is cut off. */
static int64_t top_of(const struct capan_chart_row *row, const struct capan_marks *marks) {
    int64_t top = 1, window = 0;
    for (unsigned i = 0; i < row->count; i++) {
        const int64_t high = highest(&marks->series[row->series[i]]);
        *(is_of_window(row->series[i]) ? &window : &top) = max_i64(is_of_window(row->series[i]) ? window : top, high);
    }
    return window > top && window < 2 * top ? window : top;
}

static size_t count_behind(const struct capan_chart_row *row, const struct capan_marks *marks, int64_t time_ns) {
    size_t count = 0;
    for (unsigned i = 0; i < row->count; i++) {
        const struct capan_series *series = &marks->series[row->series[i]];
        for (size_t at = series->count; at > 0 && series->at[at - 1].time_ns > time_ns; at--) count++;
    }
    return count;
}

/* A long silence before the close would leave no room for the data. */
static int64_t end_of(const struct capan_marks *marks) {
    const int64_t busy_ns = marks->busy_ns + marks->busy_ns / 20;
    const bool quiet = marks->busy_ns > 0 && busy_ns < marks->last_ns / QUIET_SHARE;
    return max_i64(quiet ? busy_ns : marks->last_ns, 1);
}

struct capan_plane capan_plane_of(enum capan_chart chart, const struct capan_marks *marks) {
    const struct capan_chart_row *row = &capan_chart_rows[chart];
    struct capan_plane plane = {.to_ns = end_of(marks)};
    const int64_t top = top_of(row, marks);
    plane.top = top + top / 16 + 1;
    plane.x_unit = plane.to_ns / PARTS + 1;
    plane.y_unit = plane.top / PARTS + 1;
    plane.width = plane.to_ns / plane.x_unit + 1;
    plane.height = plane.top / plane.y_unit + 1;
    plane.outside = count_behind(row, marks, plane.to_ns);
    return plane;
}

int64_t capan_plane_x(const struct capan_plane *plane, int64_t time_ns) {
    return (time_ns - plane->from_ns) / plane->x_unit;
}

int64_t capan_plane_y(const struct capan_plane *plane, int64_t value) {
    return plane->height - value / plane->y_unit;
}

bool capan_chart_has_marks(enum capan_chart chart, const struct capan_marks *marks) {
    const struct capan_chart_row *row = &capan_chart_rows[chart];
    size_t count = 0;
    for (unsigned i = 0; i < row->count; i++) {
        const struct capan_series *series = &marks->series[row->series[i]];
        const bool tells = !is_of_window(row->series[i]) && (chart != CAPAN_CHART_THROUGHPUT || highest(series));
        count += tells ? series->count : 0;
    }
    return count > 0;
}

/* The first, the last, the lowest and the highest of [from, to), each once. */
static size_t draw_some(const struct capan_series *series, size_t from, size_t to,
                        void (*draw)(void *, const struct capan_mark *), void *context) {
    size_t low = from, high = from, count = 0;
    for (size_t i = from; i < to; i++) {
        if (series->at[i].low < series->at[low].low) low = i;
        if (series->at[i].high > series->at[high].high) high = i;
    }
    for (size_t i = from; i < to; i++) {
        if (i != from && i != low && i != high && i + 1 != to) continue;
        draw(context, &series->at[i]);
        count++;
    }
    return count;
}

size_t capan_chart_draw(const struct capan_plane *plane, const struct capan_series *series,
                        void (*draw)(void *, const struct capan_mark *), void *context) {
    const int64_t column_ns = series->count <= DRAWN ? 0 : plane->to_ns / COLUMNS + 1;
    size_t count = 0;
    for (size_t from = 0, to; from < series->count; from = to) {
        to = from + 1;
        while (column_ns && to < series->count &&
               series->at[to].time_ns / column_ns == series->at[from].time_ns / column_ns)
            to++;
        count += draw_some(series, from, to, draw, context);
    }
    return count;
}

int64_t capan_tick_step(int64_t range, unsigned wanted) {
    int64_t step = 1;
    for (unsigned i = 0; range / step > (int64_t)wanted; i++) step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

char *capan_tick_text(char text[CAPAN_HUMAN], enum capan_measure measure, int64_t value) {
    if (!value) return strcpy(text, "0");
    if (measure == CAPAN_MEASURE_TIME) return capan_human_duration(text, CAPAN_DURATION_ROUGH, value);
    capan_human_bytes(text, (uint64_t)value);
    if (measure == CAPAN_MEASURE_RATE) strcat(text, "/s");
    return text;
}
