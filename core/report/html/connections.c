/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "cells.h"
#include "clock.h"
#include "drawing.h"
#include "human.h"
#include "parts.h"
#include "spent.h"

/* --- where time went --- */

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

/* --- the table --- */

static void put_ends(struct capan_out *out, const struct capan_connection *connection) {
    char client[CAPAN_ENDPOINT_TEXT], server[CAPAN_ENDPOINT_TEXT];
    capan_endpoint_text(&connection->client, true, client);
    capan_endpoint_text(&connection->server, true, server);
    capan_out_format(out, "%s<br>%s", client, server);
}

/* Its charts, and how many exchanges it carried, which are where the first one is. */
static void put_more(const struct capan_document *document, const struct capan_connection *connection, bool drawn) {
    const struct capan_story *story = document->story;
    struct capan_out *out = document->out;
    out_text(out, "<td class=\"more\">");
    if (drawn) {
        out_text(out, "<a href=\"#charts-");
        capan_link_number(document, connection);
        out_text(out, "\">charts</a>");
    }
    for (size_t i = 0; connection->exchanges && i < story->exchanges_count; i++) {
        if (!document->has_bar[i] || story->exchanges[i]->stream != connection->stream) continue;
        capan_out_format(out, "%s<a href=\"#exchange-%llu\">%llu exchange%s</a>", drawn ? "<br>" : "",
                         (unsigned long long)story->exchanges[i]->index, (unsigned long long)connection->exchanges,
                         connection->exchanges == 1 ? "" : "s");
        return;
    }
}

static bool is_drawn(const struct capan_document *document, const struct capan_connection *connection) {
    for (size_t i = 0; i < document->drawn; i++)
        if (document->drawn_at[i] == connection) return true;
    return false;
}

static void put_row(const struct capan_document *document, const struct capan_connection *connection) {
    const struct capan_tcp_summary *tcp = &connection->tcp;
    struct capan_out *out = document->out;
    char sent[CAPAN_HUMAN], got[CAPAN_HUMAN], rtt[CAPAN_HUMAN];
    out_text(out, "<tr id=\"stream-");
    capan_link_number(document, connection);
    capan_out_format(out, "\"><th scope=\"row\" class=\"n\">%u<td>", connection->stream);
    put_ends(out, connection);
    capan_out_format(out, "<td>%s<td>%s<td>%s<td class=\"n\" data-v=\"%lld\">%s", capan_tcp_opens[tcp->open].token,
                     capan_tcp_closes[tcp->close].token, capan_tcp_limits[tcp->limit].token, (long long)tcp->rtt_ns,
                     capan_human_duration(rtt, CAPAN_DURATION_ROUGH, tcp->rtt_ns));
    capan_out_format(out, "<td class=\"n\" data-v=\"%llu\">%s<br>%s",
                     (unsigned long long)(tcp->side[0].bytes + tcp->side[1].bytes),
                     capan_human_bytes(sent, tcp->side[0].bytes), capan_human_bytes(got, tcp->side[1].bytes));
    capan_out_format(out, "<td class=\"n\" data-v=\"%llu\">%u<br>%u<td class=\"went\">",
                     (unsigned long long)tcp->side[0].resent_segments + tcp->side[1].resent_segments,
                     tcp->side[0].resent_segments, tcp->side[1].resent_segments);
    put_bars(out, connection);
    put_more(document, connection, is_drawn(document, connection));
    out_text(out, "</tr>\n");
}

/* The parts that the bars of the table show. */
static void put_key(const struct capan_document *document) {
    const struct capan_story *story = document->story;
    struct capan_spent spent;
    uint32_t parts = 0;
    for (size_t i = 0; i < 2 * story->connections_count; i++)
        if (document->has_row[i / 2] && is_spent(&story->connections[i / 2], (enum capan_direction)(i & 1), &spent))
            parts |= capan_spent_parts(&spent);
    if (parts) capan_spent_key(document->out, "where time went: ", capan_spent_side_words, parts);
}

void capan_document_connections(struct capan_document *document) {
    const struct capan_story *story = document->story;
    struct capan_out *out = document->out;
    out_text(out, "<section aria-labelledby=\"connections\"><h2 id=\"connections\">TCP connections</h2>\n");
    if (document->rows < story->connections_count)
        capan_out_format(out,
                         "<p class=\"small\">%zu of %zu, those with most trouble, then those with most octets; "
                         "capan report --stream N shows another</p>\n",
                         document->rows, story->connections_count);
    put_key(document);
    out_text(out,
             "<div class=\"wide\"><table class=\"rows\"><caption>Above in each cell the client's, below the "
             "server's</caption><thead><tr><th scope=\"col\" class=\"n\">stream<th scope=\"col\">client, server<th "
             "scope=\"col\">opened<th scope=\"col\">closed<th scope=\"col\">limit<th scope=\"col\" "
             "class=\"n\">round trip<th scope=\"col\" class=\"n\">octets<th scope=\"col\" class=\"n\">resent<th "
             "class=\"went\" scope=\"col\">where time went<th scope=\"col\">more</tr></thead><tbody>\n");
    for (size_t i = 0; i < story->connections_count; i++)
        if (document->has_row[i]) put_row(document, &story->connections[i]);
    out_text(out, "</tbody></table></div>\n</section>\n");
}

/* --- a ladder --- */

/* More than one segment may be of one frame: the first one that is drawn has its name. */
static bool is_named(const struct capan_document *document, const struct capan_step *step) {
    const struct capan_story *story = document->story;
    for (size_t at = (size_t)(step - story->steps); at > 0; at--) {
        if (story->steps[at - 1].segment.frame != step->segment.frame) return true;
        if (document->has_rung[at - 1]) return false;
    }
    return true;
}

/* An arrow from who sent it, with what it carried. */
static void put_way(struct capan_out *out, const struct capan_segment *segment) {
    static const struct {
        uint8_t bit;
        const char *word;
    } bits[] = {{CAPAN_TH_SYN, "SYN"}, {CAPAN_TH_FIN, "FIN"}, {CAPAN_TH_RST, "RST"}};
    const bool right = segment->direction == CAPAN_C2S;
    capan_out_format(out, "<td class=\"way %s%s\"><span class=\"hide\">%s: </span>", right ? "right" : "left",
                     capan_tcp_kinds[segment->kind].severity >= CAPAN_NOTE ? " loud" : "",
                     right ? "client to server" : "server to client");
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (segment->header_flags & bits[i].bit) capan_out_format(out, "%s ", bits[i].word);
    capan_out_format(out, "seq %lld", (long long)segment->seq);
    if (segment->header_flags & CAPAN_TH_ACK) capan_out_format(out, ", ack %lld", (long long)segment->ack);
    if (segment->len) capan_out_format(out, ", %u octets", segment->len);
}

/* A state is said where it is another than before. */
static void put_state(struct capan_out *out, uint8_t state, uint8_t before, bool first) {
    out_text(out, state == before && !first ? "<td class=\"same\">" : "<td>");
    out_text(out, capan_tcp_states[state].token);
}

static void put_rung(const struct capan_document *document, const struct capan_step *step,
                     const struct capan_step *before) {
    const struct capan_segment *segment = &step->segment;
    struct capan_out *out = document->out;
    char text[CAPAN_EXPLAIN_TEXT];
    out_text(out, "<tr");
    if (is_named(document, step)) capan_out_format(out, " id=\"frame-%u\"", segment->frame);
    capan_out_format(out, "><th scope=\"row\" class=\"n\">%u<td class=\"n\">", segment->frame);
    capan_cell_moment(out, segment->time_ns, document->story->origin_ns, 0);
    put_state(out, segment->client_state, before ? before->segment.client_state : 0, !before);
    put_way(out, segment);
    put_state(out, segment->server_state, before ? before->segment.server_state : 0, !before);
    out_text(out, "<td title=\"");
    capan_segment_explain(segment, text);
    capan_drawing_html(out, span_of(text));
    out_text(out, "\">");
    capan_link_verdict(document, CAPAN_FINDING_TCP_KIND, segment->kind);
    capan_link_exchange(document, segment);
    out_text(out, "</tr>\n");
}

static void put_left_out(struct capan_out *out, size_t *count) {
    char text[CAPAN_HUMAN];
    if (*count)
        capan_out_format(out, "<tr class=\"gap\"><td colspan=\"6\">%s segment%s, not shown</tr>\n",
                         capan_human_count(text, *count), *count == 1 ? "" : "s");
    *count = 0;
}

static void put_ladder(const struct capan_document *document, uint32_t stream) {
    struct capan_out *out = document->out;
    size_t count, left = 0;
    const struct capan_story *story = document->story;
    const struct capan_step *before = NULL;
    const struct capan_step *const *steps = capan_steps_of(document->plots.steps, story->steps_count, stream, &count);
    capan_out_format(out,
                     "<details open><summary>Sequence ladder of stream %u</summary>\n<div class=\"wide\"><table "
                     "class=\"ladder\"><caption>Each segment between the states of both ends</caption>",
                     stream);
    out_text(out, "<thead><tr><th scope=\"col\" class=\"n\">frame<th scope=\"col\" class=\"n\">time<th "
                  "scope=\"col\">client<th scope=\"col\" class=\"mid\">segment<th scope=\"col\">server<th "
                  "scope=\"col\">verdict</tr></thead><tbody>\n");
    for (size_t i = 0; i < count; i++) {
        if (!document->has_rung[steps[i] - story->steps]) {
            left++;
            continue;
        }
        put_left_out(out, &left);
        put_rung(document, steps[i], before);
        before = steps[i];
    }
    put_left_out(out, &left);
    out_text(out, "</tbody></table></div></details>\n");
}

/* --- charts --- */

/* What is behind its line, folded but for the first. False without memory. */
static bool put_charts(const struct capan_document *document, const struct capan_connection *connection, bool open) {
    struct capan_out *out = document->out;
    struct capan_plotted plotted;
    char client[CAPAN_ENDPOINT_TEXT], server[CAPAN_ENDPOINT_TEXT], bytes[CAPAN_HUMAN];
    size_t count;
    capan_steps_of(document->plots.steps, document->story->steps_count, connection->stream, &count);
    capan_endpoint_text(&connection->client, true, client);
    capan_endpoint_text(&connection->server, true, server);
    const uint64_t octets = connection->tcp.side[0].bytes + connection->tcp.side[1].bytes;
    out_text(out, "<details class=\"stream\" id=\"charts-");
    capan_link_number(document, connection);
    capan_out_format(out, "\"%s><summary>", open ? " open" : "");
    capan_out_format(out, "stream %u: %s &#8594; %s, %s in %zu segments</summary>\n", connection->stream, client,
                     server, capan_human_bytes(bytes, octets), count);
    out_text(out, "<p class=\"small\"><a href=\"#stream-");
    capan_link_number(document, connection);
    out_text(out, "\">its row among all connections</a></p>\n");
    put_spent(out, connection);
    const bool fine = capan_plotted_gather(&plotted, &document->plots, connection);
    if (fine) capan_plotted_figures(out, &plotted, connection);
    capan_plotted_free(&plotted);
    put_ladder(document, connection->stream);
    out_text(out, "</details>\n");
    return fine;
}

bool capan_document_charts(struct capan_document *document) {
    struct capan_out *out = document->out;
    bool fine = true;
    if (!document->drawn) return true;
    out_text(out, "<section aria-labelledby=\"charts\"><h2 id=\"charts\">Charts and ladders</h2>\n");
    if (document->drawn < document->story->connections_count)
        capan_out_format(out,
                         "<p class=\"small\">%zu of %zu connections, those with most trouble first, then those with "
                         "most octets; capan report --stream N draws another</p>\n",
                         document->drawn, document->story->connections_count);
    for (size_t i = 0; fine && i < document->drawn; i++) fine = put_charts(document, document->drawn_at[i], i == 0);
    out_text(out, "</section>\n");
    return fine;
}
