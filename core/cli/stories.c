/* SPDX-License-Identifier: MIT */
#include "stories.h"

#include <errno.h>
#include <glib.h>

bool stories_wanted(const struct options *options) {
    const bool explains = options->command == COMMAND_EXPLAIN && options->format == CAPAN_TEXT;
    const bool draws = options->command == COMMAND_REPORT || options->command == COMMAND_PLOT;
    return !options->quiet && (explains || draws);
}

struct capan_story *stories_open(const struct options *options, uint64_t memory) {
    const bool draws = options->command != COMMAND_EXPLAIN;
    const uint32_t frame = options->frame < 0 || draws ? 0 : (uint32_t)options->frame;
    struct capan_story *story = capan_story_new(stdout, &options->layout, frame, memory);
    if (story && draws) capan_story_draws(story);
    return story;
}

static bool close_plot(struct capan_story *story, const struct options *options) {
    uint64_t left;
    const bool fine = capan_story_close_plot(story, &options->plot, &left);
    const int reason = errno;
    if (fine && left)
        g_printerr("capan: %" G_GUINT64_FORMAT " more connections are not drawn; --stream N draws another\n", left);
    errno = reason;
    return fine;
}

bool stories_close(struct capan_story *story, const struct options *options, const struct capan_source *source,
                   const struct capan_totals *totals, const struct capan_finding *findings, size_t count) {
    switch (options->command) {
    case COMMAND_REPORT: return capan_story_close_html(story, source, totals, findings, count);
    case COMMAND_PLOT: return close_plot(story, options);
    default: return capan_story_close(story, source);
    }
}
