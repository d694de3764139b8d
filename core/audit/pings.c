/* SPDX-License-Identifier: MIT */
/* Pings that must not be fragmented: what passed, what did not, and what that says of the path's MTU. A text that tells
 * of them is held against the capture's, and against itself. */
#include "quantity.h"

/* Octets of echo data that the capture saw pass, or be refused: of an echo request and its reply. */
static bool was_pinged(const struct facts *facts, uint64_t size) {
    for (size_t i = 0; i < facts->frame_count; i++)
        if (facts->frames[i].echo_len && facts->frames[i].echo_len == size) return true;
    return false;
}

static bool has_pings(const struct facts *facts) {
    for (size_t i = 0; i < facts->frame_count; i++)
        if (facts->frames[i].echo_len) return true;
    return false;
}

/* "ping -f -l 1452 www.example.org" */
static void read_command(struct reader *reader) {
    struct match match;
    if (!capan_pattern_find("ping *4 l|s {n}", reader->tokens.at, reader->begin, reader->end, &match)) return;
    const size_t at = match.caught[0];
    reader->ping_size = reader_token(reader, at)->value;
    if (!has_pings(reader->facts))
        capan_claim_absent(reader, CAPAN_CLAIM_LOSS, at, at + 1, "the capture has no pings");
    else if (was_pinged(reader->facts, reader->ping_size))
        capan_claim_confirmed(reader, CAPAN_CLAIM_LOSS, at, at + 1, 0);
    else
        capan_claim_absent(reader, CAPAN_CLAIM_LOSS, at, at + 1, "the capture has no ping of that size");
}

/* "Sent = 4, received = 4, lost = 0 (0% missing)": what is lost is what was sent and did not come back. */
static void read_losses(struct reader *reader) {
    struct match match;
    const char *pattern = "sent = {n} , received = {n} , lost = {n} ( {n} %";
    if (!capan_pattern_find(pattern, reader->tokens.at, reader->begin, reader->end, &match)) return;
    uint64_t said[4];
    for (size_t i = 0; i < 4; i++) said[i] = reader_token(reader, match.caught[i])->value;
    const bool right =
        said[1] <= said[0] && said[2] == said[0] - said[1] && said[0] && said[3] == said[2] * 100 / said[0];
    struct judged judged = {.verdict = right ? CAPAN_CLAIM_CONFIRMED : CAPAN_CLAIM_REFUTED};
    if (!right) strcpy(judged.why, "what is lost is what was sent and did not come back; these numbers do not agree");
    capan_claim(reader, CAPAN_CLAIM_LOSS, match.from, match.to, &judged);
    if (said[1] && reader->ping_size > reader->ping_passed) reader->ping_passed = reader->ping_size;
    reader->ping_size = 0;
}

/* "the maximum amount of data to pass is 1452": the largest that the text itself says came back. */
static void read_maximum(struct reader *reader) {
    struct match match;
    const char *pattern = "maximum|largest|most *8 {n}";
    if (!reader->ping_passed ||
        !capan_pattern_find("ping|pings|mtu|icmp", reader->tokens.at, reader->begin, reader->end, &match) ||
        !capan_pattern_find(pattern, reader->tokens.at, reader->begin, reader->end, &match))
        return;
    const size_t at = match.caught[0];
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    if (reader_token(reader, at)->taken) return;
    if (reader_token(reader, at)->value != reader->ping_passed) {
        judged.verdict = CAPAN_CLAIM_REFUTED;
        struct sentence right = sentence_in(judged.right, sizeof judged.right);
        capan_say(&right, "%llu", (unsigned long long)reader->ping_passed);
        strcpy(judged.why, "by the text's own pings it is another");
    }
    capan_claim(reader, CAPAN_CLAIM_LOSS, at, at + 1, &judged);
}

void capan_read_pings(struct reader *reader) {
    read_command(reader);
    read_losses(reader);
    read_maximum(reader);
}
