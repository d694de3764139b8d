/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frames.h"

/* A frame of a file: its shown number, where the file has it, when it was captured. */
struct mark {
    uint32_t shown;
    gint64 offset;
    nstime_t time;
};

static struct {
    GArray *dropped;        /* uint32_t: the file's numbers of dropped frames, ascending */
    int64_t origin_ns;      /* when the first one was captured */
    struct mark last;       /* the frame read last */
    struct mark end_before; /* the last one when reading ended last time; shown is 0 when there was no such time */
} frames;

static struct mark mark_of(const packet_info *pinfo) {
    return (struct mark){pinfo->num, pinfo->fd->file_off, pinfo->abs_ts};
}

int64_t capan_frames_time(const packet_info *pinfo) {
    return (int64_t)pinfo->abs_ts.secs * 1000000000 + pinfo->abs_ts.nsecs;
}

int64_t capan_frames_origin(void) {
    return frames.origin_ns;
}

static uint32_t dropped_at(guint i) {
    return g_array_index(frames.dropped, uint32_t, i);
}

void capan_frames_open(void) {
    frames.dropped = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    frames.last = (struct mark){0};
}

void capan_frames_end(void) {
    frames.end_before = frames.last;
}

bool capan_frames_is_last_again(const packet_info *pinfo) {
    const struct mark now = mark_of(pinfo), *end = &frames.end_before;

    return now.shown == end->shown && now.offset == end->offset && nstime_cmp(&now.time, &end->time) == 0;
}

void capan_frames_close(void) {
    if (frames.dropped) g_array_free(frames.dropped, TRUE);
    frames.dropped = NULL;
}

/* Another frame with the last one's number: the last one was dropped. */
uint32_t capan_frames_read(const packet_info *pinfo) {
    if (pinfo->num == frames.last.shown && pinfo->fd->file_off != frames.last.offset) {
        uint32_t in_file = frames.last.shown + frames.dropped->len;
        g_array_append_val(frames.dropped, in_file);
    }
    if (!frames.last.shown) frames.origin_ns = capan_frames_time(pinfo);
    frames.last = mark_of(pinfo);
    return pinfo->num + frames.dropped->len;
}

/* The i-th dropped frame had the number dropped[i] - i when it was read. */
uint32_t capan_frames_in_file(uint32_t shown) {
    guint low = 0, high = frames.dropped->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (dropped_at(middle) - middle <= shown)
            low = middle + 1;
        else
            high = middle;
    }
    return shown + low;
}

/* 0 when the read filter dropped it. */
static uint32_t shown_of(uint32_t in_file) {
    guint low = 0, high = frames.dropped->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (dropped_at(middle) < in_file)
            low = middle + 1;
        else
            high = middle;
    }
    return low < frames.dropped->len && dropped_at(low) == in_file ? 0 : in_file - low;
}

bool capan_frames_differ(void) {
    return frames.dropped->len > 0;
}

/* Every member of the core's rows that is a frame number, or an array of them. */
#define MEMBER(rows, type, name)                                                                                       \
    { CAPAN_ROWS_##rows, offsetof(struct type, name), sizeof((struct type *)NULL)->name / sizeof(uint32_t) }
static const struct member {
    uint8_t rows;
    uint16_t offset, count;
} members[] = {
    MEMBER(SEGMENTS, capan_segment, frame),
    MEMBER(SEGMENTS, capan_segment, acked_in),
    MEMBER(SEGMENTS, capan_segment, because),
    MEMBER(EXCHANGES, capan_exchange, request.first_frame),
    MEMBER(EXCHANGES, capan_exchange, request.last_frame),
    MEMBER(EXCHANGES, capan_exchange, response.first_frame),
    MEMBER(EXCHANGES, capan_exchange, response.last_frame),
    MEMBER(EXCHANGES, capan_exchange, validator_in),
    MEMBER(EXCHANGES, capan_exchange, known_in),
    MEMBER(EXCHANGES, capan_exchange, delayed_in),
    MEMBER(EXCHANGES, capan_exchange, crossed_fin),
    MEMBER(CONNECTIONS, capan_connection, first_frame),
    MEMBER(CONNECTIONS, capan_connection, last_frame),
    MEMBER(CONNECTIONS, capan_connection, tcp.side[CAPAN_C2S].fin_frame),
    MEMBER(CONNECTIONS, capan_connection, tcp.side[CAPAN_C2S].rst_frame),
    MEMBER(CONNECTIONS, capan_connection, tcp.side[CAPAN_S2C].fin_frame),
    MEMBER(CONNECTIONS, capan_connection, tcp.side[CAPAN_S2C].rst_frame),
    MEMBER(CONNECTIONS, capan_connection, tcp.handshake_frames),
    MEMBER(CONNECTIONS, capan_connection, tcp.pmtu_frame),
    MEMBER(CONNECTIONS, capan_connection, ping.passed_frame),
    MEMBER(CONNECTIONS, capan_connection, ping.refused_frame),
};

static void show_member(const struct member *member, void *row) {
    uint32_t *at = (uint32_t *)((uint8_t *)row + member->offset);

    for (uint16_t i = 0; i < member->count; i++) at[i] = shown_of(at[i]);
}

void capan_frames_show(enum capan_rows rows, void *row) {
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (members[i].rows == rows) show_member(&members[i], row);
}

uint32_t capan_frames_show_list(uint32_t *at, uint32_t count) {
    uint32_t left = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t shown = shown_of(at[i]);
        if (shown) at[left++] = shown;
    }
    return left;
}
