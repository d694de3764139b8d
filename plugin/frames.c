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

uint32_t capan_frames_shown(uint32_t in_file) {
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
