/* SPDX-License-Identifier: MIT */
#include "html.h"

#include <stdlib.h>

#include "bytes.h"
#include "cells.h"
#include "clock.h"
#include "drawing.h"
#include "human.h"
#include "plot.h"
#include "spent.h"
#include "waterfall.h"

enum {
    ROWS_SHOWN = 300,  /* connections in the table */
    DRAWN = 12,        /* connections with charts and a ladder */
    RUNGS_SHOWN = 200, /* segments in a ladder */
};

static const char style[] =
    "*{box-sizing:border-box}body{font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;margin:0 "
    "auto;padding:1.5em "
    "1.2em 4em;color:var(--ink);background:var(--paper);max-width:1080px}\n"
    "h1{font-size:1.5em;margin:.2em 0;overflow-wrap:anywhere}h2{font-size:1.2em;margin:2.2em 0 .6em;border-bottom:1px "
    "solid var(--line);padding-bottom:.25em}h3{font-size:1em;margin:1.6em 0 .2em;overflow-wrap:anywhere}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.92em}td,th{padding:.3em .7em;text-align:left;"
    "vertical-align:top;border-bottom:1px solid var(--line)}th{color:var(--muted);font-weight:600}\n"
    "td.n,td.t{white-space:nowrap}td.n{text-align:right;font-variant-numeric:tabular-nums}p.small,.small{color:"
    "var(--muted);font-size:.9em;margin:.2em 0}\n"
    "svg.fall{font:11px system-ui,sans-serif;display:block;margin:.6em 0;min-width:984px}svg.fall "
    "text{fill:var(--ink)}\n"
    ".error,svg.fall .error{fill:var(--again);color:var(--again)}.warn,svg.fall "
    ".warn{fill:var(--late);color:var(--late)}"
    ".note,svg.fall .note{fill:var(--data);color:var(--data)}\n"
    ".send{fill:var(--muted);background:var(--muted)}.wait{fill:var(--line);background:var(--line)}"
    ".receive{fill:var(--data);background:var(--data)}.key{display:inline-block;width:1em;height:.7em;margin:0 .3em 0 "
    "1em}\n"
    ".size,.last{text-anchor:end}path.tick{stroke:var(--line)}svg.fall text.tick{fill:var(--muted)}\n"
    "details{margin:.6em 0;border:1px solid "
    "var(--line);border-radius:10px;background:var(--card)}summary{cursor:pointer;"
    "padding:.6em .9em;font-weight:600;overflow-wrap:anywhere}details>*:not(summary){margin:.4em .9em}\n"
    "figure{margin:.8em 0 1.2em;outline-offset:4px;border-radius:6px}figcaption{font-size:.9em;color:var(--muted)}"
    "figcaption b{color:var(--ink);margin-right:.6em}figcaption span{white-space:nowrap;margin-right:.8em}\n"
    "figcaption i{display:inline-block;width:.75em;height:.75em;border-radius:2px;margin-right:.35em}i.data{background:"
    "var(--data)}i.acks{background:var(--acks)}i.edge{background:var(--edge)}i.sacks{background:var(--sacks)}\n"
    "i.late{background:var(--late)}i.again{background:var(--again)}i.probe,i.cwnd{background:var(--probe)}i.reset{"
    "background:"
    "var(--reset)}svg.chart{display:block;width:100%;touch-action:pan-y;cursor:crosshair;user-select:none}\n"
    ".chart .cross{stroke:var(--muted);stroke-dasharray:3 3}.chart .spot{fill:none;stroke:var(--ink);stroke-width:2}"
    ".chart .box{fill:var(--data);opacity:.18}.tools{color:var(--muted);font-size:.85em}\n"
    ".tools button{font:inherit;min-width:2.4em;margin-right:.4em;padding:.25em .7em;color:var(--ink);background:"
    "var(--paper);border:1px solid var(--line);border-radius:6px;cursor:pointer}.tools button:hover{border-color:"
    "var(--data)}\n"
    ".tip{position:absolute;display:none;pointer-events:none;background:var(--ink);color:var(--paper);font-size:.82em;"
    "padding:.35em .6em;border-radius:6px;max-width:22em;z-index:9}\n"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}svg.rungs{font:12px system-ui,sans-serif;display:block;width:100%;"
    "min-width:500px;max-width:640px}.rungs text{fill:var(--ink);font-variant-numeric:tabular-nums}.rungs "
    ".mid{text-anchor:middle}.rungs .end{text-anchor:end}.rungs path{fill:none;stroke:var(--data);stroke-width:1.4}\n"
    ".rungs path.line{stroke:var(--line);stroke-width:2}.rungs path.tip3{fill:var(--data)}.rungs path.lost{stroke:"
    "var(--again)}.rungs text.lost{fill:var(--again)}.rungs path.mark{stroke-width:2.5}\n"
    ".rungs path.again{stroke:var(--probe)}.rungs path.again.tip3{fill:var(--probe)}.rungs text.again{fill:"
    "var(--probe)}.rungs path.copy{stroke:var(--late)}.rungs .copy{fill:var(--late)}.rungs path.missed{stroke:"
    "var(--muted);stroke-dasharray:5 4}.rungs text.missed,.rungs text.left{fill:var(--muted)}\n"
    "@media(max-width:640px){pre{font-size:.8em}svg.rungs{min-width:0;font-size:13px}.wide "
    "table{min-width:62em}body{padding:1em .8em "
    "3em}details>*:not(summary){margin:.4em "
    ".5em}}\n";

void capan_html_head(struct capan_out *out) {
    out_text(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                  "content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" content=\"light "
                  "dark\"><title>capan</title><style>\n");
    out_text(out, capan_chart_style);
    out_text(out, style);
    out_text(out, capan_spent_style);
    out_text(out, "</style></head><body>\n");
}

static void put_findings(struct capan_out *out, const struct capan_finding *findings, size_t count) {
    char text[CAPAN_HUMAN];
    out_text(out,
             "<h2>Findings</h2>\n<div class=\"wide\"><table><tr><th>level<th>finding<th>times<th>cost<th>who<th>first "
             "frames<th>meaning</tr>\n");
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
    out_text(out, "</table></div>\n");
}

/* True when there is something to tell of its time: it sent data. */
static bool is_spent(const struct capan_connection *connection, enum capan_direction direction,
                     struct capan_spent *spent) {
    *spent = capan_spent_of_side(connection, direction);
    return connection->tcp.side[direction].bytes && capan_spent_whole(spent);
}

/* A line of the cell for each side: the lines of its neighbours are such, too. */
static void put_bars(struct capan_out *out, const struct capan_connection *connection) {
    struct capan_spent spent;
    for (unsigned i = 0; i < 2; i++)
        if (is_spent(connection, (enum capan_direction)i, &spent))
            capan_spent_bar(out, &spent);
        else
            out_text(out, "<div class=\"bar none\"></div>");
}

/* Where the time of each side that sent data went, in full. */
static void put_spent(struct capan_out *out, const struct capan_connection *connection) {
    struct capan_spent spent;
    char duration[CAPAN_HUMAN];
    for (unsigned i = 0; i < 2; i++) {
        if (!is_spent(connection, (enum capan_direction)i, &spent)) continue;
        capan_out_format(out,
                         "<div class=\"spent\"><p><b>%s: where its %s went</b> <span class=\"small\">%s</span></p>",
                         spent.whose, capan_human_duration(duration, CAPAN_DURATION_ROUGH, capan_spent_whole(&spent)),
                         capan_certainties[connection->tcp.side[i].time.certainty].token);
        capan_spent_told(out, &spent);
        out_text(out, "</div>\n");
    }
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
    capan_out_format(out, "<td class=\"n\">%s<br>%s<td class=\"n\">%u<br>%u<td>",
                     capan_human_bytes(sent, tcp->side[0].bytes), capan_human_bytes(got, tcp->side[1].bytes),
                     tcp->side[0].resent_segments, tcp->side[1].resent_segments);
    put_bars(out, connection);
    out_text(out, "</tr>\n");
}

static void put_rung(struct capan_out *out, const struct capan_segment *segment, int64_t origin_ns) {
    const struct capan_token *kind = &capan_tcp_kinds[segment->kind];
    char text[CAPAN_EXPLAIN_TEXT];
    capan_out_format(out, "<tr><td class=\"n\">%u<td class=\"n\">", segment->frame);
    capan_cell_moment(out, segment->time_ns, origin_ns, 0);
    capan_out_format(out, "<td>%s<td>%s<td>seq %lld, ack %lld, %u octets<td>%s",
                     capan_tcp_states[segment->client_state].token,
                     segment->direction == CAPAN_C2S ? "&#8594;" : "&#8592;", (long long)segment->seq,
                     (long long)segment->ack, segment->len, capan_tcp_states[segment->server_state].token);
    capan_out_format(out, "<td class=\"%s\" title=\"", capan_drawing_class((uint8_t)kind->severity));
    capan_segment_explain(segment, text);
    capan_drawing_html(out, span_of(text));
    capan_out_format(out, "\">%s</tr>\n", kind->token);
}

static void put_ladder(struct capan_out *out, const struct capan_step *const *steps, size_t count, int64_t origin_ns) {
    out_text(out, "<details><summary>ladder</summary>\n<div class=\"wide\"><table><tr><th>frame<th>time<th>client<th>"
                  "<th>segment<th>server<th>verdict</tr>\n");
    for (size_t i = 0; i < count && i < RUNGS_SHOWN; i++) put_rung(out, &steps[i]->segment, origin_ns);
    out_text(out, "</table></div>");
    if (count > RUNGS_SHOWN)
        capan_out_format(out, "<p class=\"small\">the first %d of %zu segments</p>", RUNGS_SHOWN, count);
    out_text(out, "</details>\n");
}

/* The parts that the bars of the table show. */
static void put_key(struct capan_story *story) {
    struct capan_spent spent;
    uint32_t parts = 0;
    for (size_t i = 0; i < 2 * story->connections_count && i < 2 * ROWS_SHOWN; i++)
        if (is_spent(&story->connections[i / 2], (enum capan_direction)(i & 1), &spent))
            parts |= capan_spent_parts(&spent);
    if (parts) capan_spent_key(&story->out, capan_spent_side_words, parts);
}

static void put_table(struct capan_story *story) {
    struct capan_out *out = &story->out;
    out_text(out, "<h2>TCP connections</h2>\n");
    put_key(story);
    out_text(out, "<div class=\"wide\"><table><tr><th>stream<th>client, "
                  "server<th>opened<th>closed<th>limit<th>round trip<th>octets<th>resent<th>where time went</tr>\n");
    for (size_t i = 0; i < story->connections_count && i < ROWS_SHOWN; i++)
        put_connection_row(out, &story->connections[i]);
    out_text(out, "</table></div>\n");
    if (story->connections_count > ROWS_SHOWN)
        capan_out_format(out, "<p class=\"small\">the first %d of %zu connections</p>\n", ROWS_SHOWN,
                         story->connections_count);
}

/* What is behind its line, folded but for the first. False without memory. */
static bool put_charts(struct capan_out *out, const struct capan_plots *plots,
                       const struct capan_connection *connection, bool open) {
    struct capan_plotted plotted;
    char client[CAPAN_ENDPOINT_TEXT], server[CAPAN_ENDPOINT_TEXT], bytes[CAPAN_HUMAN];
    size_t count;
    const struct capan_step *const *steps =
        capan_steps_of(plots->steps, plots->story->steps_count, connection->stream, &count);
    capan_endpoint_text(&connection->client, true, client);
    capan_endpoint_text(&connection->server, true, server);
    const uint64_t octets = connection->tcp.side[0].bytes + connection->tcp.side[1].bytes;
    capan_out_format(out, "<details%s><summary>stream %u: %s &#8594; %s, %s in %zu segments</summary>\n",
                     open ? " open" : "", connection->stream, client, server, capan_human_bytes(bytes, octets), count);
    put_spent(out, connection);
    const bool fine = capan_plotted_gather(&plotted, plots, connection);
    if (fine) capan_plotted_figures(out, &plotted, connection);
    capan_plotted_free(&plotted);
    put_ladder(out, steps, count, plots->story->origin_ns);
    out_text(out, "</details>\n");
    return fine;
}

/* The words that the script has for kinds of segments. */
static void put_kinds(struct capan_out *out) {
    out_text(out, "<script type=\"application/json\" id=\"kinds\">[");
    for (unsigned i = 0; i < CAPAN_TCP_KIND_COUNT; i++)
        capan_out_format(out, "%s\"%s\"", i ? "," : "", capan_tcp_kinds[i].token);
    out_text(out, "]</script>\n");
}

static void put_connections(struct capan_story *story) {
    struct capan_out *out = &story->out;
    struct capan_plots plots;
    const size_t all = story->connections_count;
    put_table(story);
    if (!all) return;
    out_text(out, "<h2>Charts</h2>\n");
    if (all > DRAWN)
        capan_out_format(out,
                         "<p class=\"small\">%d of %zu connections, those with most trouble first, then those with "
                         "most octets; capan report --stream N draws another</p>\n",
                         DRAWN, all);
    bool fine = capan_plots_open(&plots, story);
    put_kinds(out);
    for (size_t i = 0; fine && i < all && i < DRAWN; i++) fine = put_charts(out, &plots, plots.connections[i], i == 0);
    if (!fine) story->kept = CAPAN_NO_MEMORY;
    out_text(out, "<script>\n");
    for (const char *const *part = capan_chart_script; *part; part++) out_text(out, *part);
    out_text(out, "</script>\n");
    capan_plots_close(&plots);
}

static int by_stream(const void *left, const void *right) {
    const struct capan_connection *a = left, *b = right;
    return a->stream < b->stream ? -1 : a->stream > b->stream;
}

void capan_html(struct capan_story *story, const struct capan_source *source, const struct capan_finding *findings,
                size_t count) {
    struct capan_out *out = &story->out;
    char bytes[CAPAN_HUMAN];
    capan_html_head(out);
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
