/* SPDX-License-Identifier: MIT */
/* Columns of exchanges in a cache that was not there, of their sums, and of changes that would spare more. */
#include "column.h"

static struct capan_value relative_time(struct capan_row *row) {
    return value_seconds(row->whatif->time_ns - row->origin_ns);
}

static struct capan_value why_section(struct capan_row *row) {
    return value_text(capan_whatif_whys[row->whatif->why].source);
}

static struct capan_value confirmed_section(struct capan_row *row) {
    return value_text(capan_whatif_confirmeds[row->whatif->confirmed].source);
}

static struct capan_value store_section(struct capan_row *row) {
    return value_text(capan_whatif_stores[row->whatif->store].source);
}

/* What the cache answered itself brought nothing to store. */
static struct capan_value stored(struct capan_row *row) {
    if (row->whatif->served == CAPAN_WHATIF_CACHE) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_TRUTH, .as.truth = capan_whatif_is_stored[row->whatif->store]};
}

static struct capan_value max_age(struct capan_row *row) {
    snprintf(row->text, sizeof row->text, "Cache-Control: max-age=%lld", (long long)row->whatif_change->max_age_s);
    return value_octets(row->text, strlen(row->text));
}

#define CAPAN_ROW struct capan_whatif_row
static const struct capan_column columns[] = {
    {"index", "its place among the exchanges", CAPAN_READ(COUNT, IDENTIFIER, index)},
    {"stream", "the TCP connection", CAPAN_READ(COUNT, IDENTIFIER, stream)},
    {"client", "who asked, address:port", CAPAN_READ(ENDPOINT, NONE, client)},
    {"server", "who answered", CAPAN_READ(ENDPOINT, NONE, server)},
    {"request_frame", "the frame with which the request was whole", CAPAN_READ(NONZERO, FRAME, request_frame)},
    {"response_frame", "the same of the response", CAPAN_READ(NONZERO, FRAME, response_frame)},
    {"time", "of the request, since 1970-01-01 UTC", CAPAN_READ(MOMENT, NS, time_ns)},
    {"relative_time", "the same since the capture's first packet", CAPAN_MADE(SECONDS, NS, relative_time)},
    {"method", "of the request", CAPAN_READ(SPAN, NONE, method)},
    {"authority", "of the target URI", CAPAN_READ(SPAN, NONE, authority)},
    {"target", "path and query of the target URI", CAPAN_READ(SPAN, NONE, target)},
    {"status", "of the captured response", CAPAN_READ(NONZERO, IDENTIFIER, status)},
    {"served", "who would have answered", CAPAN_WORD(TOKEN, served, capan_whatif_serveds)},
    {"why", "what decided that when the request came", CAPAN_WORD(TOKEN, why, capan_whatif_whys)},
    {"why_section", "RFC and section of that", CAPAN_MADE(OCTETS, NONE, why_section)},
    {"confirmed", "what the server's answer said to what was stored",
     CAPAN_WORD(TOKEN_BUT_0, confirmed, capan_whatif_confirmeds)},
    {"confirmed_section", "RFC and section of that", CAPAN_MADE(OCTETS, NONE, confirmed_section)},
    {"stored", "the server's answer was stored, or its fields were; absent: the server was not asked",
     CAPAN_MADE(TRUTH, NONE, stored)},
    {"store", "what became of the answer, and why", CAPAN_WORD(TOKEN, store, capan_whatif_stores)},
    {"store_section", "RFC and section of that", CAPAN_MADE(OCTETS, NONE, store_section)},
    {"stored_in", "the last frame of the response that was stored", CAPAN_READ(NONZERO, FRAME, stored_in)},
    {"age", "how old that was when the request came (RFC 9111 4.2.3)", CAPAN_READ(DURATION, NS, age_ns)},
    {"lifetime", "how long it is fresh, in seconds (RFC 9111 4.2.1)", CAPAN_READ(NOT_NEGATIVE, SECONDS, lifetime_s)},
    {"lifetime_by", "where that comes from", CAPAN_WORD(TOKEN_BUT_0, lifetime_by, capan_whatif_lifetimes)},
    {"request_max_age", "the request's max-age", CAPAN_READ(NOT_NEGATIVE, SECONDS, request_max_age_s)},
    {"request_min_fresh", "the request's min-fresh", CAPAN_READ(NOT_NEGATIVE, SECONDS, request_min_fresh_s)},
    {"spared_bytes", "octets that would not have been sent", CAPAN_READ(NONZERO, OCTETS, spared_octets)},
    {"spared_round_trips", "round trips that nobody would have waited for, handshakes included",
     CAPAN_READ(HUNDREDTHS, ROUND_TRIPS_X100, spared_round_trips_x100)},
    {"outdated", "answered by the cache although the captured answer has another content",
     CAPAN_READ(BOOLEAN, NONE, outdated)},
};
const struct capan_table capan_whatif_table = CAPAN_TABLE("whatif", columns, 0);

#undef CAPAN_ROW
#define CAPAN_ROW struct capan_whatif_group
static const struct capan_column sum_columns[] = {
    {"scope", "whose sum it is", CAPAN_WORD(TOKEN, scope, capan_whatif_scopes)},
    {"name", "of the host, or host and target; absent for all", CAPAN_READ(SPAN, NONE, name)},
    {"exchanges", "all of them", CAPAN_READ(COUNT, NUMBER, sum.exchanges)},
    {"cache", "those that the cache would have answered: requests spared",
     CAPAN_READ(COUNT, NUMBER, sum.served[CAPAN_WHATIF_CACHE])},
    {"validated", "those that it would have answered after asking",
     CAPAN_READ(COUNT, NUMBER, sum.served[CAPAN_WHATIF_VALIDATED])},
    {"server", "those with a new answer of the server", CAPAN_READ(COUNT, NUMBER, sum.served[CAPAN_WHATIF_SERVER])},
    {"bypass", "those that the cache has no part in", CAPAN_READ(COUNT, NUMBER, sum.served[CAPAN_WHATIF_BYPASS])},
    {"spared_bytes", "octets that would not have been sent", CAPAN_READ(COUNT, OCTETS, sum.spared_octets)},
    {"spared_round_trips", "round trips that nobody would have waited for",
     CAPAN_READ(HUNDREDTHS, ROUND_TRIPS_X100, sum.spared_round_trips_x100)},
    {"outdated", "those that the cache would have answered with a content that had changed",
     CAPAN_READ(COUNT, NUMBER, sum.outdated)},
};
const struct capan_table capan_whatif_sum_table = CAPAN_TABLE("whatif-sums", sum_columns, 0);

#undef CAPAN_ROW
#define CAPAN_ROW struct capan_whatif_change
static const struct capan_column change_columns[] = {
    {"urls", "the target URIs, as --set takes them", CAPAN_READ(SPAN, NONE, urls)},
    {"field", "what their responses would have in place of their own", CAPAN_MADE(OCTETS, NONE, max_age)},
    {"targets", "how many different ones there are", CAPAN_READ(COUNT, NUMBER, resources)},
    {"exchanges", "about them", CAPAN_READ(COUNT, NUMBER, exchanges)},
    {"spared_requests", "more than with the servers' own fields", CAPAN_READ(COUNT, NUMBER, requests)},
    {"spared_bytes", "likewise", CAPAN_READ(COUNT, OCTETS, octets)},
    {"spared_round_trips", "likewise", CAPAN_READ(HUNDREDTHS, ROUND_TRIPS_X100, round_trips_x100)},
    {"outdated", "of these requests those answered with a content that had changed",
     CAPAN_READ(COUNT, NUMBER, outdated)},
};
const struct capan_table capan_whatif_change_table = CAPAN_TABLE("whatif-changes", change_columns, 0);
