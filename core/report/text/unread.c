/* SPDX-License-Identifier: MIT */
#include "unread.h"

#include "cells.h"
#include "human.h"

/* "www.example.com (offers h2, http/1.1)" */
static void put_names(char *to, size_t size, const struct capan_tls_names *names) {
    const char *host = *names->host ? names->host : "a server without a name";
    if (*names->alpn)
        snprintf(to, size, "%s (offers %s)", host, names->alpn);
    else
        snprintf(to, size, "%s", host);
}

void capan_sealed_note(struct capan_sealed *sealed, const struct capan_connection *connection) {
    const struct capan_tls_names *names = connection->tls;
    if (connection->speech != CAPAN_SPEECH_TLS || !names || sealed->count == CAPAN_SEALED_NAMES) return;
    if (!*names->host && !*names->alpn) return;
    char *next = sealed->name[sealed->count];
    put_names(next, sizeof sealed->name[0], names);
    for (size_t i = 0; i < sealed->count; i++)
        if (strcmp(sealed->name[i], next) == 0) return;
    sealed->count++;
}

static void put_sealed(struct capan_out *out, const struct capan_sealed *sealed, const struct capan_source *source,
                       const struct capan_unread *unread) {
    char text[CAPAN_HUMAN];
    if (!unread->connections) return;
    capan_out_format(out, "  %s %s TLS, of which no content was read: ", capan_human_count(text, unread->connections),
                     unread->connections == 1 ? "connection is" : "connections are");
    out_text(out, capan_human_bytes(text, unread->octets));
    for (size_t i = 0; i < sealed->count; i++) {
        out_text(out, i ? ", " : "\n    of ");
        capan_out_printable(out, span_of(sealed->name[i]), 0);
    }
    out_text(out, source->secrets
                      ? "\n    the secrets at hand are not theirs; --keylog=FILE gives others (SSLKEYLOGFILE)\n"
                      : "\n    --keylog=FILE gives the secrets, as browsers write them (SSLKEYLOGFILE)\n");
}

static void put_speech(struct capan_out *out, enum capan_speech speech, const struct capan_unread *unread) {
    char count[CAPAN_HUMAN], octets[CAPAN_HUMAN];
    const bool one = unread->connections == 1;
    if (!unread->connections) return;
    capan_out_format(out, "  not read: %s;\n", capan_speeches[speech].sentence);
    capan_out_format(out, "    %s on %s connection%s (stream%s ", capan_human_bytes(octets, unread->octets),
                     capan_human_count(count, unread->connections), one ? "" : "s", one ? "" : "s");
    capan_text_frames(out, unread->streams, (size_t)unread->connections, CAPAN_UNREAD_STREAMS);
    out_text(out, ")\n");
}

static void put_datagrams(struct capan_out *out, const struct capan_source *source) {
    char quic[CAPAN_HUMAN];
    if (!source->quic) return;
    capan_out_format(out,
                     "  not read: QUIC, as HTTP/3 needs it, which %s packet%s of UDP begin%s;\n"
                     "    the Wireshark plugin reads HTTP/3 where Wireshark has the secrets\n",
                     capan_human_count(quic, source->quic), source->quic == 1 ? "" : "s", source->quic == 1 ? "s" : "");
}

static void put_links(struct capan_out *out, const struct capan_source *source) {
    char count[CAPAN_HUMAN];
    if (!source->unlinked) return;
    capan_out_format(out, "  not read: %s packet%s of a link type that is not decoded (%s)\n",
                     capan_human_count(count, source->unlinked), source->unlinked == 1 ? "" : "s", source->link_unread);
}

void capan_text_unread(struct capan_text *text, const struct capan_sealed *sealed, const struct capan_source *source,
                       const struct capan_totals *totals) {
    put_links(text->out, source);
    if (totals->segments) put_datagrams(text->out, source);
    put_sealed(text->out, sealed, source, &totals->unread[CAPAN_SPEECH_TLS]);
    for (int speech = CAPAN_SPEECH_TLS + 1; speech < CAPAN_SPEECH_COUNT; speech++)
        put_speech(text->out, (enum capan_speech)speech, &totals->unread[speech]);
}

bool capan_unread_any(const struct capan_totals *totals) {
    for (int speech = CAPAN_SPEECH_TLS; speech < CAPAN_SPEECH_COUNT; speech++)
        if (totals->unread[speech].connections) return true;
    return false;
}

void capan_text_offload(struct capan_out *out, const struct capan_finding *findings, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct capan_finding *finding = &findings[i];
        char words[CAPAN_PARAGRAPH], number[CAPAN_HUMAN];
        struct sentence paragraph = sentence_in(words, sizeof words);
        if (finding->token != &capan_tcp_flags[CAPAN_FLAG_CHECKSUM_OFFLOAD]) continue;
        capan_say_host(&paragraph, finding);
        capan_say(&paragraph,
                  "%s TCP checksums are not filled in yet, which is the network card's work (checksum "
                  "offload): what it sends is right, nothing is damaged",
                  capan_human_count(number, finding->count));
        capan_text_paragraph(out, 2, &paragraph);
    }
}

void capan_text_limits(struct capan_out *out, const struct capan_source *source, const struct capan_totals *totals) {
    const struct {
        uint64_t count;
        const char *one, *many;
    } limits[] = {
        {source->snapped, "packet was cut short by the snap length", "packets were cut short by the snap length"},
        {source->undecoded - source->unlinked, "packet could not be read", "packets could not be read"},
        {source->dropped, "packet was lost by the capturing system", "packets were lost by the capturing system"},
        {source->fragments_lost, "IP fragment never became whole", "IP fragments never became whole"},
        {totals->evicted_connections, "connection was given up for memory", "connections were given up for memory"},
        {totals->evicted_responses, "stored response was given up for memory",
         "stored responses were given up for memory"},
        {totals->evicted_exchanges, "exchange in flight was given up", "exchanges in flight were given up"},
        {totals->evicted_segments, "segment was reported before it was settled",
         "segments were reported before they were settled"},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        if (!limits[i].count) continue;
        out_text(out, "  ");
        capan_cell_counted(out, limits[i].count, limits[i].one, limits[i].many);
        out_char(out, '\n');
    }
}
