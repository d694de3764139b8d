/* SPDX-License-Identifier: MIT */
/* Any octets on the streams of one HTTP/3 connection, with holes, splits and ends, up to the parts of messages. Built
 * for libFuzzer with CAPAN_FUZZ; else with a main that replays files.
 *
 * The input is steps of two octets: what and where, then how many octets, which follow. Field sections are toy.h's. */

#include "h3.h"
#include "require.h"
#include "toy.h"

enum { STREAM = 0x0f, FROM_SERVER = 0x10, KIND = 0xe0, GAP = 0x20, END = 0x40, RESET = 0x60, CLOSE = 0x80 };
enum { STREAMS = STREAM + 1, MEMORY_MAX = 16 << 20 };

struct talk {
    struct capan_h3_stream *streams[STREAMS];
    bool over[STREAMS][2];
    uint32_t frame;
};

/* --- what is told --- */

static void check(const struct talk *talk, const struct capan_part *part) {
    require(part->stream >= 0 && part->stream < STREAMS, "a part is of a stream");
    require(part->first.frame <= part->last.frame && part->last.frame == talk->frame, "its moments are in order");
}

static void hear_head(void *context, const struct capan_part *part, const struct capan_http_head *head) {
    check(context, part);
    require(part->wire_len > 0, "a head takes octets");
    require(head->request == part->request && head->version == 30, "a head is its part's");
}

static void hear_unread(void *context, const struct capan_part *part, enum capan_http_framing why) {
    check(context, part);
    require(why == CAPAN_FRAMING_UNREADABLE || why == CAPAN_FRAMING_HEAD_CUT, "a reason is one of two");
}

static void hear_body(void *context, const struct capan_part *part, struct capan_span octets, uint64_t missing) {
    check(context, part);
    require(part->wire_len >= octets.len + missing, "content is a part of what was sent");
}

static void hear_end(void *context, const struct capan_part *part, bool reset) {
    check(context, part);
    (void)reset;
}

static void hear_lost(void *context, bool requests) {
    (void)context, (void)requests;
}

static const struct capan_parts_sink sink = {hear_head, hear_unread, hear_body, hear_end, hear_lost};

/* --- what is said --- */

static void step(struct talk *talk, struct capan_h3 *h3, uint8_t what, struct capan_span octets) {
    const struct moment now = {++talk->frame, 0};
    const int id = what & STREAM;
    bool from_client = !(what & FROM_SERVER), *over = &talk->over[id][!from_client];
    if (!talk->streams[id]) talk->streams[id] = capan_h3_open(h3, id);
    struct capan_h3_stream *stream = talk->streams[id];
    if (!stream) return;
    if ((what & KIND) == CLOSE) {
        capan_h3_close(stream);
        talk->streams[id] = NULL;
        talk->over[id][0] = talk->over[id][1] = false;
    } else if (*over) {
        return;
    } else if ((what & KIND) == GAP) {
        capan_h3_gap(stream, from_client, 1 + octets.len, now);
    } else if ((what & KIND) == END || (what & KIND) == RESET) {
        capan_h3_end(stream, from_client, (what & KIND) == RESET, now);
        *over = true;
    } else {
        capan_h3_octets(stream, from_client, octets, now);
    }
}

static void close_all(struct talk *talk, struct capan_h3 *h3) {
    for (int id = 0; id < STREAMS; id++)
        if (talk->streams[id]) capan_h3_close(talk->streams[id]);
    capan_h3_free(h3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_span input = {data, size};
    struct capan_counter counter;
    struct talk talk = {.frame = 0};
    capan_counter_init(&counter, &capan_libc);
    struct capan_h3 *h3 = capan_h3_new(&counter.alloc, &toy_qpack, &sink, &talk);
    if (!h3) return 0;
    while (input.len >= 2) {
        struct capan_span what = span_take(&input, 2);
        step(&talk, h3, what.at[0], span_take(&input, what.at[1]));
    }
    close_all(&talk, h3);
    require(counter.held == 0, "all memory is given back");
    require(counter.peak < MEMORY_MAX, "memory is bounded");
    return 0;
}
