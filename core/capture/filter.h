/* SPDX-License-Identifier: MIT */
/* Capture filters in libpcap's language (pcap-filter(7)), compiled once for each link type that occurs. */
#ifndef FILTER_H
#define FILTER_H

#include "savefile.h"

struct capan_filter;

/* Owned by the caller: open, then close. text is NULL where there is no filter; then nothing may be matched. */
struct capan_filters {
    char *text;
    size_t text_len; /* with its NUL */
    struct capan_filter *first;
};

/* CAPAN_USAGE: text is not a filter; message says why. CAPAN_NO_MEMORY. */
enum capan_result capan_filters_open(struct capan_filters *filters, const char *text, uint32_t link_type,
                                     char message[CAPAN_MESSAGE]);
void capan_filters_close(struct capan_filters *filters);

/* Sets *wanted. CAPAN_USAGE when the filter makes no sense on this record's link type; message says so. */
enum capan_result capan_filters_match(struct capan_filters *filters, const struct capan_record *record, bool *wanted,
                                      char message[CAPAN_MESSAGE]);

/* The DLT_ of this machine's libpcap for a file's LINKTYPE_. */
int capan_dlt_of(uint32_t link_type);

#endif
