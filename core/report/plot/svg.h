/* SPDX-License-Identifier: MIT */
/* Charts as SVG: in a sheet of its own, or as figures of the HTML document. */
#ifndef SVG_H
#define SVG_H

#include "chart.h"

/* One direction of a connection, to be drawn. */
struct capan_side_plot {
    const struct capan_connection *connection;
    const struct capan_marks *marks;
    enum capan_direction direction;
};

/* The sheet's head, with its style; charts below each other, in a sheet of that many charts and headings; its end. */
void capan_svg_begin(struct capan_out *, unsigned charts, unsigned lines);
void capan_svg_line(struct capan_out *, int *y, const char *text, bool heading);
void capan_svg_chart(struct capan_out *, int *y, enum capan_chart, const struct capan_side_plot *);
void capan_svg_end(struct capan_out *);

/* A figure of the HTML document, with what the script needs to know of its marks. */
void capan_svg_figure(struct capan_out *, enum capan_chart, const struct capan_side_plot *);
/* Colours and lines of charts. */
extern const char capan_chart_style[];
/* The script that zooms and tells, in parts; NULL ends it. */
extern const char *const capan_chart_script[];

#endif
