/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <glib.h>
#include <unistd.h>

enum { STEPS_PER_LOOK = 4096, FIRST_US = 1000000, NEXT_US = 200000 };

void progress_begin(struct progress *progress, const char *file, const struct capan_capture *capture, bool shares) {
    *progress = (struct progress){.file = file, .capture = capture, .terminal = isatty(STDERR_FILENO) && !shares};
    progress->next_us = g_get_monotonic_time() + FIRST_US;
}

static void show(struct progress *progress) {
    uint64_t done, size;
    struct capan_capture_totals totals;
    capan_capture_progress(progress->capture, &done, &size);
    capan_capture_count(progress->capture, &totals);
    g_printerr("\r\033[K%s: %" G_GUINT64_FORMAT " packets", progress->file, totals.frames);
    if (size) g_printerr(", %u %%", (unsigned)(100.0 * (double)done / (double)size));
    progress->shown = true;
}

void progress_step(struct progress *progress) {
    if (!progress->terminal || ++progress->steps % STEPS_PER_LOOK != 0) return;
    int64_t now = g_get_monotonic_time();
    if (now < progress->next_us) return;
    show(progress);
    progress->next_us = now + NEXT_US;
}

void progress_end(struct progress *progress) {
    if (progress->shown) g_printerr("\r\033[K");
}
