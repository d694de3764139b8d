/* SPDX-License-Identifier: MIT */
/* A chart: which series it draws, on which plane of whole numbers, and which of their marks where there are too many.
 */
#ifndef CHART_H
#define CHART_H

#include "human.h"
#include "series.h"

enum { CAPAN_CHART_SERIES = 9 };

/* What its values are. */
enum capan_measure { CAPAN_MEASURE_OCTETS, CAPAN_MEASURE_RATE, CAPAN_MEASURE_TIME };

struct capan_chart_row {
    const char *title, *axis; /* what it shows; what its values are */
    enum capan_measure measure;
    uint8_t series[CAPAN_CHART_SERIES], count; /* in the order of drawing */
};
extern const struct capan_chart_row capan_chart_rows[CAPAN_CHART_COUNT];

/* Where marks come to lie: x grows with time, y downwards. A unit is as small as whole numbers allow. */
struct capan_plane {
    int64_t from_ns, to_ns; /* that are shown at first */
    int64_t top;            /* the highest value that is */
    int64_t x_unit, y_unit; /* nanoseconds; octets, or what the values are */
    int64_t width, height;  /* in units */
    size_t outside;         /* marks that lie behind to_ns */
};
struct capan_plane capan_plane_of(enum capan_chart, const struct capan_marks *);
int64_t capan_plane_x(const struct capan_plane *, int64_t time_ns);
int64_t capan_plane_y(const struct capan_plane *, int64_t value);

/* False: the chart has nothing to show. */
bool capan_chart_has_marks(enum capan_chart, const struct capan_marks *);

/* Calls draw for each mark of the series that is drawn, in order. Where there are more than can be told apart, in each
 * small part of the time the first, the last, the lowest and the highest. Returns how many were drawn. */
size_t capan_chart_draw(const struct capan_plane *, const struct capan_series *,
                        void (*draw)(void *context, const struct capan_mark *), void *context);

/* The distance of ticks, 1, 2 or 5 with zeros, so that about as many as wanted fit into the range. */
int64_t capan_tick_step(int64_t range, unsigned wanted);
/* A value as a tick names it. */
char *capan_tick_text(char text[CAPAN_HUMAN], enum capan_measure, int64_t value);

#endif
