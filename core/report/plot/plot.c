/* SPDX-License-Identifier: MIT */
#include "plot.h"

#include <stdlib.h>

#include "bytes.h"
#include "human.h"
#include "trouble.h"
#include "xplot.h"

bool capan_plots_open(struct capan_plots *plots, const struct capan_story *story) {
    const size_t count = story->connections_count;
    *plots = (struct capan_plots){story, calloc(count + 1, sizeof *plots->connections), capan_steps_by_stream(story)};
    if (!plots->connections || !plots->steps) return false;
    for (size_t i = 0; i < count; i++) plots->connections[i] = &story->connections[i];
    qsort(plots->connections, count, sizeof *plots->connections, capan_by_trouble);
    return true;
}

void capan_plots_close(struct capan_plots *plots) {
    free(plots->connections);
    free(plots->steps);
}

bool capan_plotted_gather(struct capan_plotted *plotted, const struct capan_plots *plots,
                          const struct capan_connection *connection) {
    size_t count;
    const struct capan_step *const *steps =
        capan_steps_of(plots->steps, plots->story->steps_count, connection->stream, &count);
    bool fine = true;
    for (unsigned i = 0; i < 2; i++)
        fine &= capan_marks_gather(&plotted->marks[i], plots->story, steps, count, (enum capan_direction)i);
    const int64_t busy_ns = max_i64(plotted->marks[0].busy_ns, plotted->marks[1].busy_ns);
    plotted->marks[0].busy_ns = plotted->marks[1].busy_ns = busy_ns;
    return fine;
}

void capan_plotted_free(struct capan_plotted *plotted) {
    for (unsigned i = 0; i < 2; i++) capan_marks_free(&plotted->marks[i]);
}

/* The direction that sent more. */
static enum capan_direction bulk_of(const struct capan_connection *connection) {
    return connection->tcp.side[1].bytes >= connection->tcp.side[0].bytes ? CAPAN_S2C : CAPAN_C2S;
}

/* A direction without data has a window all the same, and its handshake: that is drawn where it is asked for. */
static bool is_worth(const struct capan_connection *connection, const struct capan_marks *marks, unsigned direction,
                     enum capan_chart chart) {
    const struct capan_tcp_side *side = connection->tcp.side;
    const bool sends = side[direction].bytes || !(side[0].bytes | side[1].bytes);
    const bool offers = chart == CAPAN_CHART_WINDOW && side[!direction].bytes;
    return (chart == CAPAN_CHART_WINDOW ? offers : sends) && capan_chart_has_marks(chart, marks);
}

void capan_plotted_figures(struct capan_out *out, const struct capan_plotted *plotted,
                           const struct capan_connection *connection) {
    const unsigned first = bulk_of(connection);
    out_text(out, "<div class=\"charts\">\n");
    for (unsigned i = 0; i < 2; i++) {
        const unsigned direction = i ? !first : first;
        const struct capan_side_plot side = {connection, &plotted->marks[direction], (enum capan_direction)direction};
        for (unsigned chart = 0; chart < CAPAN_CHART_COUNT; chart++)
            if (is_worth(connection, side.marks, direction, (enum capan_chart)chart))
                capan_svg_figure(out, (enum capan_chart)chart, &side);
    }
    out_text(out, "</div>\n");
}

/* --- by itself --- */

static bool is_asked(const struct capan_plot *plot, const struct capan_connection *connection,
                     const struct capan_marks *marks, unsigned direction, unsigned chart) {
    if (plot->chart >= 0 && plot->chart != (int)chart) return false;
    if (plot->direction >= 0)
        return plot->direction == (int)direction && capan_chart_has_marks((enum capan_chart)chart, marks);
    return is_worth(connection, marks, direction, (enum capan_chart)chart);
}

static void put_names(struct capan_out *out, int *y, const struct capan_connection *connection, uint64_t left) {
    char text[256], client[CAPAN_ENDPOINT_TEXT], server[CAPAN_ENDPOINT_TEXT], number[CAPAN_HUMAN];
    capan_endpoint_text(&connection->client, true, client);
    capan_endpoint_text(&connection->server, true, server);
    snprintf(text, sizeof text, "stream %u: client %s, server %s", connection->stream, client, server);
    capan_svg_line(out, y, text, true);
    snprintf(text, sizeof text, "the connection with most trouble, then with most octets; %s more not drawn",
             capan_human_count(number, left));
    if (left) capan_svg_line(out, y, text, false);
}

static void write_sheet(struct capan_out *out, const struct capan_plot *plot, const struct capan_plotted *plotted,
                        const struct capan_connection *connection, uint64_t left) {
    unsigned charts = 0;
    int y = 0;
    for (unsigned i = 0; i < 2 * CAPAN_CHART_COUNT; i++)
        charts += is_asked(plot, connection, &plotted->marks[i & 1], i & 1, i / 2);
    capan_svg_begin(out, charts, 1 + (left > 0));
    put_names(out, &y, connection, left);
    for (unsigned i = 0; i < 2 * CAPAN_CHART_COUNT; i++) {
        const unsigned direction = (i & 1) ^ bulk_of(connection);
        const struct capan_side_plot side = {connection, &plotted->marks[direction], (enum capan_direction)direction};
        if (is_asked(plot, connection, side.marks, direction, i / 2))
            capan_svg_chart(out, &y, (enum capan_chart)(i / 2), &side);
    }
    capan_svg_end(out);
}

static void write_one(struct capan_out *out, const struct capan_plot *plot, const struct capan_plotted *plotted,
                      const struct capan_connection *connection) {
    const enum capan_direction direction =
        plot->direction < 0 ? bulk_of(connection) : (enum capan_direction)plot->direction;
    const enum capan_chart chart = plot->chart < 0 ? CAPAN_CHART_TIME_SEQUENCE : (enum capan_chart)plot->chart;
    capan_xplot(out, chart, &plotted->marks[direction], connection, direction);
}

bool capan_plot_write(struct capan_story *story, const struct capan_plot *plot, uint64_t *left) {
    struct capan_plots plots;
    struct capan_plotted plotted;
    bool fine = capan_plots_open(&plots, story);
    *left = story->connections_count ? story->connections_count - 1 : 0;
    if (fine && story->connections_count) {
        fine = capan_plotted_gather(&plotted, &plots, plots.connections[0]);
        if (plot->xplot)
            write_one(&story->out, plot, &plotted, plots.connections[0]);
        else
            write_sheet(&story->out, plot, &plotted, plots.connections[0], *left);
        capan_plotted_free(&plotted);
    }
    capan_plots_close(&plots);
    return fine;
}
