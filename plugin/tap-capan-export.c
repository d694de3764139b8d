/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File > Export Objects > capan, and tshark --export-objects capan,FOLDER: the verdict of each exchange as the program
 * writes it in JSON; and what -z capan,json says, once all frames have been seen. */
#include "taps.h"

#include <epan/export_object.h>
#include <epan/tap.h>
#include <stdio.h>
#include <stdlib.h>

#include "capan/report.h"
#include "frames.h"

static int export_tap = -1;

/* Copies what it is given. */
static void add_object(const export_object_list_t *list, uint32_t frame, const char *host, char *name, const char *json,
                       size_t len) {
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);

    entry->pkt_num = frame;
    entry->hostname = g_strdup(host);
    entry->content_type = g_strdup("application/json");
    entry->filename = name;
    entry->payload_len = len;
    entry->payload_data = (guint8 *)g_strndup(json, len);
    list->add_entry(list->gui_data, entry);
}

/* NULL when there is no memory; else free() it. */
static char *json_of(const struct capan_exchange *exchange, size_t *len) {
    char *json = NULL;
    FILE *file = open_memstream(&json, len);
    if (!file) return NULL;
    struct capan_report *report = capan_report_new(file, CAPAN_NDJSON, CAPAN_ROWS_EXCHANGES, false);

    if (report) {
        capan_report_source(report, NULL, capan_frames_origin());
        capan_report_exchange(report, exchange);
        capan_report_close(report);
    }
    fclose(file);
    return json;
}

static void add_exchange(const export_object_list_t *list, const packet_info *pinfo,
                         const struct capan_exchange *exchange) {
    size_t len = 0;
    char *json = json_of(exchange, &len), host[256];
    if (!json) return;

    capan_host_name(exchange, host, sizeof host);
    add_object(
        list, pinfo->num, host,
        g_strdup_printf("exchange-%" PRIu64 "-%s.json", exchange->index, capan_http_outcomes[exchange->outcome].token),
        json, len);
    free(json);
}

static void add_summary(const export_object_list_t *list, const packet_info *pinfo) {
    GString *json = capan_summary_json();

    add_object(list, pinfo->num, "", g_strdup("summary.json"), json->str, json->len);
    g_string_free(json, TRUE);
}

/* The whole capture is known when its first frame is looked at again. */
static bool is_time_for_summary(const packet_info *pinfo) {
    return pinfo->num == 1 && PINFO_FD_VISITED(pinfo);
}

static tap_packet_status export_verdicts(void *list, packet_info *pinfo, epan_dissect_t *edt _U_, const void *tapped,
                                         tap_flags_t flags _U_) {
    const struct capan_verdicts *verdicts = tapped;

    if (is_time_for_summary(pinfo)) add_summary(list, pinfo);
    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next)
        if (part->is_end) add_exchange(list, pinfo, part->of->exchange);
    return TAP_PACKET_REDRAW;
}

void capan_export_queue(packet_info *pinfo, const struct capan_verdicts *verdicts) {
    if (verdicts->exchanges || is_time_for_summary(pinfo)) tap_queue_packet(export_tap, pinfo, verdicts);
}

void capan_export_register(int protocol) {
    export_tap = register_export_object(protocol, export_verdicts, NULL);
}
