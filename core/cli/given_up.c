/* SPDX-License-Identifier: MIT */
#include "given_up.h"

#include <glib.h>

void given_up_tell(const struct given_up *given_up) {
    const struct capan_totals *totals = given_up->totals;
    const struct capan_source *source = given_up->source;
    const struct {
        uint64_t count;
        const char *one, *many, *keeps; /* keeps: the option that would; "" none does */
    } rows[] = {
        {totals->evicted_responses, "stored response", "stored responses", " (more with --memory)"},
        {totals->evicted_connections, "connection", "connections", " (more with --memory)"},
        {totals->evicted_exchanges, "exchange in flight", "exchanges in flight", ""},
        {totals->evicted_segments, "segment before it was settled", "segments before they were settled",
         " (fewer with a BPF filter)"},
        {source->unlinked, "frame of a link type that is not decoded", "frames of a link type that is not decoded", ""},
        {source->undecoded - source->unlinked, "frame that cannot be decoded", "frames that cannot be decoded", ""},
        {source->dropped, "frame that the capturing system lost", "frames that the capturing system lost", ""},
        {source->fragments_lost, "IP fragment that never became whole", "IP fragments that never became whole", ""},
        {given_up->story_cut, "rest of the story, too long", "", " (told with --stream or --frame)"},
        {given_up->unwritten, "content that was not written", "contents that were not written",
         " (more with --output-limit)"},
    };
    GString *line = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!rows[i].count) continue;
        g_string_append_printf(line, "%s%" G_GUINT64_FORMAT " %s%s", line->len ? ", " : "", rows[i].count,
                               rows[i].count == 1 ? rows[i].one : rows[i].many, rows[i].keeps);
    }
    if (line->len) g_printerr("capan: %s: given up: %s\n", source->file, line->str);
    g_string_free(line, TRUE);
}

static void append(GString *line, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void append(GString *line, const char *format, ...) {
    va_list values;
    if (line->len) g_string_append(line, ", ");
    va_start(values, format);
    g_string_append_vprintf(line, format, values);
    va_end(values);
}

/* It may hold exchanges; the rest is something else. */
static bool may_be_http(int speech) {
    return speech == CAPAN_SPEECH_TLS || speech == CAPAN_SPEECH_TLS_MIDWAY || speech == CAPAN_SPEECH_HTTP2_MIDWAY ||
           speech == CAPAN_SPEECH_UNKNOWN;
}

static void append_speech(GString *line, uint64_t count, int speech) {
    if (!count) return;
    append(line, "%s on %" G_GUINT64_FORMAT " connection%s%s", capan_speeches[speech].token, count,
           count == 1 ? "" : "s", speech == CAPAN_SPEECH_TLS ? " (--keylog gives its secrets)" : "");
}

void unread_tell(const struct capan_totals *totals, const struct capan_source *source, bool of_exchanges) {
    GString *line = g_string_new(NULL);
    for (int speech = CAPAN_SPEECH_TLS; speech < CAPAN_SPEECH_COUNT; speech++)
        if (may_be_http(speech) || (of_exchanges && !totals->exchanges))
            append_speech(line, totals->unread[speech].connections, speech);
    if (source->quic) append(line, "QUIC among %" G_GUINT64_FORMAT " packets of UDP", source->udp);
    if (line->len) g_printerr("capan: %s: not read: %s\n", source->file, line->str);
    g_string_free(line, TRUE);
}
