/* SPDX-License-Identifier: MIT */
/* Columns of findings. */
#include "column.h"

static struct capan_value severity(struct capan_row *row) {
    return value_word(capan_severity_name((enum capan_severity)row->finding->severity));
}

/* The column in which the token is met. */
static struct capan_value field(struct capan_row *row) {
    return value_word(capan_cause_lists[row->finding->of].field);
}

static struct capan_value token(struct capan_row *row) {
    return value_word(row->finding->token->token);
}
static struct capan_value source(struct capan_row *row) {
    return value_text(row->finding->token->source);
}
static struct capan_value explain(struct capan_row *row) {
    return value_text(row->finding->token->sentence);
}

static struct capan_value host(struct capan_row *row) {
    const struct capan_endpoint host = {row->finding->host, 0};
    if (!host.address.version) return CAPAN_ABSENT;
    return value_octets(row->text, capan_endpoint_text(&host, false, row->text));
}

static struct capan_value interface(struct capan_row *row) {
    return row->finding->interface ? value_text(row->finding->interface) : CAPAN_ABSENT;
}

static struct capan_value frames(struct capan_row *row) {
    return value_numbers(row->finding->frames, row->finding->frame_count);
}

#define CAPAN_ROW struct capan_finding
static const struct capan_column columns[] = {
    {"severity", "error, warn, note or chat", CAPAN_MADE(WORD, NONE, severity), .words = "error warn note chat"},
    {"field", "the column in which the token is met", CAPAN_MADE(WORD, NONE, field)},
    {"token", "the verdict", CAPAN_MADE(WORD, NONE, token)},
    {"count", "how often it was met", CAPAN_READ(COUNT, NUMBER, count)},
    {"bytes", "octets it cost: sent again or in vain", CAPAN_READ(NONZERO, OCTETS, bytes)},
    {"streams", "on how many connections, neighbours in time counted once", CAPAN_READ(COUNT, NUMBER, streams)},
    {"blame", "who can mend it", CAPAN_WORD(TOKEN_BUT_0, blame, capan_blames)},
    {"frames", "the first frames", CAPAN_MADE(NUMBERS, FRAME, frames)},
    {"source", "RFC and section", CAPAN_MADE(OCTETS, NONE, source)},
    {"host", "whose it is, where each host has a row of its own", CAPAN_MADE(OCTETS, NONE, host)},
    {"interface", "and the interface where it passed, as far as the capture tells",
     CAPAN_MADE(OCTETS, NONE, interface)},
    {"explain", "what it means", CAPAN_MADE(OCTETS, NONE, explain)},
};

const struct capan_table capan_finding_table = CAPAN_TABLE("findings", columns, 0);
