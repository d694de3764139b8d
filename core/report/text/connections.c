/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "cells.h"
#include "clock.h"
#include "community.h"
#include "human.h"
#include "idle.h"
#include "text.h"

static const char *side_name(enum capan_direction direction) {
    return direction == CAPAN_C2S ? "client" : "server";
}

/* "1 2 3" without the frames that were not seen. */
static void put_handshake(struct capan_out *out, const struct capan_tcp_summary *tcp) {
    char duration[CAPAN_HUMAN];
    bool first = true;
    for (int i = 0; i < 3; i++) {
        if (!tcp->handshake_frames[i]) continue;
        capan_out_format(out, first ? " in %u" : " %u", tcp->handshake_frames[i]);
        first = false;
    }
    if (tcp->syn_to_syn_ack_ns >= 0 && tcp->syn_ack_to_ack_ns >= 0) {
        capan_out_format(out, " (%s", capan_human_duration(duration, CAPAN_DURATION_ROUGH, tcp->syn_to_syn_ack_ns));
        capan_out_format(out, " + %s)", capan_human_duration(duration, CAPAN_DURATION_ROUGH, tcp->syn_ack_to_ack_ns));
    }
}

static void put_close(struct capan_out *out, const struct capan_tcp_summary *tcp) {
    static const char *const holders[] = {"", "client holds TIME-WAIT", "server holds TIME-WAIT",
                                          "both hold TIME-WAIT"};
    bool first = false;
    out_text(out, capan_tcp_closes[tcp->close].token);
    for (int i = 0; i < 2; i++) {
        const struct capan_tcp_side *side = &tcp->side[i];
        if (side->fin_frame)
            capan_out_format(out, ", %s's FIN in %u", side_name((enum capan_direction)i), side->fin_frame);
        if (side->rst_frame)
            capan_out_format(out, ", %s's RST in %u", side_name((enum capan_direction)i), side->rst_frame);
    }
    if (tcp->side[0].fin_frame && tcp->side[1].fin_frame)
        capan_text_duration(out, &first, "half-closed ", tcp->half_close_ns);
    if (tcp->time_wait_holder) capan_text_part(out, &first, holders[tcp->time_wait_holder]);
}

/* Who gave it up for its silence, and what a client had better do. */
static void put_idle(struct capan_out *out, const struct capan_tcp_summary *tcp) {
    char words[CAPAN_PARAGRAPH], duration[CAPAN_HUMAN];
    struct sentence line = sentence_in(words, sizeof words);
    const int64_t safe_ns = capan_safe_idle(tcp);
    for (int i = 0; i < 2; i++)
        if (tcp->side[i].idle_ns >= CAPAN_IDLE_NS)
            capan_say(&line, "idle: the %s closed it after %s without data", side_name((enum capan_direction)i),
                      capan_human_duration(duration, CAPAN_DURATION_ROUGH, tcp->side[i].idle_ns));
    if (safe_ns >= 0)
        capan_say(&line, "; a client is safe to reuse such a connection within %s",
                  capan_human_duration(duration, CAPAN_DURATION_ROUGH, safe_ns));
    capan_text_paragraph(out, 4, &line);
}

static void put_opening_lines(struct capan_out *out, const struct capan_connection *connection, int64_t origin_ns) {
    const struct capan_tcp_summary *tcp = &connection->tcp;
    char duration[CAPAN_HUMAN];
    capan_out_format(out, "    frames %u to %u, from ", connection->first_frame, connection->last_frame);
    capan_cell_moment(out, connection->first_ns, origin_ns, 0);
    capan_out_format(out, " for %s",
                     capan_human_duration(duration, CAPAN_DURATION_ROUGH, connection->last_ns - connection->first_ns));
    if (connection->exchanges)
        capan_out_format(out, ", %llu HTTP exchange%s", (unsigned long long)connection->exchanges,
                         connection->exchanges == 1 ? "" : "s");
    capan_out_format(out, "\n    opened: %s", capan_tcp_opens[tcp->open].token);
    put_handshake(out, tcp);
    out_text(out, "\n    closed: ");
    put_close(out, tcp);
    out_char(out, '\n');
    put_idle(out, tcp);
}

/* "the client's SYN (frame 1)". */
static void say_quoted(struct sentence *paragraph, const struct capan_icmp *icmp) {
    capan_say(paragraph, "the %s's ", side_name((enum capan_direction)icmp->quoted_direction));
    if (!icmp->in_flight)
        capan_say(paragraph, "octets that were not in flight");
    else if (icmp->quoted_seq == 0)
        capan_say(paragraph, "SYN");
    else
        capan_say(paragraph, "segment at %lld", (long long)icmp->quoted_seq);
    if (icmp->quoted_frame) capan_say(paragraph, " (frame %u)", icmp->quoted_frame);
}

/* Who said what of which segment, and what came of it. */
static void put_icmp(struct capan_out *out, const struct capan_icmp *icmp) {
    const struct capan_token *error = &capan_icmp_errors[icmp->error], *effect = &capan_icmp_effects[icmp->effect];
    const struct capan_endpoint from = {icmp->from, 0};
    char words[CAPAN_PARAGRAPH], address[CAPAN_ENDPOINT_TEXT];
    struct sentence paragraph = sentence_in(words, sizeof words);
    if (!icmp->count) return;
    capan_endpoint_text(&from, false, address);
    capan_say(&paragraph, "ICMP error from %s (frame %u) about ", address, icmp->frame);
    say_quoted(&paragraph, icmp);
    capan_say(&paragraph, ": %s (type %u, code %u, %s)", error->sentence, icmp->type, icmp->code, error->source);
    if (icmp->mtu) capan_say(&paragraph, ", which takes %u octets", icmp->mtu);
    capan_say(&paragraph, "; %s", effect->sentence);
    if (*effect->source) capan_say(&paragraph, " (%s)", effect->source);
    if (icmp->count > 1) capan_say(&paragraph, "; %u such errors in all", icmp->count);
    capan_say(&paragraph, ".");
    capan_text_paragraph(out, 4, &paragraph);
}

/* Where it was captured, by what. */
static void put_view(struct capan_out *out, const struct capan_connection *connection) {
    const struct capan_tcp_summary *tcp = &connection->tcp;
    const bool middle = tcp->vantage == CAPAN_VANTAGE_MIDDLE;
    char words[CAPAN_PARAGRAPH];
    struct sentence line = sentence_in(words, sizeof words);
    capan_say(&line, "view: ");
    if (tcp->vantage != CAPAN_VANTAGE_UNKNOWN)
        capan_say(&line, "captured %s the %s (%s), ", middle ? "in" : "at", capan_tcp_vantages[tcp->vantage].token,
                  capan_tcp_vantage_signs[tcp->vantage_sign].sentence);
    capan_say(&line, "%s", capan_tcp_qualities[tcp->quality].token);
    if (tcp->limit != CAPAN_LIMIT_NONE) capan_say(&line, ", limited by %s", capan_tcp_limits[tcp->limit].token);
    if (connection->evicted) capan_say(&line, ", given up for memory");
    capan_text_paragraph(out, 4, &line);
}

/* What is said on it, where that is not HTTP in clear. */
static void put_speech(struct capan_out *out, const struct capan_connection *connection) {
    const struct capan_tls_names *tls = connection->tls;
    char words[CAPAN_PARAGRAPH], octets[CAPAN_HUMAN];
    struct sentence paragraph = sentence_in(words, sizeof words);
    if (tls) capan_say(&paragraph, "TLS for ");
    if (tls) capan_say_octets(&paragraph, span_of(*tls->host ? tls->host : "a server without a name"), SIZE_MAX);
    if (tls && *tls->alpn) capan_say(&paragraph, ", which may speak ");
    if (tls) capan_say_octets(&paragraph, span_of(tls->alpn), SIZE_MAX);
    if (connection->speech > CAPAN_SPEECH_HTTP)
        capan_say(&paragraph, "%snot read: %s; %s", tls ? "; " : "", capan_speeches[connection->speech].sentence,
                  capan_human_bytes(octets, connection->unread));
    capan_text_paragraph(out, 4, &paragraph);
}

static void put_control(struct capan_out *out, const char *who, const struct capan_tcp_congestion *told) {
    char words[CAPAN_PARAGRAPH], evidence[CAPAN_EXPLAIN_TEXT];
    struct sentence paragraph = sentence_in(words, sizeof words);
    if (told->control == CAPAN_CONTROL_UNKNOWN) return;
    capan_congestion_explain(told, evidence);
    capan_say(&paragraph, "congestion control of the %s: %s, %s: %s", who,
              capan_congestion_controls[told->control].token, capan_certainties[told->certainty].token, evidence);
    capan_text_paragraph(out, 4, &paragraph);
}

/* Of who sent most of the data. */
static void put_time(struct capan_out *out, const struct capan_tcp_summary *tcp) {
    const enum capan_direction sender = tcp->side[CAPAN_C2S].bytes > tcp->side[CAPAN_S2C].bytes ? CAPAN_C2S : CAPAN_S2C;
    if (tcp->side[sender].bytes) capan_text_time(out, side_name(sender), &tcp->side[sender].time);
    put_control(out, side_name(sender), &tcp->side[sender].congestion);
}

static void put_number_or_dash(struct capan_out *out, uint32_t number, size_t width) {
    if (number)
        capan_cell_number(out, number, width);
    else
        capan_cell_right(out, "-", width);
}

static void put_round_trips(struct capan_out *out, const struct capan_tcp_side *side) {
    char shortest[CAPAN_HUMAN], mean[CAPAN_HUMAN], longest[CAPAN_HUMAN];
    if (!side->rtt_count) {
        out_text(out, "  -");
        return;
    }
    capan_out_format(out, "  %s / %s / %s", capan_human_duration(shortest, CAPAN_DURATION_ROUGH, side->rtt_min_ns),
                     capan_human_duration(mean, CAPAN_DURATION_ROUGH, side->rtt_sum_ns / side->rtt_count),
                     capan_human_duration(longest, CAPAN_DURATION_ROUGH, side->rtt_max_ns));
}

static void put_side_line(struct capan_out *out, enum capan_direction direction, const struct capan_tcp_side *side) {
    capan_out_format(out, "    %s %c", side_name(direction), direction == CAPAN_C2S ? '>' : '<');
    capan_cell_number(out, side->segments, 9);
    capan_cell_number(out, side->bytes, 11);
    capan_cell_number(out, side->resent_segments, 7);
    capan_cell_number(out, side->late_segments, 5);
    capan_cell_number(out, side->missing_bytes, 8);
    capan_cell_number(out, side->duplicate_acks, 8);
    put_number_or_dash(out, side->mss_announced, 6);
    put_number_or_dash(out, side->mss_observed, 8);
    capan_cell_window(out, side->window_max, 9);
    put_round_trips(out, side);
    out_char(out, '\n');
}

/* What went wrong on one side, in words; nothing when nothing did. */
static void put_problems(struct capan_out *out, enum capan_direction direction, const struct capan_tcp_side *side) {
    char bytes[CAPAN_HUMAN];
    bool first = true;
    if (!side->resent_segments && !side->missing_bytes && !side->late_segments && !side->zero_windows &&
        !side->duplicate_packets && !side->nagle_stalls)
        return;
    capan_out_format(out, "    %s: ", side_name(direction));
    if (side->resent_segments) {
        capan_text_part(out, &first, "resent ");
        capan_out_format(out, "%u segment%s", side->resent_segments, side->resent_segments == 1 ? "" : "s");
        if (side->resent_bytes) capan_out_format(out, " (%s)", capan_human_bytes(bytes, side->resent_bytes));
    }
    if (side->missing_bytes) {
        capan_text_part(out, &first, capan_human_bytes(bytes, side->missing_bytes));
        out_text(out, " not in the capture");
    }
    if (side->late_segments) {
        capan_text_part(out, &first, "");
        capan_out_format(out, "%u reordered", side->late_segments);
    }
    if (side->duplicate_packets) {
        capan_text_part(out, &first, "");
        capan_out_format(out, "%u packet%s twice", side->duplicate_packets, side->duplicate_packets == 1 ? "" : "s");
    }
    if (side->nagle_stalls) {
        capan_text_part(out, &first, "");
        capan_out_format(out, "%u segment%s held back by Nagle for %s in all", side->nagle_stalls,
                         side->nagle_stalls == 1 ? "" : "s",
                         capan_human_duration(bytes, CAPAN_DURATION_ROUGH, side->nagle_ns));
    }
    if (side->zero_windows) {
        capan_text_part(out, &first, "");
        capan_out_format(out, "closed its window %u time%s", side->zero_windows, side->zero_windows == 1 ? "" : "s");
        if (side->zero_window_ns >= 0)
            capan_out_format(out, " for %s", capan_human_duration(bytes, CAPAN_DURATION_ROUGH, side->zero_window_ns));
    }
    out_char(out, '\n');
}

/* "1460"; "-" where it was not announced, or its SYN was not captured. */
static void say_mss(struct sentence *gist, uint32_t mss) {
    if (mss)
        capan_say(gist, "%u", mss);
    else
        capan_say(gist, "-");
}

static void say_sizes(struct sentence *gist, const struct capan_tcp_side side[2]) {
    if (!side[0].mss_announced && !side[1].mss_announced) return;
    capan_say(gist, ", MSS ");
    say_mss(gist, side[0].mss_announced);
    capan_say(gist, "/");
    say_mss(gist, side[1].mss_announced);
    capan_say(gist, " used %u/%u", side[0].mss_observed, side[1].mss_observed);
}

/* How it went from end to end. */
static void put_gist(struct capan_out *out, const struct capan_tcp_summary *tcp) {
    char words[CAPAN_PARAGRAPH];
    struct sentence gist = sentence_in(words, sizeof words);
    char sent[CAPAN_HUMAN], got[CAPAN_HUMAN], duration[CAPAN_HUMAN];
    capan_say(&gist, "%s, %s", capan_tcp_opens[tcp->open].token, capan_tcp_closes[tcp->close].token);
    if (tcp->rtt_ns >= 0)
        capan_say(&gist, ", rtt %s", capan_human_duration(duration, CAPAN_DURATION_ROUGH, tcp->rtt_ns));
    capan_say(&gist, ", sent %s, got %s", capan_human_bytes(sent, tcp->side[0].bytes),
              capan_human_bytes(got, tcp->side[1].bytes));
    say_sizes(&gist, tcp->side);
    if (tcp->limit != CAPAN_LIMIT_NONE) capan_say(&gist, ", limited by %s", capan_tcp_limits[tcp->limit].token);
    if (tcp->quality != CAPAN_QUALITY_COMPLETE) capan_say(&gist, ", %s", capan_tcp_qualities[tcp->quality].token);
    capan_text_paragraph(out, 4, &gist);
}

void capan_say_offer(struct sentence *paragraph, const char *who, const struct capan_tcp_side *side) {
    capan_say(paragraph, " %s: ", who);
    if (side->mss_announced)
        capan_say(paragraph, "segments up to %u octets (MSS)", side->mss_announced);
    else
        capan_say(paragraph, "no MSS");
    if (side->window_scale >= 0)
        capan_say(paragraph, ", windows in units of %u", 1u << (side->window_scale & 15));
    else if (side->window_scale == -1)
        capan_say(paragraph, ", no window scaling");
    capan_say(paragraph, side->sack_permitted ? ", SACK" : ", no SACK");
    if (side->timestamps) capan_say(paragraph, ", timestamps");
    if (side->isn_known) capan_say(paragraph, ", ISN %u", side->isn);
    capan_say(paragraph, ".");
}

static void put_offer(struct capan_out *out, const char *who, const struct capan_tcp_side *side) {
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    if (!side->isn_known) return;
    capan_say(&paragraph, "offer of the");
    capan_say_offer(&paragraph, who, side);
    capan_text_paragraph(out, 4, &paragraph);
}

/* Whether the largest segment is what the peer said it takes; options in every segment take their share of it. */
static void say_size(struct sentence *paragraph, const struct capan_tcp_summary *tcp, enum capan_direction me) {
    const struct capan_tcp_side *side = &tcp->side[me], *peer = &tcp->side[!me];
    uint32_t timestamps = side->timestamps && peer->timestamps ? 12 : 0, allowed = peer->mss_announced;
    if (side->data_segments < 3 || allowed < timestamps || side->mss_observed >= allowed - timestamps) return;
    if (side->bytes < 2 * (uint64_t)allowed) return; /* too little to fill segments with */
    capan_say(paragraph, "%s%s never put more than %u octets into a segment, %u fewer than the %u announced to it",
              paragraph->len ? " " : "", me == CAPAN_C2S ? "The client" : "The server", side->mss_observed,
              allowed - timestamps - side->mss_observed, allowed);
    if (timestamps) capan_say(paragraph, " less 12 for timestamps");
    if (side->mss_observed + timestamps == side->mss_announced) capan_say(paragraph, ": what it announces itself");
    capan_say(paragraph, ".");
}

static void put_sizes(struct capan_out *out, const struct capan_connection *connection) {
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    say_size(&paragraph, &connection->tcp, CAPAN_C2S);
    say_size(&paragraph, &connection->tcp, CAPAN_S2C);
    capan_text_paragraph(out, 4, &paragraph);
}

/* What was sent again, and the sizes of what was under way. */
static void say_flights(struct sentence *paragraph, const struct capan_side_statistics *side) {
    char least[CAPAN_HUMAN], mean[CAPAN_HUMAN], most[CAPAN_HUMAN];
    if (side->first_flight > 0)
        capan_say(paragraph, "; first flight %lld segment%s, %s", (long long)side->first_flight,
                  side->first_flight == 1 ? "" : "s", capan_human_bytes(least, (uint64_t)side->first_bytes));
    capan_say(paragraph, "; outstanding %s", capan_human_bytes(least, (uint64_t)side->least));
    if (side->most > side->least)
        capan_say(paragraph, " to %s, mean %s", capan_human_bytes(most, (uint64_t)side->most),
                  capan_human_bytes(mean, (uint64_t)side->mean));
    if (side->again_min < 0) return;
    capan_say(paragraph, "; sent again after %s to %s",
              capan_human_duration(least, CAPAN_DURATION_ROUGH, side->again_min),
              capan_human_duration(most, CAPAN_DURATION_ROUGH, side->again_max));
    if (side->sends_max > 2) capan_say(paragraph, ", one segment %llu times", (unsigned long long)side->sends_max - 1);
}

/* What one side's data was like on the way; nothing when it sent none. */
static void put_statistics(struct capan_out *out, enum capan_direction direction,
                           const struct capan_side_statistics *side) {
    char words[CAPAN_PARAGRAPH], duration[CAPAN_HUMAN], deviation[CAPAN_HUMAN];
    struct sentence paragraph = sentence_in(words, sizeof words);
    if (side->data_ns < 0) return;
    capan_say(&paragraph, "%s's data: ", side_name(direction));
    if (side->throughput >= 0) capan_say(&paragraph, "%s/s, ", capan_human_bytes(duration, (uint64_t)side->throughput));
    if (side->data_ns > 0)
        capan_say(&paragraph, "within %s, ", capan_human_duration(duration, CAPAN_DURATION_ROUGH, side->data_ns));
    capan_say(&paragraph, "longest pause %s", capan_human_duration(duration, CAPAN_DURATION_ROUGH, side->idle_ns));
    say_flights(&paragraph, side);
    if (side->rtt_deviation >= 0)
        capan_say(&paragraph, "; round trips deviate by %s",
                  capan_human_duration(deviation, CAPAN_DURATION_ROUGH, side->rtt_deviation));
    capan_text_paragraph(out, 4, &paragraph);
}

/* The names by which other tools know it. */
static void put_names(struct capan_out *out, const struct capan_connection *connection) {
    char community[CAPAN_COMMUNITY_ID];
    capan_community_id(&connection->client, &connection->server, community);
    capan_out_format(out, "    known as: history %s, completeness %u, Community ID %s\n",
                     connection->statistics->history, connection->statistics->completeness, community);
}

void capan_text_connection(struct capan_text *text, const struct capan_connection *connection, int64_t origin_ns,
                           bool brief) {
    struct capan_out *out = text->out;
    char duration[CAPAN_HUMAN];
    capan_text_ends(text, connection->stream, &connection->client, &connection->server);
    if (brief) {
        if (connection->first_frame == connection->last_frame)
            capan_out_format(out, "  frame %u\n", connection->first_frame);
        else
            capan_out_format(
                out, "  frames %u-%u, %s\n", connection->first_frame, connection->last_frame,
                capan_human_duration(duration, CAPAN_DURATION_ROUGH, connection->last_ns - connection->first_ns));
        put_gist(out, &connection->tcp);
    } else {
        out_char(out, '\n');
        put_opening_lines(out, connection, origin_ns);
        put_offer(out, "client", &connection->tcp.side[0]);
        put_offer(out, "server", &connection->tcp.side[1]);
        put_view(out, connection);
        put_time(out, &connection->tcp);
        capan_text_room(out, connection);
        put_speech(out, connection);
        capan_style(out, text->colour, CAPAN_STYLE_DIM);
        out_text(out, "             segments      bytes resent late missing dup-acks  mss largest   window  rtt least "
                      "/ mean / most\n");
        capan_style(out, text->colour, CAPAN_STYLE_PLAIN);
        put_side_line(out, CAPAN_C2S, &connection->tcp.side[0]);
        put_side_line(out, CAPAN_S2C, &connection->tcp.side[1]);
        put_sizes(out, connection);
        for (unsigned i = 0; connection->statistics && i < 2; i++)
            put_statistics(out, (enum capan_direction)i, &connection->statistics->side[i]);
        if (connection->statistics) put_names(out, connection);
    }
    put_icmp(out, &connection->icmp);
    put_problems(out, CAPAN_C2S, &connection->tcp.side[0]);
    put_problems(out, CAPAN_S2C, &connection->tcp.side[1]);
}

void capan_text_connection_row(struct capan_text *text, struct capan_row *row) {
    capan_text_connection(text, row->connection, row->origin_ns, false);
}
