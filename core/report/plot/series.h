/* SPDX-License-Identifier: MIT */
/* What the charts of one direction of a connection draw: marks by time, gathered from a story's segments. */
#ifndef SERIES_H
#define SERIES_H

#include "gathered.h"

/* X(name, class, form, label): what is drawn, in the order of drawing: later ones lie on top. The class is the style
 * sheet's; the form of marks: steps from value to value, bars from low to high, or dots; the label is for the key. */
#define CAPAN_SERIES(X)                                                                                                \
    X(EDGE, "edge", STEPS, "window's edge")                                                                            \
    X(ACKS, "acks", STEPS, "acknowledged")                                                                             \
    X(SACKS, "sacks", BARS, "SACK")                                                                                    \
    X(DATA, "data", BARS, "sent")                                                                                      \
    X(LATE, "late", BARS, "overtaken on the way")                                                                      \
    X(AGAIN, "again", BARS, "sent again")                                                                              \
    X(PROBES, "probe", DOTS, "probe")                                                                                  \
    X(RESETS, "reset", DOTS, "reset")                                                                                  \
    X(FREE, "edge", STEPS, "receiver's window")                                                                        \
    X(OUTSTANDING, "data", STEPS, "not acknowledged")                                                                  \
    X(FLIGHT, "acks", STEPS, "without what was SACKed")                                                                \
    X(CWND, "cwnd", DOTS, "congestion window, where it held back")                                                     \
    X(ROUND_TRIPS, "acks", DOTS, "round trip")                                                                         \
    X(SENT, "again", STEPS, "sent, repeats included")                                                                  \
    X(ARRIVED, "acks", STEPS, "acknowledged")                                                                          \
    X(WINDOW, "edge", STEPS, "window offered")                                                                         \
    X(CLOSED, "reset", DOTS, "closed")

#define CAPAN_X(name, ...) CAPAN_SERIES_##name,
enum capan_series_name { CAPAN_SERIES(CAPAN_X) CAPAN_SERIES_COUNT };
#undef CAPAN_X
enum capan_form { CAPAN_FORM_STEPS, CAPAN_FORM_BARS, CAPAN_FORM_DOTS };

struct capan_look {
    const char *class, *label;
    enum capan_form form;
};
extern const struct capan_look capan_looks[CAPAN_SERIES_COUNT];

#define CAPAN_NO_KIND UINT8_MAX

struct capan_mark {
    int64_t time_ns; /* since the connection's first packet */
    int64_t low, high;
    uint32_t frame; /* 0 none */
    uint8_t kind;   /* enum capan_tcp_kind of its segment, or CAPAN_NO_KIND */
};

struct capan_series {
    struct capan_mark *at;
    size_t count, capacity;
};

/* One direction. Owned by the caller: gather, then free. */
struct capan_marks {
    struct capan_series series[CAPAN_SERIES_COUNT];
    int64_t last_ns;     /* of the connection */
    int64_t busy_ns;     /* of its last data or ACK of data */
    int64_t interval_ns; /* what throughput is averaged over */
};

/* A connection's segments in the story, in order: the caller's slice of pointers. False without memory. */
bool capan_marks_gather(struct capan_marks *, const struct capan_story *, const struct capan_step *const *steps,
                        size_t count, enum capan_direction);
void capan_marks_free(struct capan_marks *);

/* The story's steps by connection; NULL without memory. To be freed. */
const struct capan_step **capan_steps_by_stream(const struct capan_story *);
/* A connection's among them. */
const struct capan_step *const *capan_steps_of(const struct capan_step *const *steps, size_t all, uint32_t stream,
                                               size_t *count);

#endif
