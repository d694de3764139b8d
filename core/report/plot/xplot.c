/* SPDX-License-Identifier: MIT */
/* Charts for xplot, as tcptrace writes them: one for each file, in words of one line each. */
#include "xplot.h"

#include "bytes.h"

/* Its colours, by class. */
static const char *colour_of(const char *class) {
    static const struct {
        const char *class, *colour;
    } colours[] = {{"edge", "yellow"}, {"acks", "green"},    {"sacks", "purple"}, {"data", "white"}, {"late", "orange"},
                   {"again", "red"},   {"probe", "magenta"}, {"cwnd", "magenta"}, {"reset", "red"}};
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
        if (strcmp(class, colours[i].class) == 0) return colours[i].colour;
    return "white";
}

static void put_point(struct capan_out *out, const struct capan_xplot *plot, int64_t time_ns, int64_t value) {
    out_char(out, ' ');
    capan_out_seconds(out, plot->origin_ns + time_ns, 6);
    out_char(out, ' ');
    if (plot->measure == CAPAN_MEASURE_TIME)
        capan_out_format(out, "%lld.%06lld", (long long)(value / 1000000), (long long)(value % 1000000));
    else
        capan_out_i64(out, max_i64(value, 0));
}

static void put_line(struct capan_out *out, const struct capan_xplot *plot, const struct capan_mark *from,
                     int64_t to_ns, int64_t low, int64_t high) {
    out_text(out, "line");
    put_point(out, plot, from->time_ns, low);
    put_point(out, plot, to_ns, high);
    out_char(out, '\n');
}

static void put_sign(struct capan_out *out, const struct capan_xplot *plot, const char *sign,
                     const struct capan_mark *mark, int64_t value) {
    out_text(out, sign);
    put_point(out, plot, mark->time_ns, value);
    out_char(out, '\n');
}

static void put_bar(struct capan_out *out, const struct capan_xplot *plot, const struct capan_mark *mark) {
    put_sign(out, plot, "darrow", mark, mark->low);
    put_line(out, plot, mark, mark->time_ns, mark->low, mark->high);
    put_sign(out, plot, "uarrow", mark, mark->high);
}

static void put_step(struct capan_out *out, const struct capan_xplot *plot, const struct capan_mark *mark,
                     const struct capan_mark *before) {
    if (!before) return;
    put_line(out, plot, before, mark->time_ns, before->high, before->high);
    if (mark->high != before->high) put_line(out, plot, mark, mark->time_ns, before->high, mark->high);
}

static void put_series(struct capan_out *out, const struct capan_xplot *plot, const struct capan_series *series,
                       enum capan_form form) {
    for (size_t i = 0; i < series->count; i++) {
        const struct capan_mark *mark = &series->at[i];
        switch (form) {
        case CAPAN_FORM_STEPS: put_step(out, plot, mark, i ? mark - 1 : NULL); break;
        case CAPAN_FORM_BARS: put_bar(out, plot, mark); break;
        case CAPAN_FORM_DOTS: put_sign(out, plot, "diamond", mark, mark->high); break;
        }
    }
}

void capan_xplot(struct capan_out *out, enum capan_chart chart, const struct capan_marks *marks,
                 const struct capan_connection *connection, enum capan_direction direction) {
    const struct capan_chart_row *row = &capan_chart_rows[chart];
    const struct capan_xplot plot = {connection->first_ns, row->measure};
    char client[CAPAN_ENDPOINT_TEXT], server[CAPAN_ENDPOINT_TEXT];
    capan_endpoint_text(&connection->client, true, client);
    capan_endpoint_text(&connection->server, true, server);
    const bool up = direction == CAPAN_C2S;
    out_text(out, row->measure == CAPAN_MEASURE_TIME ? "timeval double\n" : "timeval unsigned\n");
    capan_out_format(out, "title\n%s_==>_%s (%s)\n", up ? client : server, up ? server : client, row->title);
    capan_out_format(out, "xlabel\ntime\nylabel\n%s\n",
                     row->measure == CAPAN_MEASURE_TIME ? "milliseconds" : row->axis);
    for (unsigned i = 0; i < row->count; i++) {
        const struct capan_look *look = &capan_looks[row->series[i]];
        if (!marks->series[row->series[i]].count) continue;
        capan_out_format(out, "%s\n", colour_of(look->class));
        put_series(out, &plot, &marks->series[row->series[i]], look->form);
    }
    out_text(out, "go\n");
}
