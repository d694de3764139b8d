/* SPDX-License-Identifier: MIT */
#include "partial.h"

#include <glib.h>

struct partial {
    GArray *streams; /* the frame that each began with */
};

struct partial *partial_begin(const struct capan_slice *slice, const char *command, const char *name) {
    if (!slice->part) {
        g_printerr("capan: %s: partial rows are those of a part that split wrote\n", name);
        return NULL;
    }
    struct partial *partial = g_new0(struct partial, 1);
    partial->streams = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    printf("{\"partial\":\"%s\",\"capan\":\"%s\",\"split\":\"%016" G_GINT64_MODIFIER "x\",\"part\":%u,\"parts\":%u,"
           "\"packets\":%" G_GUINT64_FORMAT "}\n",
           command, capan_version(), slice->id, slice->part, slice->parts, slice->packets);
    fflush(stdout);
    return partial;
}

void partial_stream(struct partial *partial, uint32_t frame) {
    g_array_append_val(partial->streams, frame);
}

void partial_end(struct partial *partial, const struct capan_totals *totals, uint64_t packets) {
    int len = printf("{\"streams\":[");
    for (guint i = 0; i < partial->streams->len; i++)
        len += printf("%s%u", i ? "," : "", g_array_index(partial->streams, uint32_t, i));
    len += printf("]}\n");
    printf("{\"end\":{\"length\":%d,\"packets\":%" G_GUINT64_FORMAT ",\"connections\":%" G_GUINT64_FORMAT
           ",\"responses\":%" G_GUINT64_FORMAT ",\"segments\":%" G_GUINT64_FORMAT ",\"exchanges\":%" G_GUINT64_FORMAT
           "}}\n",
           len, packets, totals->evicted_connections, totals->evicted_responses, totals->evicted_segments,
           totals->evicted_exchanges);
    fflush(stdout);
}

void partial_free(struct partial *partial) {
    if (!partial) return;
    g_array_free(partial->streams, TRUE);
    g_free(partial);
}
