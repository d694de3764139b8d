/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frames.h"

#include "verdicts.h"

/* A frame of a file: its shown number, where the file has it, when it was captured. */
struct mark {
    uint32_t shown;
    gint64 offset;
    nstime_t time;
};

static struct {
    int64_t origin_ns;      /* when the first one was captured */
    struct mark last;       /* the frame read last; shown is 0 at first */
    struct mark end_before; /* the last one when reading ended last time; likewise */
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

void capan_frames_open(void) {
    frames.last = (struct mark){0};
}

void capan_frames_end(void) {
    frames.end_before = frames.last;
}

bool capan_frames_is_last_again(const packet_info *pinfo) {
    const struct mark now = mark_of(pinfo), *end = &frames.end_before;

    return now.shown == end->shown && now.offset == end->offset && nstime_cmp(&now.time, &end->time) == 0;
}

/* Another frame with the last one's number: the last one was dropped. */
uint32_t capan_frames_read(const packet_info *pinfo) {
    struct capan_ledger *ledger = capan_verdicts_ledger();

    if (pinfo->num == frames.last.shown && pinfo->fd->file_off != frames.last.offset)
        capan_ledger_drop(ledger, capan_ledger_in_capture(ledger, pinfo->num));
    if (!frames.last.shown) frames.origin_ns = capan_frames_time(pinfo);
    frames.last = mark_of(pinfo);
    return capan_ledger_in_capture(ledger, pinfo->num);
}
