/* SPDX-License-Identifier: MIT */
#include "html.h"

#include <stdlib.h>

#include "bytes.h"
#include "cells.h"
#include "drawing.h"
#include "human.h"
#include "waterfall.h"

enum {
    ROWS_SHOWN = 300,    /* connections in the table */
    DRAWN = 20,          /* connections with plot and ladder */
    RUNGS_SHOWN = 200,   /* segments in a ladder */
    POINTS_SHOWN = 4000, /* segments in a plot */
    PLOT_WIDTH = 900,
    PLOT_HEIGHT = 320,
    MARGIN = 60
};

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>capan</title><style>\n"
    "body{font:14px/1.45 system-ui,sans-serif;margin:2em;color:#1c2430;background:#fff;max-width:1000px}\n"
    "h1{font-size:1.4em}h2{font-size:1.15em;margin-top:2em}h3{font-size:1em}\n"
    "table{border-collapse:collapse}td,th{padding:.2em .7em;text-align:left;vertical-align:top;border-bottom:1px solid "
    "#dde3ea}\n"
    "td.n,td.t{white-space:nowrap}td.n{text-align:right;font-variant-numeric:tabular-nums}svg{font:11px "
    "system-ui,sans-serif;display:block;margin:.6em 0}\n"
    ".error{fill:#b3123a;color:#b3123a}.warn{fill:#c2410c;color:#b25e00}.note{fill:#e08a1e;color:#0b6a88}\n"
    ".chat,.none{fill:#38465a;color:#38465a}.send{fill:#7b8aa0;background:#7b8aa0}.wait{fill:#b9c6d6;background:#"
    "b9c6d6}\n"
    ".receive{fill:#2f7fb8;background:#2f7fb8}.key{display:inline-block;width:1em;height:.7em;margin:0 .3em 0 1em}\n"
    ".size,.last{text-anchor:end}path.tick{stroke:#dde3ea}text.tick{fill:#5c6878}h3{margin:1.4em 0 "
    "0}p.small{margin:.2em 0}\n"
    ".axis{stroke:#8894a5}.ack{fill:none;stroke:#3a9d5d}.small{color:#5c6878}\n"
    "</style></head><body>\n";

static void put_findings(struct capan_out *out, const struct capan_finding *findings, size_t count) {
    char text[CAPAN_HUMAN];
    out_text(
        out,
        "<h2>Findings</h2>\n<table><tr><th>level<th>finding<th>times<th>cost<th>who<th>first frames<th>meaning</tr>\n");
    for (size_t i = 0; i < count; i++) {
        const struct capan_finding *finding = &findings[i];
        const char *level = capan_drawing_class(finding->severity);
        capan_out_format(out, "<tr><td class=\"%s\">%s<td class=\"t\">%s<td class=\"n\">%s", level, level,
                         finding->token->token, capan_human_count(text, finding->count));
        capan_out_format(out, "<td class=\"n\">%s<td>%s<td>",
                         finding->bytes ? capan_human_bytes(text, finding->bytes) : "",
                         finding->blame ? capan_blames[finding->blame].token : "");
        capan_text_frames(out, finding->frames, finding->frame_count, CAPAN_FINDING_FRAMES);
        out_text(out, "<td>");
        capan_drawing_html(out, span_of(finding->token->sentence));
        out_text(out, " <span class=\"small\">");
        capan_drawing_html(out, span_of(finding->token->source));
        out_text(out, "</span></tr>\n");
    }
    out_text(out, "</table>\n");
}

static void put_connection_row(struct capan_out *out, const struct capan_connection *connection) {
    const struct capan_tcp_summary *tcp = &connection->tcp;
    char client[CAPAN_ENDPOINT_TEXT], server[CAPAN_ENDPOINT_TEXT], sent[CAPAN_HUMAN], got[CAPAN_HUMAN],
        rtt[CAPAN_HUMAN];
    capan_endpoint_text(&connection->client, true, client);
    capan_endpoint_text(&connection->server, true, server);
    capan_out_format(out, "<tr><td class=\"n\">%u<td>%s<br>%s", connection->stream, client, server);
    capan_out_format(out, "<td>%s<td>%s<td>%s<td class=\"n\">%s", capan_tcp_opens[tcp->open].token,
                     capan_tcp_closes[tcp->close].token, capan_tcp_limits[tcp->limit].token,
                     capan_human_duration(rtt, CAPAN_DURATION_ROUGH, tcp->rtt_ns));
    capan_out_format(out, "<td class=\"n\">%s<br>%s<td class=\"n\">%u<br>%u</tr>\n",
                     capan_human_bytes(sent, tcp->side[0].bytes), capan_human_bytes(got, tcp->side[1].bytes),
                     tcp->side[0].resent_segments, tcp->side[1].resent_segments);
}

/* The direction that sent more. */
static uint8_t bulk_of(const struct capan_connection *connection) {
    return connection->tcp.side[1].bytes >= connection->tcp.side[0].bytes;
}

static void put_axes(struct capan_out *out, const struct scale *x, const struct scale *y, uint8_t direction) {
    char text[CAPAN_HUMAN];
    int bottom = MARGIN / 4 + PLOT_HEIGHT;
    capan_out_format(out, "<path class=\"axis\" fill=\"none\" d=\"M%d %dV%dH%d\"/>", MARGIN, MARGIN / 4, bottom,
                     MARGIN + PLOT_WIDTH);
    capan_out_format(out, "<text x=\"%d\" y=\"%d\">%s</text>", MARGIN + PLOT_WIDTH - 60, bottom + 14,
                     capan_human_duration(text, CAPAN_DURATION_ROUGH, x->to - x->from));
    capan_out_format(out, "<text x=\"0\" y=\"%d\">%lld</text>", MARGIN / 4 + 10, (long long)y->to);
    capan_out_format(out,
                     "<text x=\"%d\" y=\"%d\">what the %s sent, by number and time; line: what was acknowledged; "
                     "orange: sent again or odd</text>\n",
                     MARGIN + 6, bottom + 14, direction == CAPAN_C2S ? "client" : "server");
}

static void put_points(struct capan_story *story, const struct capan_connection *connection, const struct scale *x,
                       const struct scale *y) {
    struct capan_out *out = &story->out;
    size_t points = 0;
    for (size_t i = 0; i < story->steps_count && points < POINTS_SHOWN; i++) {
        const struct capan_segment *segment = &story->steps[i].segment;
        if (segment->stream != connection->stream || segment->direction != bulk_of(connection) || !segment->len)
            continue;
        int top = MARGIN / 2 + PLOT_HEIGHT - capan_drawing_position(y, segment->seq + segment->len),
            left = capan_drawing_position(x, segment->time_ns);
        int height = capan_drawing_position(y, segment->seq + segment->len) - capan_drawing_position(y, segment->seq);
        points++;
        capan_out_format(
            out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"3\" height=\"%d\"><title>#%u %s</title></rect>\n",
            capan_drawing_class(capan_tcp_kinds[segment->kind].severity), left, top, height > 2 ? height : 2,
            segment->frame, capan_tcp_kinds[segment->kind].token);
    }
}

static void put_ack_line(struct capan_story *story, const struct capan_connection *connection, const struct scale *x,
                         const struct scale *y) {
    size_t points = 0;
    int64_t highest = INT64_MIN;
    out_text(&story->out, "<path class=\"ack\" d=\"");
    for (size_t i = 0; i < story->steps_count && points < POINTS_SHOWN; i++) {
        const struct capan_segment *segment = &story->steps[i].segment;
        if (segment->stream != connection->stream || segment->direction == bulk_of(connection) ||
            segment->ack <= highest)
            continue;
        highest = segment->ack;
        int top = MARGIN / 2 + PLOT_HEIGHT - capan_drawing_position(y, segment->ack),
            left = capan_drawing_position(x, segment->time_ns);
        if (points++)
            capan_out_format(&story->out, "H%dV%d", left, top);
        else
            capan_out_format(&story->out, "M%d %d", left, top);
    }
    out_text(&story->out, "\"/>\n");
}

/* A long silence before the close would leave no room for the data. */
static int64_t last_data_ns(const struct capan_story *story, const struct capan_connection *connection) {
    int64_t last_ns = connection->first_ns + 1;
    for (size_t i = 0; i < story->steps_count; i++) {
        const struct capan_segment *segment = &story->steps[i].segment;
        bool tells = segment->len || segment->acks_count;
        if (segment->stream == connection->stream && tells) last_ns = max_i64(last_ns, segment->time_ns);
    }
    return last_ns;
}

/* The time-sequence plot of the direction that sent more. */
static void put_plot(struct capan_story *story, const struct capan_connection *connection) {
    const struct capan_tcp_side *side = &connection->tcp.side[bulk_of(connection)];
    const struct scale x = {connection->first_ns, last_data_ns(story, connection), MARGIN, PLOT_WIDTH};
    const struct scale y = {0, (int64_t)side->bytes + 2, MARGIN / 4, PLOT_HEIGHT};
    capan_out_format(&story->out, "<svg width=\"%d\" height=\"%d\">\n", MARGIN + PLOT_WIDTH + 10,
                     PLOT_HEIGHT + MARGIN / 2 + 10);
    put_axes(&story->out, &x, &y, bulk_of(connection));
    put_ack_line(story, connection, &x, &y);
    put_points(story, connection, &x, &y);
    out_text(&story->out, "</svg>\n");
}

static void put_rung(struct capan_out *out, const struct capan_segment *segment, int64_t origin_ns) {
    const struct capan_token *kind = &capan_tcp_kinds[segment->kind];
    char text[CAPAN_EXPLAIN_TEXT];
    capan_out_format(out, "<tr><td class=\"n\">%u<td class=\"n\">", segment->frame);
    capan_cell_time(out, segment->time_ns - origin_ns, 0);
    capan_out_format(out, "<td>%s<td>%s<td>seq %lld, ack %lld, %u octets<td>%s",
                     capan_tcp_states[segment->client_state].token,
                     segment->direction == CAPAN_C2S ? "&#8594;" : "&#8592;", (long long)segment->seq,
                     (long long)segment->ack, segment->len, capan_tcp_states[segment->server_state].token);
    capan_out_format(out, "<td class=\"%s\" title=\"", capan_drawing_class(kind->severity));
    capan_segment_explain(segment, text);
    capan_drawing_html(out, span_of(text));
    capan_out_format(out, "\">%s</tr>\n", kind->token);
}

static void put_ladder(struct capan_story *story, const struct capan_connection *connection) {
    struct capan_out *out = &story->out;
    size_t rungs = 0;
    out_text(out, "<details><summary>ladder</"
                  "summary>\n<table><tr><th>frame<th>time<th>client<th><th>segment<th>server<th>verdict</tr>\n");
    for (size_t i = 0; i < story->steps_count && rungs < RUNGS_SHOWN; i++) {
        if (story->steps[i].segment.stream != connection->stream) continue;
        put_rung(out, &story->steps[i].segment, story->origin_ns);
        rungs++;
    }
    capan_out_format(out, "</table>%s</details>\n",
                     rungs == RUNGS_SHOWN ? "<p class=\"small\">the first ones</p>" : "");
}

static void put_connections(struct capan_story *story) {
    struct capan_out *out = &story->out;
    out_text(out, "<h2>TCP connections</h2>\n<table><tr><th>stream<th>client, "
                  "server<th>opened<th>closed<th>limit<th>round trip<th>octets<th>resent</tr>\n");
    for (size_t i = 0; i < story->connections_count && i < ROWS_SHOWN; i++)
        put_connection_row(out, &story->connections[i]);
    out_text(out, "</table>\n");
    for (size_t i = 0; i < story->connections_count && i < DRAWN; i++) {
        capan_out_format(out, "<h3>stream %u</h3>\n", story->connections[i].stream);
        put_plot(story, &story->connections[i]);
        put_ladder(story, &story->connections[i]);
    }
}

static int by_stream(const void *left, const void *right) {
    const struct capan_connection *a = left, *b = right;
    return a->stream < b->stream ? -1 : a->stream > b->stream;
}

void capan_html(struct capan_story *story, const struct capan_source *source, const struct capan_finding *findings,
                size_t count) {
    struct capan_out *out = &story->out;
    char bytes[CAPAN_HUMAN];
    out_text(out, head);
    out_text(out, "<h1>");
    capan_drawing_html(out, span_of(source->file));
    capan_out_format(
        out, "</h1>\n<p>packets %llu, octets %s, link %s; told: TCP segments %zu, connections %zu, HTTP exchanges %zu",
        (unsigned long long)source->frames, capan_human_bytes(bytes, source->octets), source->link ? source->link : "?",
        story->steps_count, story->connections_count, story->exchanges_count);
    out_text(out, story->kept == CAPAN_OK ? "" : "; the rest of the capture is not shown");
    if (source->partial) {
        out_text(out, "; not all of it was read: ");
        out_text(out, source->partial);
    }
    out_text(out, "</p>\n");
    if (story->connections_count)
        qsort(story->connections, story->connections_count, sizeof *story->connections, by_stream);
    put_findings(out, findings, count);
    capan_waterfall(story);
    put_connections(story);
    capan_out_format(out, "<p class=\"small\">capan %s</p>\n</body></html>\n", capan_version());
}
