/* SPDX-License-Identifier: MIT */
/* The note that a good engineer would write about a capture. */
#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "capan/report.h"
#include "cells.h"
#include "clock.h"
#include "hosts.h"
#include "human.h"
#include "idle.h"
#include "text.h"
#include "trouble.h"
#include "unread.h"
#include "words.h"

enum { CONNECTIONS_SHOWN = 10, EXCHANGES_SHOWN = 20, METHOD_KEPT = 24, TARGET_KEPT = 120 };

struct shown_connection {
    uint64_t urgency, bytes;
    struct capan_connection connection;
};

struct shown_exchange {
    enum capan_severity severity;
    struct capan_exchange *exchange; /* a copy */
};

/* The most telling connections and exchanges, kept in order; all of them are counted. */
struct capan_summary {
    struct capan_out out;
    struct capan_text text;
    int64_t origin_ns;
    struct capan_sealed sealed;
    uint64_t connections, vantages[CAPAN_TCP_VANTAGE_COUNT];
    uint64_t exchanges, outcomes[CAPAN_HTTP_OUTCOME_COUNT];
    uint64_t saved, wasted, saved_times, wasted_times;
    struct capan_hosts hosts;
    struct capan_idlers idlers;
    uint64_t races; /* requests that crossed the server's FIN */
    uint32_t race_frames[CAPAN_FINDING_FRAMES];
    size_t connections_kept, exchanges_kept;
    bool refused; /* there was no memory for an exchange to be shown */
    struct shown_connection connection[CONNECTIONS_SHOWN];
    struct shown_exchange exchange[EXCHANGES_SHOWN];
};

struct capan_summary *capan_summary_new(FILE *out, const struct capan_layout *layout) {
    struct capan_summary *summary = calloc(1, sizeof *summary);
    if (!summary) return NULL;
    summary->text = (struct capan_text){.out = &summary->out, .colour = layout && layout->colour};
    if (capan_out_init(&summary->out, out, layout) == CAPAN_OK) return summary;
    free(summary);
    return NULL;
}

void capan_summary_origin(struct capan_summary *summary, int64_t origin_ns) {
    summary->origin_ns = origin_ns;
}

static bool tells_more(const struct shown_connection *a, const struct shown_connection *b) {
    if (a->urgency != b->urgency) return a->urgency > b->urgency;
    return a->bytes > b->bytes;
}

void capan_summary_connection(struct capan_summary *summary, const struct capan_connection *connection) {
    struct shown_connection shown = {capan_trouble_of(connection),
                                     connection->tcp.side[0].bytes + connection->tcp.side[1].bytes, *connection};
    size_t at = summary->connections_kept;
    summary->connections++;
    summary->vantages[connection->tcp.vantage]++;
    shown.connection.tls = NULL; /* it does not live on */
    capan_sealed_note(&summary->sealed, connection);
    capan_idlers_note(&summary->idlers, connection);
    while (at && tells_more(&shown, &summary->connection[at - 1])) at--;
    if (at == CONNECTIONS_SHOWN) return;
    if (summary->connections_kept < CONNECTIONS_SHOWN) summary->connections_kept++;
    memmove(&summary->connection[at + 1], &summary->connection[at],
            (summary->connections_kept - at - 1) * sizeof shown);
    summary->connection[at] = shown;
}

static bool asks_more(const struct capan_exchange *a, enum capan_severity severity, const struct shown_exchange *b) {
    if (severity != b->severity) return severity > b->severity;
    return a->wasted > b->exchange->wasted;
}

/* Without its fields, and names as long as a line shows them. NULL without memory. */
static struct capan_exchange *brief_copy(const struct capan_exchange *exchange) {
    struct capan_exchange brief = *exchange;
    brief.method = span_cut(exchange->method, 0, METHOD_KEPT);
    brief.target = span_cut(exchange->target, 0, TARGET_KEPT);
    brief.request_field_count = brief.response_field_count = 0;
    brief.request_trailer_count = brief.response_trailer_count = 0;
    return capan_exchange_copy(&capan_libc, &brief);
}

static void count_exchange(struct capan_summary *summary, const struct capan_exchange *exchange) {
    summary->exchanges++;
    summary->outcomes[exchange->outcome]++;
    summary->saved += exchange->saved;
    summary->wasted += exchange->wasted;
    summary->saved_times += exchange->saved != 0;
    summary->wasted_times += exchange->wasted != 0;
    capan_hosts_add(&summary->hosts, exchange);
}

static void note_race(struct capan_summary *summary, const struct capan_exchange *exchange) {
    if (!exchange->crossed_fin) return;
    if (summary->races < CAPAN_FINDING_FRAMES) summary->race_frames[summary->races] = exchange->request.first_frame;
    summary->races++;
}

void capan_summary_exchange(struct capan_summary *summary, const struct capan_exchange *exchange) {
    note_race(summary, exchange);
    struct shown_exchange *list = summary->exchange;
    enum capan_severity severity = capan_exchange_severity(exchange);
    size_t at = summary->exchanges_kept;
    count_exchange(summary, exchange);
    while (at && asks_more(exchange, severity, &list[at - 1])) at--;
    if (at == EXCHANGES_SHOWN) return;
    struct capan_exchange *copy = brief_copy(exchange);
    summary->refused |= !copy;
    if (!copy) return;
    if (summary->exchanges_kept < EXCHANGES_SHOWN)
        summary->exchanges_kept++;
    else
        capan_exchange_free(&capan_libc, list[EXCHANGES_SHOWN - 1].exchange);
    memmove(&list[at + 1], &list[at], (summary->exchanges_kept - at - 1) * sizeof *list);
    list[at] = (struct shown_exchange){severity, copy};
}

static void put_title(struct capan_text *text, const char *title) {
    out_char(text->out, '\n');
    capan_style(text->out, text->colour, CAPAN_STYLE_BOLD);
    out_text(text->out, title);
    capan_style(text->out, text->colour, CAPAN_STYLE_PLAIN);
}

static void put_rest(struct capan_out *out, uint64_t rest, const char *command) {
    char number[CAPAN_HUMAN];
    if (rest) capan_out_format(out, "  and %s more: capan %s\n", capan_human_count(number, rest), command);
}

static void put_capture_lines(struct capan_summary *summary, const struct capan_source *source,
                              const struct capan_totals *totals) {
    struct capan_out *out = &summary->out;
    char text[CAPAN_HUMAN], date[CAPAN_HUMAN];
    capan_style(out, summary->text.colour, CAPAN_STYLE_BOLD);
    capan_out_printable(out, span_of(source->file), 0);
    capan_style(out, summary->text.colour, CAPAN_STYLE_PLAIN);
    out_text(out, ": ");
    capan_cell_counted(out, source->frames, "packet", "packets");
    capan_out_format(out, ", %s", capan_human_bytes(text, source->octets));
    if (source->link) capan_out_format(out, ", %s", source->link);
    if (totals->segments) {
        capan_out_format(out, "\n  %s of TCP from ",
                         capan_human_duration(text, CAPAN_DURATION_ROUGH, totals->last_ns - totals->first_ns));
        if (out->layout.clock == CAPAN_CLOCK_LOCAL || out->layout.clock == CAPAN_CLOCK_EPOCH)
            capan_cell_moment(out, totals->first_ns, 0, 0);
        else
            out_text(out, capan_human_date(date, totals->first_ns, false));
    }
    out_text(out, "\n  ");
    capan_cell_counted(out, totals->segments, "TCP segment", "TCP segments");
    out_text(out, " in ");
    capan_cell_counted(out, totals->connections, "connection", "connections");
    if (totals->exchanges) {
        out_text(out, ", ");
        capan_cell_counted(out, totals->exchanges, "HTTP exchange", "HTTP exchanges");
    }
    out_char(out, '\n');
}

static void put_vantage(struct capan_summary *summary) {
    for (int i = CAPAN_VANTAGE_UNKNOWN + 1; i < CAPAN_TCP_VANTAGE_COUNT; i++) {
        if (!summary->vantages[i]) continue;
        capan_out_format(&summary->out, "  captured %s %s, as ", i == CAPAN_VANTAGE_MIDDLE ? "in the" : "at the",
                         capan_tcp_vantages[i].token);
        capan_cell_counted(&summary->out, summary->vantages[i], "connection tells", "connections tell");
        out_char(&summary->out, '\n');
    }
}

/* Findings are about TCP: where there is none, their absence says nothing. */
static void put_nothing_read(struct capan_summary *summary, const struct capan_source *source) {
    struct capan_out *out = &summary->out;
    const bool undecoded = source->undecoded && source->undecoded == source->frames - source->passed;
    char count[CAPAN_HUMAN];
    put_title(&summary->text, "Nothing was judged");
    if (!source->frames)
        out_text(out, ": no packet was captured\n");
    else if (undecoded)
        capan_out_format(out, ": no packet could be decoded%s%s\n", source->link_unread ? ", link type " : "",
                         source->link_unread ? source->link_unread : "");
    else
        out_text(out, ": no packet is TCP\n");
    if (!source->udp) return;
    capan_out_format(out, "  %s packet%s of UDP%s, which is not read here;\n", capan_human_count(count, source->udp),
                     source->udp == 1 ? " is" : "s are", source->quic ? ", QUIC (HTTP/3) among them" : "");
    out_text(out, "  the Wireshark plugin reads HTTP/3 where Wireshark has the secrets\n");
}

static void put_findings(struct capan_summary *summary, const struct capan_totals *totals,
                         const struct capan_finding *findings, size_t count) {
    size_t loud = 0;
    while (loud < count && findings[loud].severity >= CAPAN_NOTE) loud++;
    put_title(&summary->text, "Findings");
    if (loud)
        out_text(&summary->out, "\n");
    else
        out_text(&summary->out,
                 capan_unread_any(totals) ? ": nothing worth a note in what was read\n" : ": nothing worth a note\n");
    if (loud) capan_text_heading(&summary->text, CAPAN_FINDING_HEADING);
    for (size_t i = 0; i < loud; i++)
        capan_text_finding(&summary->text, &findings[i], findings[i].severity < CAPAN_WARN);
    if (count > loud) put_rest(&summary->out, count - loud, "findings");
}

/* The most urgent first, then as Wireshark counts them. */
static int by_urgency(const void *left, const void *right) {
    const struct shown_connection *a = left, *b = right;
    if (a->urgency != b->urgency) return a->urgency > b->urgency ? -1 : 1;
    return a->connection.stream < b->connection.stream ? -1 : 1;
}

static void put_connections(struct capan_summary *summary) {
    if (!summary->connections) return;
    put_title(&summary->text, "Connections\n");
    qsort(summary->connection, summary->connections_kept, sizeof summary->connection[0], by_urgency);
    for (size_t i = 0; i < summary->connections_kept; i++)
        capan_text_connection(&summary->text, &summary->connection[i].connection, summary->origin_ns, true);
    put_rest(&summary->out, summary->connections - summary->connections_kept, "connections");
}

/* Who gives idle connections up, and when: a client that asks later is too late (RFC 9112 9.5). */
static void put_idlers(struct capan_summary *summary) {
    struct capan_out *out = &summary->out;
    const uint64_t races = summary->races;
    if (!summary->idlers.count && !races) return;
    put_title(&summary->text, "Idle connections\n");
    capan_idlers_put(out, &summary->idlers);
    if (!races) return;
    out_text(out, "  too late, as the server closed just then: ");
    capan_cell_counted(out, races, "request", "requests");
    out_text(out, ", frames ");
    capan_text_frames(out, summary->race_frames, (size_t)min_u64(races, CAPAN_FINDING_FRAMES), CAPAN_FINDING_FRAMES);
    out_char(out, '\n');
}

/* "12 first-fetch, 3 not-modified", the most frequent first, broken into lines. */
static void put_outcomes(struct capan_summary *summary) {
    uint64_t left[CAPAN_HTTP_OUTCOME_COUNT];
    size_t column = sizeof "Exchanges";
    memcpy(left, summary->outcomes, sizeof left);
    for (const char *comma = " ";; comma = ", ") {
        char part[64], number[CAPAN_HUMAN];
        size_t most = 0;
        for (size_t i = 1; i < CAPAN_HTTP_OUTCOME_COUNT; i++)
            if (left[i] > left[most]) most = i;
        if (!left[most]) break;
        int len = snprintf(part, sizeof part, "%s%s %s", comma, capan_human_count(number, left[most]),
                           capan_http_outcomes[most].token);
        bool breaks = column + (size_t)len >= out_width(&summary->out);
        column = breaks ? (size_t)len : column + (size_t)len;
        capan_out_format(&summary->out, "%s%s", breaks ? ",\n " : "", breaks ? part + 1 : part);
        left[most] = 0;
    }
    out_char(&summary->out, '\n');
}

static void put_exchanges(struct capan_summary *summary) {
    if (!summary->exchanges) return;
    put_title(&summary->text, "Exchanges:");
    put_outcomes(summary);
    summary->text.began = false;
    capan_text_heading(&summary->text, CAPAN_EXCHANGE_HEADING);
    for (size_t i = 0; i < summary->exchanges_kept; i++)
        capan_text_exchange(&summary->text, summary->exchange[i].exchange, summary->origin_ns);
    put_rest(&summary->out, summary->exchanges - summary->exchanges_kept, "exchanges");
}

static void put_caching(struct capan_summary *summary) {
    struct capan_out *out = &summary->out;
    char bytes[CAPAN_HUMAN];
    if (!summary->saved && !summary->wasted) return;
    put_title(&summary->text, "Caching");
    capan_out_format(out, ": 304 answers spared %s in ", capan_human_bytes(bytes, summary->saved));
    capan_cell_counted(out, summary->saved_times, "exchange", "exchanges");
    capan_out_format(out, "; %s were sent needlessly in ", capan_human_bytes(bytes, summary->wasted));
    capan_cell_counted(out, summary->wasted_times, "exchange", "exchanges");
    out_char(out, '\n');
}

static void put_waiting(struct capan_summary *summary, const struct capan_totals *totals) {
    char text[CAPAN_HUMAN];
    if (!totals->round_trips_x100) return;
    put_title(&summary->text, "Waiting: ");
    capan_out_format(&summary->out, "%s round trips for answers, ",
                     capan_human_tenths(text, totals->round_trips_x100, true));
    capan_cell_counted(&summary->out, totals->handshakes, "for a handshake", "for handshakes");
    out_char(&summary->out, '\n');
}

void capan_summary_discard(struct capan_summary *summary) {
    for (size_t i = 0; i < summary->exchanges_kept; i++)
        capan_exchange_free(&capan_libc, summary->exchange[i].exchange);
    capan_out_free(&summary->out);
    free(summary);
}

bool capan_summary_close(struct capan_summary *summary, const struct capan_source *source,
                         const struct capan_totals *totals, const struct capan_finding *findings, size_t count) {
    put_capture_lines(summary, source, totals);
    put_vantage(summary);
    capan_text_offload(&summary->out, findings, count);
    capan_text_limits(&summary->out, source, totals);
    capan_text_unread(&summary->text, &summary->sealed, source, totals);
    if (totals->segments)
        put_findings(summary, totals, findings, count);
    else
        put_nothing_read(summary, source);
    put_connections(summary);
    put_idlers(summary);
    put_exchanges(summary);
    put_caching(summary);
    put_waiting(summary, totals);
    capan_hosts_put(&summary->text, &summary->hosts);
    bool fine = capan_out_flush(&summary->out);
    int reason = fine ? ENOMEM : errno;
    fine = fine && !summary->refused;
    capan_summary_discard(summary);
    errno = reason;
    return fine;
}
