/* SPDX-License-Identifier: MIT */
#include "pairing.h"

#include "bytes.h"

/* --- what is known of one direction's octets --- */

void capan_heard_acked(struct capan_heard *heard, uint64_t offset, uint32_t frame, bool with_octets) {
    heard->acks_seen = true;
    heard->acked = max_u64(heard->acked, offset);
    if (!with_octets || offset <= heard->acked_kept) return;
    heard->acked_kept = offset;
    heard->history[heard->history_count++ % CAPAN_ACKNOWLEDGED_KEPT] = (struct capan_acknowledged){offset, frame};
}

void capan_heard_gap(struct capan_heard *heard, uint64_t offset) {
    if (!heard->has_gap) heard->gap_at = offset;
    heard->has_gap = true;
}

void capan_heard_lost(struct capan_heard *heard, bool at_head) {
    heard->lost = true;
    heard->lost_head |= at_head;
}

void capan_heard_head(struct capan_heard *heard) {
    heard->lost = heard->lost_head = heard->has_gap = false;
}

uint64_t capan_heard_with(const struct capan_heard *heard, uint32_t frame) {
    uint32_t kept = min_u32(heard->history_count, CAPAN_ACKNOWLEDGED_KEPT);
    uint64_t offset = 0;
    for (uint32_t i = 1; i <= kept; i++) {
        const struct capan_acknowledged *at = &heard->history[(heard->history_count - i) % CAPAN_ACKNOWLEDGED_KEPT];
        offset = at->offset;
        if (at->frame <= frame) return offset;
    }
    return kept == CAPAN_ACKNOWLEDGED_KEPT ? offset : 0;
}

/* An acknowledged FIN counts for one. */
bool capan_heard_lacks(const struct capan_heard *heard, uint64_t offset) {
    if (heard->acked > offset + 1) return true;
    return heard->has_gap && (!heard->acks_seen || heard->acked > heard->gap_at);
}

/* --- HTTP/1: by order --- */

/* The first request that waits and that the response can answer. Where requests are missing, one that the server did
 * not have yet is not meant; where responses are, it is the first of those sent last before the response begins, but
 * not the one whose answer was lost for sure when another one waits. *missing: the server had another request then,
 * which we have not. */
static struct capan_pair *find_candidate(struct capan_pair *first, const struct capan_response_begins *response,
                                         bool *missing) {
    struct capan_pair *best = NULL;
    bool first_lost = response->lost_head;
    *missing = capan_pair_is_early(response);
    for (struct capan_pair *pair = first; pair; pair = pair->next) {
        if (pair->is_answered) continue;
        if (pair->after_loss && response->known_to && pair->request_start >= response->known_to) {
            *missing = true;
            break;
        }
        if (!response->lost) return pair;
        if (pair->asked_at > response->start && best) break;
        bool better = !best || first_lost || pair->asked_at > best->asked_at;
        first_lost &= !best && pair->asked_at < response->start;
        if (better) best = pair;
    }
    return best;
}

/* A client that waits for each answer sends its request when the one before has ended: octets lost since then were the
 * answer, and a later request that the server had and we have not read is the one meant here. */
enum capan_pairing capan_pair_response(struct capan_pair *first, const struct capan_response_begins *response,
                                       struct capan_pair **pair) {
    bool missing;
    *pair = find_candidate(first, response, &missing);
    if (!*pair) return CAPAN_PAIRS_WITH_NONE;
    bool was_answered = response->lost && (*pair)->asked_at < response->start && missing;
    return was_answered ? CAPAN_PAIRS_UNREAD : CAPAN_PAIRS;
}

/* --- HTTP/2 and 3: by stream --- */

enum capan_stream_part capan_pair_stream(const struct capan_streams_asked *asked, int64_t stream, bool request,
                                         bool in_flight) {
    if (in_flight) return request ? CAPAN_STREAM_REPEATED : CAPAN_STREAM_GOES_ON;
    return asked && stream <= asked->highest[stream & 1] ? CAPAN_STREAM_IS_OVER : CAPAN_STREAM_BEGINS;
}

void capan_stream_asked(struct capan_streams_asked *asked, int64_t stream) {
    asked->highest[stream & 1] = stream;
}
