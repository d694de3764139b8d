/* SPDX-License-Identifier: MIT */
/* The charts of a connection, in both directions. */
#ifndef PLOT_H
#define PLOT_H

#include "svg.h"

/* A story's connections in the order in which they ask to be looked at, and its segments by connection. Owned by the
 * caller: open, then close. */
struct capan_plots {
    const struct capan_story *story;
    const struct capan_connection **connections;
    const struct capan_step **steps;
};
/* False without memory; to be closed in any case. */
bool capan_plots_open(struct capan_plots *, const struct capan_story *);
void capan_plots_close(struct capan_plots *);

/* Both directions of one of them, to the same end of time. Owned by the caller: gather, then free. */
struct capan_plotted {
    struct capan_marks marks[2];
};
bool capan_plotted_gather(struct capan_plotted *, const struct capan_plots *, const struct capan_connection *);
void capan_plotted_free(struct capan_plotted *);

/* Its charts as figures of the HTML document, those of each direction that sent data. */
void capan_plotted_figures(struct capan_out *, const struct capan_plotted *, const struct capan_connection *);

/* The first one's charts, as they were asked for. *left: the connections that are not drawn. False without memory. */
bool capan_plot_write(struct capan_story *, const struct capan_plot *, uint64_t *left);

#endif
