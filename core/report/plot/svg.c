/* SPDX-License-Identifier: MIT */
#include "svg.h"

#include "bytes.h"
#include "human.h"

enum {
    WIDTH = 960,
    HEIGHT = 280,
    LEFT = 76,
    RIGHT = 14,
    TOP = 10,
    BOTTOM = 26,
    PLANE_WIDTH = WIDTH - LEFT - RIGHT,
    PLANE_HEIGHT = HEIGHT - TOP - BOTTOM,
    KEY = 24,  /* height of a line above a chart */
    LINE = 26, /* and of a heading */
    X_TICKS = 8,
    Y_TICKS = 5
};

/* --- marks --- */

struct path {
    struct capan_out *out;
    const struct capan_plane *plane;
    enum capan_form form;
    bool began;
};

static void put_pair(struct capan_out *out, char letter, int64_t x, int64_t y) {
    out_char(out, letter);
    capan_out_i64(out, x);
    out_char(out, ' ');
    capan_out_i64(out, y);
}

static void put_one(struct capan_out *out, char letter, int64_t number) {
    out_char(out, letter);
    capan_out_i64(out, number);
}

static void put_mark(void *context, const struct capan_mark *mark) {
    struct path *path = context;
    const int64_t x = capan_plane_x(path->plane, mark->time_ns), high = capan_plane_y(path->plane, mark->high);
    switch (path->form) {
    case CAPAN_FORM_BARS:
        put_pair(path->out, 'M', x, capan_plane_y(path->plane, mark->low));
        put_one(path->out, 'V', high);
        break;
    case CAPAN_FORM_DOTS:
        put_pair(path->out, 'M', x, high);
        out_text(path->out, "h0");
        break;
    case CAPAN_FORM_STEPS:
        if (path->began) {
            put_one(path->out, 'H', x);
            put_one(path->out, 'V', high);
        } else {
            put_pair(path->out, 'M', x, high);
        }
    }
    path->began = true;
}

/* How many marks there are, and how many were drawn. */
struct drawn {
    size_t all, drawn;
};

static void put_series(struct capan_out *out, const struct capan_plane *plane, const struct capan_marks *marks,
                       uint8_t name, struct drawn *drawn) {
    static const char *const forms[] = {
        [CAPAN_FORM_STEPS] = "steps", [CAPAN_FORM_BARS] = "bars", [CAPAN_FORM_DOTS] = "dots"};
    const struct capan_look *look = &capan_looks[name];
    const struct capan_series *series = &marks->series[name];
    struct path path = {out, plane, look->form, false};
    if (!series->count) return;
    capan_out_format(out, "<path class=\"%s %s\" d=\"", look->class, forms[look->form]);
    drawn->drawn += capan_chart_draw(plane, series, put_mark, &path);
    drawn->all += series->count;
    out_text(out, "\"/>\n");
}

static struct drawn put_plane(struct capan_out *out, enum capan_chart chart, const struct capan_plane *plane,
                              const struct capan_marks *marks) {
    const struct capan_chart_row *row = &capan_chart_rows[chart];
    struct drawn drawn = {0, 0};
    capan_out_format(out,
                     "<svg class=\"plane\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %lld %lld\" "
                     "preserveAspectRatio=\"none\">\n",
                     LEFT, TOP, PLANE_WIDTH, PLANE_HEIGHT, (long long)plane->width, (long long)plane->height);
    for (unsigned i = 0; i < row->count; i++) put_series(out, plane, marks, row->series[i], &drawn);
    out_text(out, "</svg>\n");
    return drawn;
}

/* --- ticks --- */

static void put_ticks(struct capan_out *out, enum capan_measure measure, const struct capan_plane *plane) {
    char text[CAPAN_HUMAN];
    const int64_t x_step = capan_tick_step(plane->to_ns, X_TICKS), y_step = capan_tick_step(plane->top, Y_TICKS);
    out_text(out, "<g class=\"ticks\">");
    for (int64_t value = 0; value <= plane->top; value += y_step) {
        const int y = TOP + PLANE_HEIGHT - (int)((double)value / (double)plane->top * PLANE_HEIGHT);
        capan_out_format(out, "<path d=\"M%d %dH%d\"/><text class=\"end\" x=\"%d\" y=\"%d\">%s</text>", LEFT, y,
                         WIDTH - RIGHT, LEFT - 6, y + 4, capan_tick_text(text, measure, value));
    }
    for (int64_t time = 0; time <= plane->to_ns; time += x_step) {
        const int x = LEFT + (int)((double)time / (double)plane->to_ns * PLANE_WIDTH);
        capan_out_format(out, "<path d=\"M%d %dV%d\"/><text class=\"mid\" x=\"%d\" y=\"%d\">%s</text>", x, TOP,
                         TOP + PLANE_HEIGHT, x, HEIGHT - 8, capan_tick_text(text, CAPAN_MEASURE_TIME, time));
    }
    out_text(out, "</g>\n");
}

/* --- words --- */

static const char *who_sends(const struct capan_side_plot *side) {
    return side->direction == CAPAN_C2S ? "client" : "server";
}

/* "server: time and sequence" */
static void put_title(struct capan_out *out, enum capan_chart chart, const struct capan_side_plot *side) {
    capan_out_format(out, "%s: %s", who_sends(side), capan_chart_rows[chart].title);
}

/* What of the marks is not to be seen, and why. */
static void put_note(struct capan_out *out, const struct capan_plane *plane, const struct capan_marks *marks,
                     struct drawn drawn) {
    char text[CAPAN_HUMAN], all[CAPAN_HUMAN];
    if (drawn.drawn < drawn.all) {
        capan_out_format(out, " %s of %s marks are drawn: of each thousandth of the time the first, the last, ",
                         capan_human_count(text, drawn.drawn), capan_human_count(all, drawn.all));
        out_text(out, "the lowest and the highest.");
    }
    if (plane->outside)
        capan_out_format(out, " %s mark%s further right, up to %s.", capan_human_count(text, plane->outside),
                         plane->outside == 1 ? " lies" : "s lie",
                         capan_human_duration(all, CAPAN_DURATION_ROUGH, marks->last_ns));
}

static void put_open(struct capan_out *out, enum capan_chart chart, const struct capan_plane *plane,
                     const struct capan_marks *marks) {
    static const char *const measures[] = {
        [CAPAN_MEASURE_OCTETS] = "octets", [CAPAN_MEASURE_RATE] = "rate", [CAPAN_MEASURE_TIME] = "time"};
    capan_out_format(out, " class=\"chart\" data-w=\"%lld\" data-h=\"%lld\" data-xu=\"%lld\" data-yu=\"%lld\"",
                     (long long)plane->width, (long long)plane->height, (long long)plane->x_unit,
                     (long long)plane->y_unit);
    capan_out_format(out, " data-chart=\"%s\"", capan_charts[chart].token);
    capan_out_format(out, " data-end=\"%lld\" data-measure=\"%s\">\n", (long long)(marks->last_ns / plane->x_unit + 1),
                     measures[capan_chart_rows[chart].measure]);
}

static struct drawn put_inside(struct capan_out *out, enum capan_chart chart, const struct capan_plane *plane,
                               const struct capan_marks *marks) {
    put_ticks(out, capan_chart_rows[chart].measure, plane);
    const struct drawn drawn = put_plane(out, chart, plane, marks);
    capan_out_format(out, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/></svg>\n", LEFT, TOP, TOP + PLANE_HEIGHT,
                     WIDTH - RIGHT);
    return drawn;
}

/* --- a sheet --- */

void capan_svg_begin(struct capan_out *out, unsigned charts, unsigned lines) {
    const unsigned height = charts * (HEIGHT + 2 * KEY) + (lines + 1) * LINE;
    capan_out_format(out,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" viewBox=\"0 0 %d %u\">\n",
                     WIDTH, height, WIDTH, height);
    out_text(out, "<style>");
    out_text(out, capan_chart_style);
    out_text(out, "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
}

void capan_svg_line(struct capan_out *out, int *y, const char *text, bool heading) {
    *y += LINE;
    capan_out_format(out, "<text class=\"%s\" x=\"12\" y=\"%d\">", heading ? "title" : "note", *y - 6);
    out_text(out, text); /* endpoints and numbers: nothing that XML reads otherwise but what is written as entities */
    out_text(out, "</text>\n");
}

static void put_key(struct capan_out *out, enum capan_chart chart, const struct capan_marks *marks) {
    const struct capan_chart_row *row = &capan_chart_rows[chart];
    for (unsigned i = 0; i < row->count; i++) {
        const struct capan_look *look = &capan_looks[row->series[i]];
        if (marks->series[row->series[i]].count)
            capan_out_format(out, "<tspan dx=\"12\" class=\"%s\">&#9632;</tspan><tspan dx=\"4\">%s</tspan>",
                             look->class, look->label);
    }
}

void capan_svg_chart(struct capan_out *out, int *y, enum capan_chart chart, const struct capan_side_plot *side) {
    const struct capan_plane plane = capan_plane_of(chart, side->marks);
    capan_out_format(out, "<text class=\"key\" x=\"%d\" y=\"%d\"><tspan class=\"title\">", LEFT, *y + KEY - 6);
    put_title(out, chart, side);
    out_text(out, "</tspan>");
    put_key(out, chart, side->marks);
    capan_out_format(out, "</text>\n<svg y=\"%d\" width=\"%d\" height=\"%d\"", *y + KEY, WIDTH, HEIGHT);
    put_open(out, chart, &plane, side->marks);
    const struct drawn drawn = put_inside(out, chart, &plane, side->marks);
    *y += KEY + HEIGHT + KEY;
    capan_out_format(out, "<text class=\"note\" x=\"%d\" y=\"%d\">", LEFT, *y - 10);
    put_note(out, &plane, side->marks, drawn);
    out_text(out, "</text>\n");
}

void capan_svg_end(struct capan_out *out) {
    out_text(out, "</svg>\n");
}

/* --- a figure --- */

struct points {
    struct capan_out *out;
    const struct capan_plane *plane;
    bool began;
};

static void put_point(void *context, const struct capan_mark *mark) {
    struct points *points = context;
    if (mark->kind == CAPAN_NO_KIND && !mark->high) return;
    if (points->began) out_char(points->out, ',');
    points->began = true;
    put_one(points->out, '[', capan_plane_x(points->plane, mark->time_ns));
    put_one(points->out, ',', mark->high / points->plane->y_unit);
    put_one(points->out, ',', mark->frame);
    put_one(points->out, ',', mark->kind == CAPAN_NO_KIND ? -1 : mark->kind);
    out_char(points->out, ']');
}

/* By series: what the script finds under the pointer. */
static void put_points(struct capan_out *out, enum capan_chart chart, const struct capan_plane *plane,
                       const struct capan_marks *marks) {
    const struct capan_chart_row *row = &capan_chart_rows[chart];
    out_text(out, "<script type=\"application/json\">[");
    for (unsigned i = 0; i < row->count; i++) {
        struct points points = {out, plane, false};
        capan_out_format(out, "%s[\"%s\"", i ? "," : "", capan_looks[row->series[i]].label);
        const bool told = row->series[i] != CAPAN_SERIES_EDGE && row->series[i] != CAPAN_SERIES_FREE;
        out_text(out, ",[");
        if (told) capan_chart_draw(plane, &marks->series[row->series[i]], put_point, &points);
        out_text(out, "]]");
    }
    out_text(out, "]</script>\n");
}

static void put_html_key(struct capan_out *out, enum capan_chart chart, const struct capan_marks *marks) {
    const struct capan_chart_row *row = &capan_chart_rows[chart];
    for (unsigned i = 0; i < row->count; i++) {
        const struct capan_look *look = &capan_looks[row->series[i]];
        if (marks->series[row->series[i]].count)
            capan_out_format(out, " <span><i class=\"%s\"></i>%s</span>", look->class, look->label);
    }
}

void capan_svg_figure(struct capan_out *out, enum capan_chart chart, const struct capan_side_plot *side) {
    const struct capan_plane plane = capan_plane_of(chart, side->marks);
    out_text(out, "<figure tabindex=\"0\"><figcaption><b>");
    put_title(out, chart, side);
    out_text(out, "</b>");
    put_html_key(out, chart, side->marks);
    capan_out_format(out, "</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
    put_title(out, chart, side);
    out_char(out, '"');
    put_open(out, chart, &plane, side->marks);
    const struct drawn drawn = put_inside(out, chart, &plane, side->marks);
    put_points(out, chart, &plane, side->marks);
    out_text(out, "<p class=\"small\">");
    put_note(out, &plane, side->marks, drawn);
    out_text(out, "</p></figure>\n");
}
