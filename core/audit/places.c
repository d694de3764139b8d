/* SPDX-License-Identifier: MIT */
/* What is left of a sentence: addresses, frames that the capture does not have, numbers that nobody understood. */
#include "quantity.h"

enum { LOOKED_MAX = 1 << 14 };

static bool same_address(struct capan_span text, const struct capan_endpoint *endpoint) {
    char own[CAPAN_ENDPOINT_TEXT];
    const size_t len = capan_endpoint_text(endpoint, false, own);
    for (size_t i = 0; i < text.len && i < len; i++)
        if (token_lower(text.at[i]) != own[i]) return false;
    return text.len == len;
}

/* The address is one of the capture's, and so is its port. */
static void judge_address(struct reader *reader, size_t at) {
    const struct token *token = reader_token(reader, at);
    bool known = false;
    for (size_t i = 0; i < reader->facts->connection_count && i < LOOKED_MAX; i++) {
        const struct capan_connection *connection = &reader->facts->connections[i];
        const struct capan_endpoint *ends[] = {&connection->client, &connection->server};
        for (unsigned j = 0; j < 2; j++) {
            if (!same_address(token->text, ends[j])) continue;
            known = true;
            if (token->port >= 0 && token->port != ends[j]->port) continue;
            capan_claim_confirmed(reader, CAPAN_CLAIM_ADDRESS, at, at + 1, 0);
            return;
        }
    }
    capan_claim_absent(reader, CAPAN_CLAIM_ADDRESS, at, at + 1,
                       known ? "no connection has that address with that port" : "no connection has that address");
}

static void judge_frame(struct reader *reader, size_t at) {
    const struct token *token = reader_token(reader, at);
    struct judged judged = {.verdict = CAPAN_CLAIM_REFUTED};
    struct sentence right = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    if (token->value && token->value <= reader->facts->total) return;
    capan_say(&right, "1 to %llu", (unsigned long long)reader->facts->total);
    capan_say(&why, "the capture has %llu frames", (unsigned long long)reader->facts->total);
    capan_claim(reader, CAPAN_CLAIM_FRAME, at, at + 1, &judged);
}

/* "3." at the beginning of a line is the number of an item, "## 3." that of a section. */
static bool is_item(const struct reader *reader, size_t at) {
    size_t from = reader->begin;
    while (from < at && token_is_sign(reader_token(reader, from), '#')) from++;
    return from == at && reader_token(reader, reader->begin)->first && reader->end == at + 1;
}

static void leave(struct reader *reader, size_t at) {
    const struct judged judged = {.verdict = CAPAN_CLAIM_UNREAD};
    capan_claim(reader, CAPAN_CLAIM_NUMBER, at, at + 1, &judged);
}

void capan_read_places(struct reader *reader) {
    for (size_t at = reader->begin; at < reader->end; at++) {
        const struct token *token = reader_token(reader, at);
        if (token->taken) continue;
        if (token->type == TOKEN_ADDRESS) judge_address(reader, at);
        if (token->type == TOKEN_FRAME) judge_frame(reader, at);
        if (token->type == TOKEN_NUMBER && !is_item(reader, at)) leave(reader, at);
    }
}
