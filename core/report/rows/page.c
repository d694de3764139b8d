/* SPDX-License-Identifier: MIT */
/* Columns of pages. */
#include "column.h"

static struct capan_value relative_time(struct capan_row *row) {
    return value_seconds(row->page->first_ns - row->origin_ns);
}

static struct capan_value duration(struct capan_row *row) {
    const int64_t took_ns = row->page->last_ns - row->page->first_ns;
    return value_seconds(took_ns > 0 ? took_ns : 0);
}

static struct capan_value outcomes(struct capan_row *row) {
    return (struct capan_value){.type = CAPAN_VALUE_COUNTS,
                                .as.counts = {capan_http_outcomes, row->page->outcomes, CAPAN_HTTP_OUTCOME_COUNT}};
}

static struct capan_value explain(struct capan_row *row) {
    const size_t len = capan_page_explain(row->page, row->text);
    return len ? value_octets(row->text, len) : CAPAN_ABSENT;
}

#define CAPAN_ROW struct capan_page
/* Where the time of its critical path went; the parts add up to its duration. */
#define PART(part, token, phrase, what) {"spent." token, what, CAPAN_READ(TIME, NS, part_ns[CAPAN_PAGE_SPENT_##part])},
static const struct capan_column columns[] = {
    {"page", "its number: the exchanges have it too", CAPAN_READ(COUNT, IDENTIFIER, number)},
    {"url", "the document's; of one that was not captured what its parts name as their Referer",
     CAPAN_READ(SPAN, NONE, url)},
    {"stream", "the document's connection; without a document the first part's", CAPAN_READ(COUNT, IDENTIFIER, stream)},
    {"client", "who asked, address:port", CAPAN_READ(ENDPOINT, NONE, client)},
    {"server", "who answered", CAPAN_READ(ENDPOINT, NONE, server)},
    {"status", "the document's; absent when it was not captured", CAPAN_READ(NONZERO, IDENTIFIER, status)},
    {"document_in", "the frame with which its request was whole", CAPAN_READ(NONZERO, FRAME, document_in)},
    {"favicon_in", "the same of the icon, which is counted but in no time", CAPAN_READ(NONZERO, FRAME, favicon_in)},
    {"first_frame", "of its first request", CAPAN_READ(NONZERO, FRAME, first_frame)},
    {"last_frame", "of its last message", CAPAN_READ(NONZERO, FRAME, last_frame)},
    {"time", "of its first request, since 1970-01-01 UTC", CAPAN_READ(MOMENT, NS, first_ns)},
    {"relative_time", "the same since the capture's first packet", CAPAN_MADE(SECONDS, NS, relative_time)},
    {"duration", "from the first request's first octet to the last response's last", CAPAN_MADE(SECONDS, NS, duration)},
    CAPAN_PAGE_PARTS(PART){"explain", "where its time went, the largest part first, and what advice would spare of it",
                           CAPAN_MADE(OCTETS, NONE, explain)},
    {"requests", "all that it made", CAPAN_READ(COUNT, NUMBER, requests)},
    {"outcomes", "what they came to, and how often", CAPAN_MADE(COUNTS, NUMBER, outcomes),
     CAPAN_LIST(capan_http_outcomes)},
    {"connections", "different ones that were used; 64 stands for all that are more",
     CAPAN_READ(COUNT, NUMBER, connections)},
    {"handshakes", "round trips that went before requests, for TCP, CONNECT and TLS",
     CAPAN_READ(COUNT, NUMBER, handshakes)},
    {"round_trips",
     "of its critical path, the longest chain of exchanges that waited for each other; handshakes included",
     CAPAN_READ(HUNDREDTHS, ROUND_TRIPS_X100, path_x100)},
    {"confirming", "those of them that only brought a 304", CAPAN_READ(NONZERO, NUMBER, confirming)},
    {"bytes", "octets of all messages", CAPAN_READ(COUNT, OCTETS, octets)},
    {"saved", "body octets that 304 answers spared", CAPAN_READ(NONZERO, OCTETS, saved)},
    {"wasted", "body octets sent although the client had them", CAPAN_READ(NONZERO, OCTETS, wasted)},
};

const struct capan_table capan_page_table = CAPAN_TABLE("pages", columns, 0);
