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
        {totals->evicted_segments, "segment before it was settled", "segments before they were settled",
         " (fewer with a BPF filter)"},
        {source->undecoded, "frame that cannot be decoded", "frames that cannot be decoded", ""},
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
