/* SPDX-License-Identifier: MIT */
#include "told.h"

#include <stdlib.h>
#include <string.h>

#include "human.h"
#include "text.h"

static const char *const senders[] = {"client to server", "server to client"};

static unsigned long long number(uint64_t count) {
    return (unsigned long long)count;
}

/* --- sentences --- */

static void paragraph(struct capan_out *out, size_t indent, struct sentence *sentence) {
    if (sentence->len) capan_text_paragraph(out, indent, sentence);
    *sentence = sentence_in(sentence->at, sentence->capacity);
}

static void say_seconds(struct sentence *sentence, int64_t ns) {
    const uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    capan_say(sentence, "%s%llu.%06llu s", ns < 0 ? "-" : "", number(size / 1000000000),
              number(size % 1000000000 / 1000));
}

void capan_told_clock(struct capan_out *out, const struct capan_stitch_clock *clock) {
    char words[CAPAN_PARAGRAPH];
    struct sentence sentence = sentence_in(words, sizeof words);
    if (!clock->known) return;
    sentence_text(&sentence, "B's clock is ");
    say_seconds(&sentence, clock->offset_ns);
    sentence_text(&sentence, " ahead of A's, by the likeliest; it was ");
    if (clock->has_low) {
        sentence_text(&sentence, "never less than ");
        say_seconds(&sentence, clock->low_ns);
        if (clock->has_high) sentence_text(&sentence, ", nor more than ");
    } else {
        sentence_text(&sentence, "never more than ");
    }
    if (clock->has_high) say_seconds(&sentence, clock->high_ns);
    if (clock->has_drift) capan_say(&sentence, "; it gains %.1f ppm", clock->drift_ppm);
    if (clock->uneven) sentence_text(&sentence, "; it does not run evenly, or was set");
    paragraph(out, 2, &sentence);
}

static void say_part(struct sentence *sentence, bool *first, uint64_t count, const char *what) {
    if (!count) return;
    capan_say(sentence, "%s%llu %s", *first ? "" : ", ", number(count), what);
    *first = false;
}

/* "12 packets client to server (9 with data)". */
static void say_losses(struct sentence *sentence, const struct capan_stitch_way way[2]) {
    if (!(way[0].lost + way[1].lost)) {
        sentence_text(sentence, "no packet was lost between the captures");
        return;
    }
    sentence_text(sentence, "lost between the captures: ");
    for (int i = 0; i < 2; i++) {
        if (!way[i].lost) continue;
        capan_say(sentence, "%s%llu of %llu packets %s (%llu with data)", i && way[0].lost ? ", " : "",
                  number(way[i].lost), number(way[i].packets), senders[i], number(way[i].data_lost));
    }
}

static void say_other_fates(struct sentence *sentence, const struct capan_stitch_way way[2]) {
    bool first = true;
    const uint64_t any = way[0].duplicated + way[1].duplicated + way[0].late + way[1].late;
    if (!any) return;
    sentence_text(sentence, "; ");
    say_part(sentence, &first, way[0].duplicated + way[1].duplicated, "duplicated between");
    say_part(sentence, &first, way[0].late + way[1].late, "overtaken between");
}

/* Where the first copy died, in the words of who asks whether it is the network or the server. */
static void say_resent(struct sentence *sentence, const struct capan_stitch_way *way, const char *who) {
    const char *near = way->from_a < 0 ? "B" : "A", *far = way->from_a < 0 ? "A" : "B";
    char before[32], behind[40];
    bool first = true;
    if (!way->resent) return;
    snprintf(before, sizeof before, "lost before %s", near);
    snprintf(behind, sizeof behind, "lost behind %s", far);
    capan_say(sentence, "; %s sent %llu again: ", who, number(way->resent));
    say_part(sentence, &first, way->died[CAPAN_STITCH_DIED_BETWEEN], "lost between");
    say_part(sentence, &first, way->died[CAPAN_STITCH_DIED_BEFORE], before);
    say_part(sentence, &first, way->died[CAPAN_STITCH_DIED_BEHIND], behind);
    say_part(sentence, &first, way->died[CAPAN_STITCH_DIED_NOWHERE], "in vain");
    say_part(sentence, &first, way->died[CAPAN_STITCH_DIED_UNKNOWN], "unknown why");
}

static void say_missed(struct sentence *sentence, const struct capan_stitch_way way[2]) {
    const uint64_t a = way[0].missed_a + way[1].missed_a, b = way[0].missed_b + way[1].missed_b;
    if (a) capan_say(sentence, "; A's capture missed %llu", number(a));
    if (b) capan_say(sentence, "; B's capture missed %llu", number(b));
}

static void say_delay(struct sentence *sentence, const struct capan_stitch_way *way, unsigned direction) {
    char least[CAPAN_HUMAN], median[CAPAN_HUMAN], p99[CAPAN_HUMAN];
    if (way->delay_median_ns < 0) return;
    capan_say(sentence, "%s%s: %s at least, %s in the middle, %s for 99 of 100", sentence->len ? "; " : "",
              senders[direction], capan_human_duration(least, CAPAN_DURATION_THREE_DIGITS, way->delay_min_ns),
              capan_human_duration(median, CAPAN_DURATION_THREE_DIGITS, way->delay_median_ns),
              capan_human_duration(p99, CAPAN_DURATION_THREE_DIGITS, way->delay_p99_ns));
}

static bool is_slow(const struct capan_stitch_stretch *stretch, int64_t least_ns) {
    const int64_t mean_ns = stretch->packets ? stretch->sum_ns / stretch->packets : 0;
    return mean_ns > least_ns + least_ns / 2 + 2000000;
}

/* The first stretch of time from which on packets wait: a queue fills. */
static void say_queue(struct sentence *sentence, const struct capan_stitch_way *way) {
    char delay[CAPAN_HUMAN];
    for (int i = 0; i < CAPAN_STITCH_STRETCHES; i++) {
        const struct capan_stitch_stretch *stretch = &way->stretches[i];
        if (!is_slow(stretch, way->delay_min_ns)) continue;
        int64_t most_ns = 0;
        for (int j = i; j < CAPAN_STITCH_STRETCHES; j++) {
            const struct capan_stitch_stretch *later = &way->stretches[j];
            const int64_t mean_ns = later->packets ? later->sum_ns / later->packets : 0;
            if (mean_ns > most_ns) most_ns = mean_ns;
        }
        capan_say(sentence, "; a queue fills from %.1f s on: up to %s", (double)i * (double)way->stretch_ns / 1e9,
                  capan_human_duration(delay, CAPAN_DURATION_THREE_DIGITS, most_ns));
        return;
    }
}

static void say_mss(struct sentence *sentence, const struct capan_stitch_way *way, unsigned direction) {
    if (way->mss_a == way->mss_b) return;
    const uint32_t from = way->from_a < 0 ? way->mss_b : way->mss_a, to = way->from_a < 0 ? way->mss_a : way->mss_b;
    capan_say(sentence, "; MSS %u becomes %u %s", from, to, senders[direction]);
}

static bool rewrites(uint64_t set, enum capan_stitch_rewrite what) {
    return set >> what & 1;
}

static void say_ends(struct sentence *sentence, const char *who, const struct capan_endpoint *a,
                     const struct capan_endpoint *b) {
    char at_a[CAPAN_ENDPOINT_TEXT], at_b[CAPAN_ENDPOINT_TEXT];
    capan_endpoint_text(a, true, at_a);
    capan_endpoint_text(b, true, at_b);
    if (strcmp(at_a, at_b) != 0) capan_say(sentence, "; the %s %s at A is %s at B", who, at_a, at_b);
}

/* What is changed on the way, but for what has a sentence of its own. */
static void say_rewrites(struct sentence *sentence, const struct capan_stitch_connection *connection) {
    static const struct {
        enum capan_stitch_rewrite what;
        const char *says;
    } says[] = {{CAPAN_STITCH_REWRITES_SEQUENCE, "sequence numbers are rewritten"},
                {CAPAN_STITCH_REWRITES_TIMESTAMP, "timestamps are rewritten"},
                {CAPAN_STITCH_REWRITES_NO_TIMESTAMP, "timestamps are stripped"},
                {CAPAN_STITCH_REWRITES_WINDOW_SCALE, "the window scale is rewritten"},
                {CAPAN_STITCH_REWRITES_SACK, "SACK-permitted is stripped"},
                {CAPAN_STITCH_REWRITES_IP_ID, "the IP identification is rewritten"},
                {CAPAN_STITCH_REWRITES_ECN, "ECN bits are rewritten"},
                {CAPAN_STITCH_REWRITES_DSCP, "the DSCP is rewritten"},
                {CAPAN_STITCH_REWRITES_SEGMENTS, "segments are merged or split"}};
    const size_t begin = sentence->len;
    say_ends(sentence, "client", &connection->client_a, &connection->client_b);
    say_ends(sentence, "server", &connection->server_a, &connection->server_b);
    for (unsigned i = 0; i < 2; i++) say_mss(sentence, &connection->way[i], i);
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        if (rewrites(connection->rewrites, says[i].what)) capan_say(sentence, "; %s", says[i].says);
    if (connection->way[0].ttl_steps > 0) capan_say(sentence, "; TTL less %d", connection->way[0].ttl_steps);
    if (begin == 0 && sentence->len > 2) {
        memmove(sentence->at, sentence->at + 2, sentence->len - 1);
        sentence->len -= 2;
    }
}

/* --- paragraphs --- */

void capan_told_connection(struct capan_out *out, const struct capan_stitch_connection *connection) {
    char words[CAPAN_PARAGRAPH], client[CAPAN_ENDPOINT_TEXT], server[CAPAN_ENDPOINT_TEXT];
    struct sentence sentence = sentence_in(words, sizeof words);
    const bool both = connection->in_a && connection->in_b;
    capan_endpoint_text(connection->in_a ? &connection->client_a : &connection->client_b, true, client);
    capan_endpoint_text(connection->in_a ? &connection->server_a : &connection->server_b, true, server);
    if (connection->protocol == CAPAN_STITCH_TCP)
        capan_out_format(out, "stream %u", connection->in_a ? connection->stream_a : connection->stream_b);
    else
        out_text(out, connection->protocol == CAPAN_STITCH_UDP ? "UDP" : "ICMP");
    if (both && connection->stream_a != connection->stream_b) capan_out_format(out, " (B: %u)", connection->stream_b);
    capan_out_format(out, "  %s > %s%s\n", client, server,
                     both               ? ""
                     : connection->in_a ? "  in A alone"
                                        : "  in B alone");
    if (!both) return;
    say_losses(&sentence, connection->way);
    say_other_fates(&sentence, connection->way);
    say_resent(&sentence, &connection->way[CAPAN_C2S], "the client");
    say_resent(&sentence, &connection->way[CAPAN_S2C], "the server");
    say_missed(&sentence, connection->way);
    paragraph(out, 2, &sentence);
    for (unsigned i = 0; i < 2; i++) {
        say_delay(&sentence, &connection->way[i], i);
        say_queue(&sentence, &connection->way[i]);
    }
    paragraph(out, 2, &sentence);
    say_rewrites(&sentence, connection);
    paragraph(out, 2, &sentence);
    if (connection->has_summaries && connection->limit)
        capan_say(&sentence, "held back by: %s", capan_tcp_limits[connection->limit].token);
    paragraph(out, 2, &sentence);
}

static void say_place(struct sentence *sentence, const struct capan_stitch_way *way) {
    if (way->from_a) capan_say(sentence, "A is nearer to the %s; ", way->from_a > 0 ? "client" : "server");
}

/* The sentence that settles whether it is the network between. */
void capan_told_answer(struct capan_out *out, const struct capan_stitch_totals *totals) {
    char words[CAPAN_PARAGRAPH];
    struct sentence sentence = sentence_in(words, sizeof words);
    const struct capan_stitch_way *way = totals->way;
    capan_say(&sentence, "%llu connection%s in both; ", number(totals->connections),
              totals->connections == 1 ? "" : "s");
    say_place(&sentence, &way[CAPAN_C2S]);
    say_losses(&sentence, way);
    say_other_fates(&sentence, way);
    say_resent(&sentence, &way[CAPAN_C2S], "clients");
    say_resent(&sentence, &way[CAPAN_S2C], "servers");
    say_missed(&sentence, way);
    paragraph(out, 0, &sentence);
    for (unsigned i = 0; i < 2; i++) say_delay(&sentence, &way[i], i);
    paragraph(out, 2, &sentence);
}

void capan_told_datagrams(struct capan_out *out, const struct capan_stitch_totals *totals) {
    char words[CAPAN_PARAGRAPH];
    struct sentence sentence = sentence_in(words, sizeof words);
    const unsigned long long lost = number(totals->datagrams.lost), duplicated = number(totals->datagrams.duplicated);
    if (!totals->datagrams.passed) return;
    capan_say(&sentence, "UDP and ICMP: %llu datagrams passed, ", number(totals->datagrams.passed));
    if (lost)
        capan_say(&sentence, "%llu lost between the captures", lost);
    else
        sentence_text(&sentence, "none was lost between the captures");
    if (duplicated) capan_say(&sentence, ", %llu duplicated between", duplicated);
    paragraph(out, 2, &sentence);
}

void capan_told_alone(struct capan_out *out, const struct capan_stitch_totals *totals) {
    char words[CAPAN_PARAGRAPH];
    struct sentence sentence = sentence_in(words, sizeof words);
    for (int i = 0; i < CAPAN_STITCH_SIDES; i++) {
        const char *name = i ? "B" : "A";
        if (totals->connections_alone[i])
            capan_say(&sentence, "%s%llu connection%s (%llu packets) in %s alone", sentence.len ? "; " : "",
                      number(totals->connections_alone[i]), totals->connections_alone[i] == 1 ? " is" : "s are",
                      number(totals->alone[i]), name);
        if (totals->copies[i])
            capan_say(&sentence, "%s%s has most packets more than once", sentence.len ? "; " : "", name);
    }
    paragraph(out, 2, &sentence);
}
