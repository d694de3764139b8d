/* SPDX-License-Identifier: MIT */
/* Any connections captured at two places: an octet for what is written, one for how, then feed.h's steps; what is lost
 * is in one capture alone. */
#define _POSIX_C_SOURCE 200809L
#include "capan/capan.h"
#include "documents.h"
#include "feed.h"

enum { ITSELF = 1, LATE = 2, SMALL_MEMORY = 4, TURNED = 8, DATAGRAMS = 16 };
enum what { ROWS_TEXT, ROWS_CSV, ROWS_JSON, ROWS_NDJSON, NOTE, PAGE, WHATS };

/* --- memory --- */

/* Large blocks are kept for the next run: getting them from the system takes most of the time. */
enum { LARGE = 1 << 16, KEPT_MAX = 16 };

static struct kept {
    void *block;
    size_t size;
} kept[KEPT_MAX];

static void *take_kept(size_t size) {
    for (struct kept *at = kept; at < kept + KEPT_MAX; at++) {
        void *block = at->block;
        if (!block || at->size != size) continue;
        at->block = NULL;
        return block;
    }
    return NULL;
}

static bool keep(void *block, size_t size) {
    for (struct kept *at = kept; at < kept + KEPT_MAX; at++) {
        if (at->block) continue;
        *at = (struct kept){block, size};
        return true;
    }
    return false;
}

static void *resize(void *context, void *block, size_t old_size, size_t new_size) {
    if (!block && new_size >= LARGE && (block = take_kept(new_size))) return block;
    if (block && !new_size && old_size >= LARGE && keep(block, old_size)) return NULL;
    return capan_libc.resize(context, block, old_size, new_size);
}

static const struct capan_alloc alloc = {resize, NULL};

/* --- what is written --- */

struct desk {
    struct capan_stitch *stitch;
    struct capan_report *report;
    struct capan_stitch_note *note;
    uint32_t code;
};

static void hear(void *context, const struct capan_stitch_row *row) {
    const struct desk *desk = context;
    require(row->row < CAPAN_STITCH_ROW_COUNT && row->fate < CAPAN_STITCH_FATE_COUNT, "a row is of its list");
    if (desk->report) capan_report_stitch(desk->report, row);
    if (desk->note) capan_stitch_note_row(desk->note, row);
}

/* A third is taken for UDP, a third for ICMP, with datagrams. */
static void give(const struct desk *desk, enum capan_stitch_side side, const struct capan_packet *packet) {
    static const enum capan_stitch_protocol protocols[] = {CAPAN_STITCH_TCP, CAPAN_STITCH_UDP, CAPAN_STITCH_ICMP};
    const enum capan_stitch_protocol protocol = protocols[desk->code & DATAGRAMS ? packet->frame % 3 : 0];
    const bool itself = desk->code & ITSELF;
    if (protocol == CAPAN_STITCH_TCP)
        itself ? capan_stitch_self(desk->stitch, packet) : capan_stitch_packet(desk->stitch, side, packet);
    else if (itself)
        capan_stitch_self_datagram(desk->stitch, packet, protocol);
    else
        capan_stitch_datagram(desk->stitch, side, packet, protocol);
}

/* B's clock is ahead. */
static void take_packet(void *context, const struct capan_packet *packet, bool lost) {
    const struct desk *desk = context;
    struct capan_packet second = *packet;
    const bool at_b = desk->code & TURNED;
    second.time_ns += desk->code & LATE ? INT64_C(3000000000) : 250000;
    give(desk, at_b ? CAPAN_STITCH_B : CAPAN_STITCH_A, packet);
    if (!lost) give(desk, at_b ? CAPAN_STITCH_A : CAPAN_STITCH_B, &second);
}

static void check(enum what what, struct capan_span text) {
    static const char *const *const no_scripts[] = {NULL};
    switch (what) {
    case ROWS_CSV: document_csv(text); break;
    case ROWS_JSON: document_json(text); break;
    case ROWS_NDJSON: document_ndjson(text); break;
    case PAGE: document_markup(text, no_scripts); break;
    default: document_text(text);
    }
}

static void open_writer(struct desk *desk, FILE *out, enum what what) {
    static const enum capan_format formats[] = {CAPAN_TEXT, CAPAN_CSV, CAPAN_JSON, CAPAN_NDJSON};
    if (what < NOTE) desk->report = capan_report_new(out, formats[what], CAPAN_ROWS_STITCH, NULL);
    if (what >= NOTE) desk->note = capan_stitch_note_new(out, NULL);
    if (what == PAGE) capan_stitch_note_draws(desk->note);
}

static void finish(const struct desk *desk) {
    struct capan_stitch_totals totals;
    capan_stitch_end(desk->stitch, CAPAN_STITCH_A);
    capan_stitch_end(desk->stitch, CAPAN_STITCH_B);
    capan_stitch_finish(desk->stitch);
    capan_stitch_count(desk->stitch, &totals);
    if (desk->report) require(capan_report_close(desk->report), "rows are written");
    if (desk->note)
        require(capan_stitch_note_close(desk->note, "a<b>.pcap", desk->code & ITSELF ? NULL : "b&c.pcap", &totals),
                "a note is written");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct desk desk = {.code = 0};
    struct feed feed = {.input = {data, size}, .take = take_packet, .context = &desk};
    const enum what what = (enum what)(feed_number(&feed, 1) % WHATS);
    char *text = NULL;
    size_t len;
    desk.code = feed_number(&feed, 1);
    const struct capan_stitch_config config = {
        .memory = desk.code & SMALL_MEMORY ? 1 << 16 : 1 << 22, .seed = 1, .row = hear, .context = &desk};
    FILE *out = open_memstream(&text, &len);
    desk.stitch = capan_stitch_new(&config, &alloc);
    require(out && desk.stitch, "memory");
    open_writer(&desk, out, what);
    while (feed_step(&feed)) continue;
    finish(&desk);
    capan_stitch_free(desk.stitch);
    fclose(out);
    check(what, (struct capan_span){(const uint8_t *)text, len});
    free(text);
    return 0;
}
