/* SPDX-License-Identifier: MIT */
#include "capan/capture.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "filter.h"
#include "link.h"
#include "part.h"

enum { LINK_TEXT = 32 };

struct capan_capture {
    struct capan_part **parts; /* in the order in which they were named */
    size_t count, capacity;
    struct capan_part *current;     /* the one that had the last record; NULL none yet */
    const struct capan_part *after; /* of several, the one whose turn is next; NULL there is none left */
    int stop;
    struct capan_decoder *decoder;
    struct capan_filters filters;
    struct capan_capture_totals totals;
    enum capan_result ended;  /* CAPAN_OK while there may be more */
    enum capan_result failed; /* why one of the files ended before its end; CAPAN_OK none did */
    char message[CAPAN_MESSAGE];
    char link[LINK_TEXT];
    char unread[LINK_TEXT]; /* of the first packet's link type that is not decoded; "" none */
    bool link_known;        /* packets of link are decoded */
};

/* --- opening --- */

static void write_link(char text[LINK_TEXT], uint32_t link_type) {
    const char *name = pcap_datalink_val_to_name(capan_dlt_of(link_type));
    if (name)
        snprintf(text, LINK_TEXT, "%s", name);
    else
        snprintf(text, LINK_TEXT, "LINKTYPE_%u", (unsigned)link_type);
}

static void name_link(struct capan_capture *capture, uint32_t link_type) {
    if (capture->link[0]) return;
    capture->link_known = capan_link_known(link_type);
    write_link(capture->link, link_type);
}

/* A pcap file of another link type has nothing that could be read; one of pcapng may have other interfaces. */
static enum capan_result check_link(const struct capan_part *part, char message[CAPAN_MESSAGE]) {
    char link[LINK_TEXT];
    if (part->file.pcapng || capan_link_known(part->link_type)) return CAPAN_OK;
    write_link(link, part->link_type);
    snprintf(message, CAPAN_MESSAGE, "link type %s is not decoded", link);
    return CAPAN_UNSUPPORTED;
}

static enum capan_result no_memory(char message[CAPAN_MESSAGE]) {
    snprintf(message, CAPAN_MESSAGE, "%s", capan_result_text(CAPAN_NO_MEMORY));
    return CAPAN_NO_MEMORY;
}

static enum capan_result room_for_part(struct capan_capture *capture, char message[CAPAN_MESSAGE]) {
    void *items = capture->parts;
    if (capan_reserve(&capan_libc, &items, &capture->capacity, capture->count + 1, sizeof(struct capan_part *)) !=
        CAPAN_OK)
        return no_memory(message);
    capture->parts = items;
    return CAPAN_OK;
}

enum capan_result capan_capture_add(struct capan_capture *capture, const char *path, char message[256]) {
    enum capan_result result = room_for_part(capture, message);
    if (result != CAPAN_OK) return result;
    struct capan_part *part = capan_new(&capan_libc, sizeof *part);
    if (!part) return no_memory(message);
    result = capan_part_open(part, path, (unsigned)capture->count, capture->stop, message);
    if (result == CAPAN_OK) result = check_link(part, message);
    if (result != CAPAN_OK) {
        capan_part_close(part);
        capan_delete(&capan_libc, part, sizeof *part);
        return result;
    }
    if (part->link_told) name_link(capture, part->link_type);
    if (capture->count) capan_part_wait(part);
    capture->parts[capture->count++] = part;
    return CAPAN_OK;
}

static enum capan_result open_parts(struct capan_capture *capture, const char *path,
                                    const struct capan_capture_config *config, char message[256]) {
    enum capan_result result = capan_capture_add(capture, path, message);
    if (result != CAPAN_OK) return result;
    /* A pcapng file may describe its interfaces later: until then, a filter is compiled for Ethernet. */
    result = capan_filters_open(&capture->filters, config->filter, capture->parts[0]->link_type, message);
    if (result != CAPAN_OK) return result;
    capture->decoder = capan_decoder_new(&capan_libc);
    return capture->decoder ? CAPAN_OK : no_memory(message);
}

enum capan_result capan_capture_open(struct capan_capture **opened, const char *path,
                                     const struct capan_capture_config *config, char message[256]) {
    static const struct capan_capture_config defaults = {.stop = -1};
    *opened = NULL;
    struct capan_capture *capture = capan_new(&capan_libc, sizeof *capture);
    if (!capture) return no_memory(message);
    if (!config) config = &defaults;
    capture->stop = config->stop;
    enum capan_result result = open_parts(capture, path, config, message);
    if (result == CAPAN_OK)
        *opened = capture;
    else
        capan_capture_close(capture);
    return result;
}

void capan_capture_close(struct capan_capture *capture) {
    if (!capture) return;
    capan_decoder_free(capture->decoder);
    capan_filters_close(&capture->filters);
    for (size_t i = 0; i < capture->count; i++) {
        capan_part_close(capture->parts[i]);
        capan_delete(&capan_libc, capture->parts[i], sizeof *capture->parts[i]);
    }
    capan_delete(&capan_libc, capture->parts, capture->capacity * sizeof(struct capan_part *));
    capan_delete(&capan_libc, capture, sizeof *capture);
}

/* --- which file is next --- */

/* The last component tells files apart best where there is little room. */
static const char *short_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* A file that ends early does not end the others. */
static void end_part(struct capan_capture *capture, struct capan_part *part, enum capan_result result) {
    const bool named = capture->count > 1;
    if (result != CAPAN_END && capture->failed == CAPAN_OK) {
        capture->failed = result;
        snprintf(capture->message, sizeof capture->message, "%.80s%s%.160s", named ? short_name(part->path) : "",
                 named ? ": " : "", part->file.message);
    }
    capan_part_end(part);
}

/* Brings the part's next record, or ends it. Secrets are handed on as soon as they are read: they are for what follows.
 */
static void load(struct capan_capture *capture, struct capan_part *part, const struct capan_capture_sink *sink) {
    enum capan_result result;
    if (part->state == CAPAN_PART_WAITING && (result = capan_part_resume(part)) != CAPAN_OK) {
        end_part(capture, part, result);
        return;
    }
    while ((result = capan_part_next(part)) == CAPAN_OK && part->record.secrets.at)
        if (sink->secrets) sink->secrets(sink->context, part->record.secrets);
    if (result != CAPAN_OK) end_part(capture, part, result);
}

/* The first and the second whose turn it is, by what is known. */
static void rank(struct capan_capture *capture) {
    struct capan_part *first = NULL, *second = NULL;
    for (size_t i = 0; i < capture->count; i++) {
        struct capan_part *part = capture->parts[i];
        if (part->state == CAPAN_PART_OVER) continue;
        if (!first || capan_part_before(part, first)) {
            second = first;
            first = part;
        } else if (!second || capan_part_before(part, second)) {
            second = part;
        }
    }
    capture->current = first;
    capture->after = second;
}

/* The first call: those that wait for nobody have their first records read. */
static void begin(struct capan_capture *capture, const struct capan_capture_sink *sink) {
    for (size_t i = 0; i < capture->count; i++)
        if (capture->parts[i]->state == CAPAN_PART_OPEN) load(capture, capture->parts[i], sink);
    rank(capture);
}

/* The part with the next record, NULL at the end of all. */
static struct capan_part *next_part(struct capan_capture *capture, const struct capan_capture_sink *sink) {
    if (!capture->current)
        begin(capture, sink);
    else
        load(capture, capture->current, sink);
    struct capan_part *part = capture->current;
    if (part && part->state == CAPAN_PART_OPEN && (!capture->after || capan_part_before(part, capture->after)))
        return part;
    for (rank(capture); (part = capture->current) && !part->has_record; rank(capture)) load(capture, part, sink);
    return part;
}

/* --- reading --- */

static enum capan_result finish(struct capan_capture *capture, enum capan_result result) {
    capture->ended = result;
    capan_link_finish(capture->decoder, &capture->totals);
    return result;
}

static enum capan_result decode(struct capan_capture *capture, const struct capan_record *record,
                                const struct capan_capture_sink *sink) {
    struct capan_capture_totals *totals = &capture->totals;
    totals->frames++;
    totals->octets += record->wire_len;
    if (record->octets.len < record->wire_len) totals->snapped++;
    if (record->foreign) {
        totals->passed++;
        return CAPAN_OK;
    }
    name_link(capture, record->link_type);
    if (capture->filters.text) {
        bool wanted;
        enum capan_result result = capan_filters_match(&capture->filters, record, &wanted, capture->message);
        if (result != CAPAN_OK) return finish(capture, result);
        totals->passed += !wanted;
        if (!wanted) return CAPAN_OK;
    }
    const uint64_t unlinked = totals->unlinked;
    struct capan_frame frame = {record->time_ns, (uint32_t)totals->frames, record->link_type, record->wire_len,
                                record->octets};
    capan_link_decode(capture->decoder, &frame, sink, totals);
    if (totals->unlinked > unlinked && !capture->unread[0]) write_link(capture->unread, record->link_type);
    return CAPAN_OK;
}

enum capan_result capan_capture_next(struct capan_capture *capture, const struct capan_capture_sink *sink) {
    if (capture->ended) return capture->ended;
    const struct capan_part *part = next_part(capture, sink);
    if (!part) return finish(capture, capture->failed ? capture->failed : CAPAN_END);
    return decode(capture, &part->record, sink);
}

/* --- what was read --- */

const char *capan_capture_message(const struct capan_capture *capture) {
    return capture->message;
}

void capan_capture_count(const struct capan_capture *capture, struct capan_capture_totals *totals) {
    *totals = capture->totals;
    totals->dropped = 0;
    for (size_t i = 0; i < capture->count; i++) {
        const struct capan_part *part = capture->parts[i];
        totals->dropped += part->state == CAPAN_PART_OVER ? part->dropped : part->file.dropped;
    }
}

void capan_capture_progress(const struct capan_capture *capture, uint64_t *done, uint64_t *size) {
    bool known = true;
    *done = *size = 0;
    for (size_t i = 0; i < capture->count; i++) {
        const struct capan_part *part = capture->parts[i];
        *done += part->state == CAPAN_PART_OVER ? part->consumed : part->input.file.consumed;
        *size += part->size;
        known = known && part->size;
    }
    if (!known) *size = 0;
}

bool capan_capture_link_known(const struct capan_capture *capture) {
    return capture->link_known;
}

const char *capan_capture_link_unread(const struct capan_capture *capture) {
    return capture->unread[0] ? capture->unread : NULL;
}

const char *capan_capture_link(const struct capan_capture *capture) {
    return capture->link[0] ? capture->link : "none";
}
