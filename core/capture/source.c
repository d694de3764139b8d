/* SPDX-License-Identifier: MIT */
#include "capan/capture.h"

#include <pcap/pcap.h>
#include <stdio.h>

#include "alloc.h"
#include "filter.h"
#include "link.h"
#include "savefile.h"

struct capan_capture {
    struct capan_input input;
    struct capan_savefile file;
    struct capan_decoder *decoder;
    struct capan_filters filters;
    struct capan_capture_totals totals;
    enum capan_result ended; /* CAPAN_OK while there may be more */
    char link[32];
    bool link_known; /* packets of that type are decoded */
};

static void name_link(struct capan_capture *capture, uint32_t link_type) {
    if (capture->link[0]) return;
    capture->link_known = capan_link_known(link_type);
    const char *name = pcap_datalink_val_to_name(capan_dlt_of(link_type));
    if (name)
        snprintf(capture->link, sizeof capture->link, "%s", name);
    else
        snprintf(capture->link, sizeof capture->link, "LINKTYPE_%u", (unsigned)link_type);
}

/* A pcapng file may describe its interfaces later: until then, a filter is compiled for Ethernet. */
static uint32_t first_link(const struct capan_capture *capture) {
    return capture->file.interface_count ? capture->file.interfaces[0].link_type : 1;
}

static enum capan_result open_parts(struct capan_capture *capture, const char *path, const char *filter,
                                    char message[256]) {
    enum capan_result result = capan_input_open(&capture->input, path, &capan_libc, message);
    if (result != CAPAN_OK) return result;
    result = capan_savefile_open(&capture->file, &capture->input);
    if (result != CAPAN_OK) {
        snprintf(message, CAPAN_MESSAGE, "%s", capture->file.message);
        return result;
    }
    if (capture->file.interface_count) name_link(capture, first_link(capture));
    if (!capture->file.pcapng && !capan_link_known(first_link(capture))) {
        snprintf(message, CAPAN_MESSAGE, "link type %s is not decoded", capture->link);
        return CAPAN_UNSUPPORTED;
    }
    result = capan_filters_open(&capture->filters, filter, first_link(capture), message);
    if (result != CAPAN_OK) return result;
    capture->decoder = capan_decoder_new(&capan_libc);
    if (!capture->decoder) {
        snprintf(message, CAPAN_MESSAGE, "%s", capan_result_text(CAPAN_NO_MEMORY));
        return CAPAN_NO_MEMORY;
    }
    return CAPAN_OK;
}

enum capan_result capan_capture_open(struct capan_capture **opened, const char *path, const char *filter,
                                     char message[256]) {
    *opened = NULL;
    struct capan_capture *capture = capan_new(&capan_libc, sizeof *capture);
    if (!capture) {
        snprintf(message, CAPAN_MESSAGE, "%s", capan_result_text(CAPAN_NO_MEMORY));
        return CAPAN_NO_MEMORY;
    }
    enum capan_result result = open_parts(capture, path, filter, message);
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
    capan_savefile_close(&capture->file);
    capan_input_close(&capture->input);
    capan_delete(&capan_libc, capture, sizeof *capture);
}

static enum capan_result finish(struct capan_capture *capture, enum capan_result result) {
    capture->ended = result;
    capan_link_finish(capture->decoder, &capture->totals);
    return result;
}

enum capan_result capan_capture_next(struct capan_capture *capture, const struct capan_capture_sink *sink) {
    if (capture->ended) return capture->ended;
    struct capan_record record;
    enum capan_result result = capan_savefile_next(&capture->file, &record);
    if (result != CAPAN_OK) return finish(capture, result);
    if (record.secrets.at) {
        if (sink->secrets) sink->secrets(sink->context, record.secrets);
        return CAPAN_OK;
    }
    struct capan_capture_totals *totals = &capture->totals;
    totals->frames++;
    totals->octets += record.wire_len;
    if (record.octets.len < record.wire_len) totals->snapped++;
    if (record.foreign) return CAPAN_OK;
    name_link(capture, record.link_type);
    if (capture->filters.text) {
        bool wanted;
        result = capan_filters_match(&capture->filters, &record, &wanted, capture->file.message);
        if (result != CAPAN_OK) return finish(capture, result);
        if (!wanted) return CAPAN_OK;
    }
    struct capan_frame frame = {record.time_ns, (uint32_t)totals->frames, record.link_type, record.wire_len,
                                record.octets};
    capan_link_decode(capture->decoder, &frame, sink, totals);
    return CAPAN_OK;
}

const char *capan_capture_message(const struct capan_capture *capture) {
    return capture->file.message;
}

void capan_capture_count(const struct capan_capture *capture, struct capan_capture_totals *totals) {
    *totals = capture->totals;
    totals->dropped = capture->file.dropped;
}

int capan_capture_file(const struct capan_capture *capture) {
    return capture->input.file;
}

void capan_capture_progress(const struct capan_capture *capture, uint64_t *done, uint64_t *size) {
    *done = capture->input.consumed;
    *size = capture->input.size;
}

bool capan_capture_link_known(const struct capan_capture *capture) {
    return capture->link_known;
}

const char *capan_capture_link(const struct capan_capture *capture) {
    return capture->link[0] ? capture->link : "none";
}
