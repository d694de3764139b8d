/* SPDX-License-Identifier: MIT */
/* Columns of findings by place. */
#include "column.h"

static struct capan_value severity(struct capan_row *row) {
    return value_word(capan_severity_name((enum capan_severity)row->place->severity));
}

static struct capan_value field(struct capan_row *row) {
    return value_word(capan_cause_lists[row->place->of].field);
}

static struct capan_value token(struct capan_row *row) {
    return value_word(row->place->token->token);
}

static struct capan_value frames(struct capan_row *row) {
    return value_numbers(row->place->frames, row->place->frame_count);
}

static struct capan_value source(struct capan_row *row) {
    return value_text(row->place->token->source);
}

static struct capan_value explain(struct capan_row *row) {
    return value_text(row->place->token->sentence);
}

static struct capan_value fingerprint(struct capan_row *row) {
    return value_word(row->place->fingerprint);
}

#define CAPAN_ROW struct capan_place
static const struct capan_column columns[] = {
    {"fingerprint",
     "the same for the same finding at the same place, whatever the capture: of field, token and subject",
     CAPAN_MADE(WORD, NONE, fingerprint)},
    {"severity", "error, warn, note or chat", CAPAN_MADE(WORD, NONE, severity), .words = "error warn note chat"},
    {"field", "the column in which the token is met", CAPAN_MADE(WORD, NONE, field)},
    {"token", "the verdict", CAPAN_MADE(WORD, NONE, token)},
    {"subject", "method, authority and path of requests; or who sent the segments, by the server's port",
     CAPAN_READ(SPAN, NONE, subject)},
    {"baseline", "whether the file of --baseline has it", CAPAN_WORD(TOKEN_BUT_0, baseline, capan_baselines)},
    {"count", "how often it was met", CAPAN_READ(COUNT, NUMBER, count)},
    {"bytes", "octets it cost: sent again or in vain", CAPAN_READ(NONZERO, OCTETS, bytes)},
    {"blame", "who can mend it", CAPAN_WORD(TOKEN_BUT_0, blame, capan_blames)},
    {"frames", "the first frames", CAPAN_MADE(NUMBERS, FRAME, frames)},
    {"source", "RFC and section", CAPAN_MADE(OCTETS, NONE, source)},
    {"explain", "what it means", CAPAN_MADE(OCTETS, NONE, explain)},
};

const struct capan_table capan_place_table = CAPAN_TABLE("places", columns, 0);
