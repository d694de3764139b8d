/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File > Export Objects > capan, and tshark --export-objects capan,FOLDER: the verdict of each exchange as the program
 * writes it in JSON; and what -z capan,json says, once all frames have been seen. */
#include "taps.h"

#include <epan/export_object.h>
#include <epan/tap.h>
#include <stdlib.h>

#include "capan/report.h"
#include "frames.h"

static int export_tap = -1;

/* A file to export, with what writes into it. Its names become the list's. */
static void add_object(const export_object_list_t *list, const packet_info *pinfo, char *host, char *name,
                       void (*write)(FILE *, const void *what), const void *what) {
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);
    char *octets = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&octets, &len);

    if (file) {
        write(file, what);
        fclose(file);
    }
    entry->pkt_num = pinfo->num;
    entry->hostname = host;
    entry->content_type = g_strdup("application/json");
    entry->filename = name;
    entry->payload_len = len;
    entry->payload_data = (guint8 *)g_strndup(octets ? octets : "", len);
    list->add_entry(list->gui_data, entry);
    free(octets);
}

static void write_exchange(FILE *file, const void *exchange) {
    struct capan_report *report = capan_report_new(file, CAPAN_NDJSON, CAPAN_ROWS_EXCHANGES, NULL);
    if (!report) return;

    capan_report_origin(report, capan_frames_origin());
    capan_report_exchange(report, exchange);
    capan_report_close(report);
}

static void add_exchange(const export_object_list_t *list, const packet_info *pinfo,
                         const struct capan_exchange *exchange) {
    const char *outcome = capan_http_outcomes[exchange->outcome].token;
    char host[256];

    capan_host_name(exchange, host, sizeof host);
    add_object(list, pinfo, g_strdup(host), g_strdup_printf("exchange-%" PRIu64 "-%s.json", exchange->index, outcome),
               write_exchange, exchange);
}

static void write_summary(FILE *file, const void *unused _U_) {
    capan_summary_json(file);
}

/* The whole capture is known when its first frame is looked at again. */
static bool is_time_for_summary(const packet_info *pinfo) {
    return pinfo->num == 1 && PINFO_FD_VISITED(pinfo);
}

static tap_packet_status export_verdicts(void *list, packet_info *pinfo, epan_dissect_t *edt _U_, const void *tapped,
                                         tap_flags_t flags _U_) {
    const struct capan_verdicts *verdicts = tapped;

    if (is_time_for_summary(pinfo))
        add_object(list, pinfo, g_strdup(""), g_strdup("summary.json"), write_summary, NULL);
    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next)
        if (part->is_end) add_exchange(list, pinfo, part->of);
    return TAP_PACKET_REDRAW;
}

void capan_export_queue(packet_info *pinfo, const struct capan_verdicts *verdicts) {
    if (verdicts->exchanges || is_time_for_summary(pinfo)) tap_queue_packet(export_tap, pinfo, verdicts);
}

void capan_export_register(int protocol) {
    export_tap = register_export_object(protocol, export_verdicts, NULL);
}
