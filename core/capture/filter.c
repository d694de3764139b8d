/* SPDX-License-Identifier: MIT */
#include "filter.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "capan/capture.h"

/* A filter compiled for one link type. The one used last comes first in the list; most captures have one link type. */
struct capan_filter {
    struct capan_filter *next;
    uint32_t link_type;
    struct bpf_program program;
};

/* Most LINKTYPE_ numbers are the DLT_ numbers of every system. */
/* Most have one number in files and in libpcap. */
static const struct {
    uint16_t link_type;
    int dlt;
} differing[] = {
    {100, DLT_ATM_RFC1483}, {101, DLT_RAW},  {102, DLT_SLIP_BSDOS}, {103, DLT_PPP_BSDOS}, {104, DLT_C_HDLC},
    {106, DLT_ATM_CLIP},    {108, DLT_LOOP}, {109, DLT_ENC},        {246, DLT_PFSYNC},    {258, DLT_PKTAP},
};

int capan_dlt_of(uint32_t link_type) {
    for (size_t i = 0; i < sizeof differing / sizeof *differing; i++)
        if (differing[i].link_type == link_type) return differing[i].dlt;
    return (int)link_type;
}

uint16_t capan_capture_link_type(int dlt) {
    for (size_t i = 0; i < sizeof differing / sizeof *differing; i++)
        if (differing[i].dlt == dlt) return differing[i].link_type;
    return (uint16_t)dlt;
}

static enum capan_result compile(struct capan_filters *filters, uint32_t link_type, char message[CAPAN_MESSAGE]) {
    struct capan_filter *filter = capan_new(&capan_libc, sizeof *filter);
    pcap_t *pcap = pcap_open_dead(capan_dlt_of(link_type), 262144);
    enum capan_result result = filter && pcap ? CAPAN_OK : CAPAN_NO_MEMORY;
    errno = 0;
    if (result == CAPAN_OK && pcap_compile(pcap, &filter->program, filters->text, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        snprintf(message, CAPAN_MESSAGE, "%s", pcap_geterr(pcap));
        result = errno == ENOMEM ? CAPAN_NO_MEMORY : CAPAN_USAGE;
    }
    if (result == CAPAN_OK) {
        filter->link_type = link_type;
        filter->next = filters->first;
        filters->first = filter;
    } else {
        capan_delete(&capan_libc, filter, sizeof *filter);
    }
    if (pcap) pcap_close(pcap);
    return result;
}

enum capan_result capan_filters_open(struct capan_filters *filters, const char *text, uint32_t link_type,
                                     char message[CAPAN_MESSAGE]) {
    *filters = (struct capan_filters){0};
    if (!text || !*text) return CAPAN_OK;
    filters->text_len = strlen(text) + 1;
    filters->text = capan_new(&capan_libc, filters->text_len);
    if (!filters->text) return CAPAN_NO_MEMORY;
    memcpy(filters->text, text, filters->text_len);
    return compile(filters, link_type, message);
}

void capan_filters_close(struct capan_filters *filters) {
    while (filters->first) {
        struct capan_filter *filter = filters->first;
        filters->first = filter->next;
        pcap_freecode(&filter->program);
        capan_delete(&capan_libc, filter, sizeof *filter);
    }
    capan_delete(&capan_libc, filters->text, filters->text_len);
    *filters = (struct capan_filters){0};
}

static struct capan_filter *find(struct capan_filters *filters, uint32_t link_type) {
    for (struct capan_filter **at = &filters->first; *at; at = &(*at)->next) {
        struct capan_filter *filter = *at;
        if (filter->link_type != link_type) continue;
        *at = filter->next;
        filter->next = filters->first;
        filters->first = filter;
        return filter;
    }
    return NULL;
}

enum capan_result capan_filters_match(struct capan_filters *filters, const struct capan_record *record, bool *wanted,
                                      char message[CAPAN_MESSAGE]) {
    if (!find(filters, record->link_type)) {
        enum capan_result result = compile(filters, record->link_type, message);
        if (result != CAPAN_OK) return result;
    }
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)record->octets.len, .len = record->wire_len};
    *wanted = pcap_offline_filter(&filters->first->program, &header, record->octets.at) != 0;
    return CAPAN_OK;
}
