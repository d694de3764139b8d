/* SPDX-License-Identifier: MIT */
/* Columns of a text's claims. */
#include "column.h"

static struct capan_value frames(struct capan_row *row) {
    return value_numbers(row->claim->frames, row->claim->frame_count);
}

static struct capan_value source(struct capan_row *row) {
    return value_text(row->claim->source);
}

#define CAPAN_ROW struct capan_claim
static const struct capan_column columns[] = {
    {"claim", "its number in the text, from 1", CAPAN_READ(COUNT, NUMBER, number)},
    {"line", "of the text", CAPAN_READ(COUNT, NUMBER, line)},
    {"verdict", "whether the capture says the same", CAPAN_WORD(TOKEN, verdict, capan_claim_verdicts)},
    {"what", "what it is about", CAPAN_WORD(TOKEN, what, capan_claim_whats)},
    {"said", "the value that the text gives", CAPAN_READ(SPAN, NONE, said)},
    {"right", "the value that it should give, where it is refuted", CAPAN_READ(SPAN, NONE, right)},
    {"slip", "the mistake that it is, from 1: one that is made again has the same", CAPAN_READ(NONZERO, NUMBER, slip)},
    {"frames", "the frames that show it", CAPAN_MADE(NUMBERS, FRAME, frames)},
    {"why", "in words", CAPAN_READ(SPAN, NONE, why)},
    {"source", "RFC and section", CAPAN_MADE(OCTETS, NONE, source)},
    {"words", "of the text, that make the claim", CAPAN_READ(SPAN, NONE, words)},
    {"sentence", "of the text, in which it stands", CAPAN_READ(SPAN, NONE, sentence)},
};

const struct capan_table capan_claim_table = CAPAN_TABLE("claims", columns, 0);
