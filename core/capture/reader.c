/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"

/* --- opening --- */

static void write_link(char text[CAPAN_LINK_TEXT], uint32_t link_type) {
    const char *name = pcap_datalink_val_to_name(capan_dlt_of(link_type));
    if (name)
        snprintf(text, CAPAN_LINK_TEXT, "%s", name);
    else
        snprintf(text, CAPAN_LINK_TEXT, "LINKTYPE_%u", (unsigned)link_type);
}

static void name_link(struct capan_reader *reader, uint32_t link_type) {
    if (reader->link[0]) return;
    reader->link_known = capan_link_known(link_type);
    write_link(reader->link, link_type);
}

/* A pcap file of another link type has nothing that could be read; one of pcapng may have other interfaces. */
static enum capan_result check_link(const struct capan_part *part, char message[CAPAN_MESSAGE]) {
    char link[CAPAN_LINK_TEXT];
    if (part->file.pcapng || capan_link_known(part->link_type)) return CAPAN_OK;
    write_link(link, part->link_type);
    snprintf(message, CAPAN_MESSAGE, "link type %s is not decoded", link);
    return CAPAN_UNSUPPORTED;
}

static enum capan_result no_memory(char message[CAPAN_MESSAGE]) {
    snprintf(message, CAPAN_MESSAGE, "%s", capan_result_text(CAPAN_NO_MEMORY));
    return CAPAN_NO_MEMORY;
}

static enum capan_result room_for_part(struct capan_reader *reader, char message[CAPAN_MESSAGE]) {
    void *items = reader->parts;
    if (capan_reserve(&capan_libc, &items, &reader->capacity, reader->count + 1, sizeof(struct capan_part *)) !=
        CAPAN_OK)
        return no_memory(message);
    reader->parts = items;
    return CAPAN_OK;
}

enum capan_result capan_reader_add(struct capan_reader *reader, const char *path, char message[256]) {
    enum capan_result result = room_for_part(reader, message);
    if (result != CAPAN_OK) return result;
    struct capan_part *part = capan_new(&capan_libc, sizeof *part);
    if (!part) return no_memory(message);
    result = capan_part_open(part, path, (unsigned)reader->count, reader->stop, message);
    if (result == CAPAN_OK) result = check_link(part, message);
    if (result != CAPAN_OK) {
        capan_part_close(part);
        capan_delete(&capan_libc, part, sizeof *part);
        return result;
    }
    if (part->link_told) name_link(reader, part->link_type);
    if (!reader->count) reader->slice = part->file.slice;
    if (reader->count) capan_part_wait(part);
    reader->parts[reader->count++] = part;
    return CAPAN_OK;
}

enum capan_result capan_reader_open(struct capan_reader *reader, const char *path,
                                    const struct capan_capture_config *config, char message[256]) {
    reader->stop = config->stop;
    reader->profile = config->profile;
    reader->datagrams = config->datagrams;
    enum capan_result result = capan_reader_add(reader, path, message);
    if (result != CAPAN_OK) return result;
    /* A pcapng file may describe its interfaces later: until then, a filter is compiled for Ethernet. */
    result = capan_filters_open(&reader->filters, config->filter, reader->parts[0]->link_type, message);
    if (result != CAPAN_OK) return result;
    reader->decoder = capan_decoder_new(&capan_libc);
    return reader->decoder ? CAPAN_OK : no_memory(message);
}

void capan_reader_close(struct capan_reader *reader) {
    capan_decoder_free(reader->decoder);
    capan_filters_close(&reader->filters);
    for (size_t i = 0; i < reader->count; i++) {
        capan_part_close(reader->parts[i]);
        capan_delete(&capan_libc, reader->parts[i], sizeof *reader->parts[i]);
    }
    capan_delete(&capan_libc, reader->parts, reader->capacity * sizeof(struct capan_part *));
    struct capan_interfaces *interfaces = &reader->interfaces;
    while (interfaces->count) capan_delete(&capan_libc, interfaces->at[--interfaces->count], sizeof *interfaces->at[0]);
}

/* The same text for as long as the reader is open. NULL: there is none, or there are too many. */
static const char *interface_name(struct capan_reader *reader, const char *name) {
    struct capan_interfaces *interfaces = &reader->interfaces;
    if (!name) return NULL;
    if (interfaces->count && strcmp(*interfaces->at[interfaces->last], name) == 0)
        return *interfaces->at[interfaces->last];
    size_t number = 0;
    while (number < interfaces->count && strcmp(*interfaces->at[number], name) != 0) number++;
    if (number == CAPAN_INTERFACES_NAMED) return NULL;
    if (number == interfaces->count) {
        interfaces->at[number] = capan_new(&capan_libc, sizeof *interfaces->at[number]);
        if (!interfaces->at[number]) {
            reader->refused = true;
            return NULL;
        }
        memcpy(*interfaces->at[number], name, strlen(name));
        interfaces->count++;
    }
    interfaces->last = number;
    return *interfaces->at[number];
}

/* --- which file is next --- */

/* The last component tells files apart best where there is little room. */
static const char *short_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* A file that ends early does not end the others. */
static void end_part(struct capan_reader *reader, struct capan_part *part, enum capan_result result) {
    const bool named = reader->count > 1;
    if (result != CAPAN_END && reader->failed == CAPAN_OK) {
        reader->failed = result;
        snprintf(reader->message, sizeof reader->message, "%.80s%s%.160s", named ? short_name(part->path) : "",
                 named ? ": " : "", part->file.message);
    }
    capan_part_end(part);
}

/* What comes from here on may be about frames that the capturing system lost. */
static void tell_dropped(struct capan_part *part, const struct capan_capture_sink *sink) {
    if (part->file.dropped <= part->dropped_told) return;
    part->dropped_told = part->file.dropped;
    if (sink->lost) sink->lost(sink->context, false);
}

static void note_lost(struct capan_part *part, const struct capan_slice_notice *notice) {
    if (notice->lost == CAPAN_SLICE_LOST_FRAGMENTS)
        part->lost_fragments = notice->number;
    else
        part->lost_frames = notice->number;
}

/* What was lost before the record whose turn it is, whichever part has it: all parts have the same notices, and one
 * that was told is not told again. */
static void tell_lost(struct capan_reader *reader, struct capan_part *part, const struct capan_capture_sink *sink) {
    if (sink->lost && part->lost_frames > reader->noticed) sink->lost(sink->context, false);
    if (sink->lost && part->lost_fragments > reader->noticed) sink->lost(sink->context, true);
    reader->noticed = max_u32(reader->noticed, max_u32(part->lost_frames, part->lost_fragments));
    part->lost_frames = part->lost_fragments = 0;
}

/* Brings the part's next record, or ends it. Secrets are told as soon as they are read: they are about what follows. */
static void load(struct capan_reader *reader, struct capan_part *part, const struct capan_capture_sink *sink) {
    enum capan_result result;
    if (part->state == CAPAN_PART_WAITING && (result = capan_part_resume(part)) != CAPAN_OK) {
        end_part(reader, part, result);
        return;
    }
    while ((result = capan_part_next(part)) == CAPAN_OK && record_is_aside(&part->record)) {
        if (part->record.notice.lost) note_lost(part, &part->record.notice);
        if (part->record.secrets.at && sink->secrets) sink->secrets(sink->context, part->record.secrets);
    }
    tell_dropped(part, sink);
    if (result != CAPAN_OK) end_part(reader, part, result);
}

/* The first and the second whose turn it is, by what is known. */
static void rank(struct capan_reader *reader) {
    struct capan_part *first = NULL, *second = NULL;
    for (size_t i = 0; i < reader->count; i++) {
        struct capan_part *part = reader->parts[i];
        if (part->state == CAPAN_PART_OVER) continue;
        if (!first || capan_part_before(part, first)) {
            second = first;
            first = part;
        } else if (!second || capan_part_before(part, second)) {
            second = part;
        }
    }
    reader->current = first;
    reader->after = second;
}

/* The first call: those that wait for nobody have their first records read. */
static void begin(struct capan_reader *reader, const struct capan_capture_sink *sink) {
    for (size_t i = 0; i < reader->count; i++)
        if (reader->parts[i]->state == CAPAN_PART_OPEN) load(reader, reader->parts[i], sink);
    rank(reader);
}

/* The part with the next record, NULL at the end of all. */
static struct capan_part *next_part(struct capan_reader *reader, const struct capan_capture_sink *sink) {
    if (!reader->current)
        begin(reader, sink);
    else
        load(reader, reader->current, sink);
    struct capan_part *part = reader->current;
    if (part && part->state == CAPAN_PART_OPEN && (!reader->after || capan_part_before(part, reader->after)))
        return part;
    for (rank(reader); (part = reader->current) && !part->has_record; rank(reader)) load(reader, part, sink);
    return part;
}

/* --- reading --- */

static enum capan_result finish(struct capan_reader *reader, enum capan_result result) {
    const bool refused = reader->refused || capan_link_refused(reader->decoder);
    reader->ended = result == CAPAN_END && refused ? CAPAN_NO_MEMORY : result;
    capan_link_finish(reader->decoder, &reader->totals);
    return reader->ended;
}

static enum capan_result decode(struct capan_reader *reader, const struct capan_part *part,
                                const struct capan_capture_sink *sink) {
    const struct capan_record *record = &part->record;
    struct capan_capture_totals *totals = &reader->totals;
    totals->frames++;
    totals->octets += record->wire_len;
    if (record->octets.len < record->wire_len) totals->snapped++;
    if (record->foreign) {
        totals->passed++;
        return CAPAN_OK;
    }
    name_link(reader, record->link_type);
    if (reader->filters.text) {
        bool wanted;
        enum capan_result result = capan_filters_match(&reader->filters, record, &wanted, reader->message);
        if (result != CAPAN_OK) return finish(reader, result);
        totals->passed += !wanted;
        if (!wanted) return CAPAN_OK;
    }
    const uint64_t unlinked = totals->unlinked;
    struct capan_frame frame = {.time_ns = record->time_ns,
                                .number = record->frame ? record->frame : (uint32_t)totals->frames,
                                .file = part->number,
                                .link_type = record->link_type,
                                .wire_len = record->wire_len,
                                .octets = record->octets,
                                .interface = interface_name(reader, record->interface),
                                .sliced = record->frame};
    const enum capan_layer before = capan_profile_enter(reader->profile, CAPAN_LAYER_DECODE);
    capan_link_decode(reader->decoder, &frame, sink, totals);
    capan_profile_enter(reader->profile, before);
    if (totals->unlinked > unlinked && !reader->unread[0]) write_link(reader->unread, record->link_type);
    return CAPAN_OK;
}

enum capan_result capan_reader_next(struct capan_reader *reader, const struct capan_capture_sink *sink) {
    if (reader->ended) return reader->ended;
    if (reader->profile && !reader->profile->since) capan_profile_enter(reader->profile, CAPAN_LAYER_READ);
    struct capan_part *part = next_part(reader, sink);
    if (!part) return finish(reader, reader->failed ? reader->failed : CAPAN_END);
    if (part->lost_frames || part->lost_fragments) tell_lost(reader, part, sink);
    return decode(reader, part, sink);
}

/* --- what was read --- */

void capan_reader_tell(const struct capan_reader *reader, struct capan_read *read) {
    bool known = true;
    *read = (struct capan_read){.totals = reader->totals, .link_known = reader->link_known};
    memcpy(read->link, reader->link, sizeof read->link);
    memcpy(read->unread, reader->unread, sizeof read->unread);
    for (size_t i = 0; i < reader->count; i++) {
        const struct capan_part *part = reader->parts[i];
        const bool over = part->state == CAPAN_PART_OVER;
        read->totals.dropped += over ? part->dropped : part->file.dropped;
        read->done += over ? part->consumed : part->input.file.consumed;
        read->size += part->size;
        known = known && part->size;
    }
    if (!known) read->size = 0;
}
