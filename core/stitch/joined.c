/* SPDX-License-Identifier: MIT */
/* Each capture's own verdicts beside what both together show. */
#include "stitching.h"

/* The verdict on a packet that is more than plain. */
struct verdict {
    struct capan_indexed in; /* the first member: by frame and sequence number */
    uint64_t flags;
    uint32_t frame, seq;
    uint8_t kind, cause, certainty;
};

struct joined {
    struct capan_stitch *stitch;
    enum capan_stitch_side side;
    struct capan_index verdicts;
};

/* --- what the captures say --- */

static uint64_t hash_of(const struct capan_index *index, uint32_t frame) {
    const uint64_t word = frame;
    return capan_hash(index->key, &word, sizeof word);
}

/* Sent again, and be it a SYN. */
static bool is_again(uint8_t kind) {
    return (capan_tcp_kind_traits[kind] & CAPAN_TRAIT_RESENT) || kind == CAPAN_KIND_SYN_RETRANSMIT ||
           kind == CAPAN_KIND_SYN_ACK_RETRANSMIT;
}

static bool is_telling(const struct capan_segment *segment) {
    return is_again(segment->kind) || segment->kind == CAPAN_KIND_DATA_LATE ||
           (segment->flags & capan_tcp_needless_flags);
}

static void drop_oldest(struct joined *joined) {
    struct capan_indexed *oldest = capan_index_oldest(&joined->verdicts);
    capan_index_remove(&joined->verdicts, oldest);
    capan_delete(&joined->stitch->alloc, oldest, sizeof(struct verdict));
}

static void on_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                       const struct capan_connection *connection) {
    struct joined *joined = context;
    (void)acks, (void)connection;
    if (!is_telling(segment)) return;
    struct verdict *verdict = capan_new(&joined->stitch->alloc, sizeof *verdict);
    if (!verdict) {
        joined->stitch->failed = true;
        return;
    }
    verdict->frame = segment->frame;
    verdict->seq = segment->raw_seq;
    verdict->flags = segment->flags;
    verdict->kind = segment->kind;
    verdict->cause = segment->cause;
    verdict->certainty = segment->certainty;
    capan_index_add(&joined->verdicts, &verdict->in, hash_of(&joined->verdicts, segment->frame));
    if (joined->verdicts.count > joined->stitch->most.verdicts) drop_oldest(joined);
}

static void on_connection(void *context, const struct capan_connection *connection) {
    struct joined *joined = context;
    struct strand *strand =
        capan_strand_find(joined->stitch, joined->side, &connection->client, &connection->server, connection->stream);
    if (!strand) return;
    strand->client = !same_end(&strand->ends[0], &connection->client);
    struct seam *seam = strand->seam;
    if (!seam) return;
    seam->summed[joined->side] = true;
    seam->vantage[joined->side] = connection->tcp.vantage;
    seam->limit[joined->side] = connection->tcp.limit;
}

bool capan_joined_begin(struct capan_stitch *stitch, enum capan_stitch_side side) {
    struct joined *joined = capan_new(&stitch->alloc, sizeof *joined);
    if (!joined) return false;
    const struct capan_config config = {
        .memory = stitch->config.memory / 4, .seed = stitch->config.seed, .no_http = true};
    const struct capan_sink sink = {.segment = on_segment, .connection = on_connection, .context = joined};
    joined->stitch = stitch;
    joined->side = side;
    capan_index_init(&joined->verdicts, stitch->config.seed, &stitch->alloc);
    stitch->side[side].joined = joined;
    stitch->side[side].analysis = capan_analysis_new(&config, &sink, &stitch->alloc);
    return stitch->side[side].analysis;
}

void capan_joined_end(struct capan_stitch *stitch, enum capan_stitch_side side) {
    struct joined *joined = stitch->side[side].joined;
    capan_analysis_free(stitch->side[side].analysis);
    if (!joined) return;
    while (joined->verdicts.count) drop_oldest(joined);
    capan_index_free(&joined->verdicts);
    capan_delete(&stitch->alloc, joined, sizeof *joined);
}

static const struct verdict *verdict_on(const struct capan_stitch *stitch, enum capan_stitch_side side,
                                        uint32_t frame) {
    const struct capan_index *verdicts = &stitch->side[side].joined->verdicts;
    const struct capan_indexed *at = frame ? capan_index_first(verdicts, hash_of(verdicts, frame)) : NULL;
    return (const struct verdict *)at;
}

/* --- what both show --- */

/* A packet that was sent again, or came late, with all that is known of it. */
struct both {
    const struct kept_row *row;
    const struct verdict *sent, *come; /* of the captures nearer to its sender and its receiver; NULL: plain */
    bool sent_again, come_again;       /* that capture had its octets before */
    bool was_lost;                     /* the copy before it was lost between, */
    uint32_t lost_frame;               /* in this frame of the sender's side */
    enum capan_stitch_side sender;
};

static bool is_needless(const struct verdict *verdict) {
    return verdict && (verdict->flags & capan_tcp_needless_flags);
}

static bool is_resent(const struct verdict *verdict) {
    return verdict && is_again(verdict->kind);
}

/* Its capture had all of it before. */
static bool is_twice(const struct verdict *verdict) {
    return verdict &&
           ((capan_tcp_kind_traits[verdict->kind] & CAPAN_TRAIT_TWICE) || verdict->kind == CAPAN_KIND_FIN_RETRANSMIT ||
            verdict->kind == CAPAN_KIND_SYN_RETRANSMIT || verdict->kind == CAPAN_KIND_SYN_ACK_RETRANSMIT);
}

static bool is_copy(const struct verdict *verdict) {
    return verdict && verdict->kind == CAPAN_KIND_DUPLICATE_PACKET;
}

static bool is_certain(const struct verdict *verdict) {
    return verdict && verdict->certainty == CAPAN_CERTAIN;
}

static enum capan_stitch_death death_of(const struct both *both) {
    if (both->was_lost) return CAPAN_STITCH_DIED_BETWEEN;
    if (is_needless(both->sent) || is_needless(both->come) || both->row->answered_a || both->row->answered_b)
        return CAPAN_STITCH_DIED_NOWHERE;
    if (!both->sent_again) return CAPAN_STITCH_DIED_BEFORE;
    return both->come_again ? CAPAN_STITCH_DIED_BEHIND : CAPAN_STITCH_DIED_UNKNOWN;
}

static void report_verdict(struct capan_stitch *stitch, const struct both *both, struct capan_stitch_row *row) {
    struct capan_stitch_way *account = &both->row->seam->way[both->row->direction].account;
    const struct verdict *said = is_resent(both->sent) || !is_resent(both->come) ? both->sent : both->come;
    row->row = CAPAN_STITCH_VERDICT;
    row->lost_frame = both->lost_frame;
    row->died = (uint8_t)death_of(both);
    row->kind = said ? said->kind : CAPAN_KIND_RETRANSMIT_UNCLEAR;
    row->cause = said ? said->cause : CAPAN_CAUSE_NONE;
    row->certainty = row->died == CAPAN_STITCH_DIED_BETWEEN   ? CAPAN_CERTAIN
                     : row->died == CAPAN_STITCH_DIED_UNKNOWN ? CAPAN_AMBIGUOUS
                     : said                                   ? said->certainty
                                                              : CAPAN_LIKELY;
    account->resent++;
    account->died[row->died]++;
    stitch->config.row(stitch->config.context, row);
}

static void contradict(struct capan_stitch *stitch, const struct both *both, struct capan_stitch_row *row,
                       enum capan_stitch_contradiction what, bool at_sender) {
    row->row = CAPAN_STITCH_CONTRADICTION;
    row->contradiction = (uint8_t)what;
    row->said_by = (uint8_t)(at_sender ? both->sender : other_side(both->sender));
    row->certainty = CAPAN_CERTAIN;
    stitch->totals.contradictions++;
    stitch->config.row(stitch->config.context, row);
}

static void report_contradictions(struct capan_stitch *stitch, const struct both *both, struct capan_stitch_row *row) {
    const bool sent_needless = is_needless(both->sent) && is_certain(both->sent);
    const bool come_needless = is_needless(both->come) && is_certain(both->come);
    const bool first = !both->sent_again && !is_resent(both->sent) && !both->was_lost;
    if (both->was_lost && !both->come_again && (sent_needless || come_needless))
        contradict(stitch, both, row, CAPAN_STITCH_SAYS_NEEDLESS_BUT_LOST, sent_needless);
    if (first && is_certain(both->come) && both->come->kind == CAPAN_KIND_DATA_RECOVERED)
        contradict(stitch, both, row, CAPAN_STITCH_SAYS_NEEDED_BUT_PASSED, false);
    if (both->was_lost && is_certain(both->come) && both->come->kind == CAPAN_KIND_DATA_LATE)
        contradict(stitch, both, row, CAPAN_STITCH_SAYS_LATE_BUT_RESENT, false);
    if (both->sent_again && !is_copy(both->sent) && is_copy(both->come) && is_certain(both->come))
        contradict(stitch, both, row, CAPAN_STITCH_SAYS_COPIED_BUT_RESENT, false);
}

/* What the network copied: its sender's capture has it once. */
static void report_copy(struct capan_stitch *stitch, const struct both *both, struct capan_stitch_row *row) {
    if (is_resent(both->come) && !is_copy(both->come) && is_certain(both->come))
        contradict(stitch, both, row, CAPAN_STITCH_SAYS_RESENT_BUT_COPIED, false);
}

/* Octets of which no copy has arrived are remembered with their last one; the next that arrives ends that. What was
 * sent again, and whose copy before was not lost, is no loss that matters. */
static bool follow_losses(const struct kept_row *row, const struct both *both, uint32_t *lost_frame) {
    struct lost *lost = &row->seam->way[row->direction].lost;
    const uint32_t to = row->seq + row->span;
    if (row->fate != CAPAN_STITCH_LOST && row->fate != CAPAN_STITCH_PASSED) return false;
    const bool was_lost = capan_lost_take(lost, row->seq, to, lost_frame);
    if (row->fate == CAPAN_STITCH_LOST && (was_lost || !both->sent_again))
        capan_lost_add(lost, row->seq, to, both->sender == CAPAN_STITCH_A ? row->a_frame : row->b_frame);
    return was_lost;
}

static struct both both_of(const struct capan_stitch *stitch, const struct kept_row *kept) {
    const int from_a = kept->seam->way[kept->direction].from_a;
    const struct verdict *on_a = verdict_on(stitch, CAPAN_STITCH_A, kept->a_frame);
    const struct verdict *on_b = verdict_on(stitch, CAPAN_STITCH_B, kept->b_frame);
    const bool again_a = kept->again_a || is_twice(on_a), again_b = kept->again_b || is_twice(on_b);
    return (struct both){.row = kept,
                         .sent = from_a > 0 ? on_a : on_b,
                         .come = from_a > 0 ? on_b : on_a,
                         .sent_again = from_a > 0 ? again_a : again_b,
                         .come_again = from_a > 0 ? again_b : again_a,
                         .sender = from_a > 0 ? CAPAN_STITCH_A : CAPAN_STITCH_B};
}

bool capan_joined_refused(const struct capan_stitch *stitch, const struct kept_row *kept) {
    const struct seam *seam = kept->seam;
    const int from_a = seam->way[kept->direction].from_a;
    const bool again = kept->again_a && kept->again_b && kept->span == kept->len;
    if (!from_a || !again || kept->fate != CAPAN_STITCH_PASSED) return false;
    const enum capan_stitch_side there = from_a > 0 ? CAPAN_STITCH_B : CAPAN_STITCH_A;
    const bool by_client = kept->direction == seam->of[CAPAN_STITCH_A]->client;
    if (seam->vantage[there] != (by_client ? CAPAN_VANTAGE_SERVER : CAPAN_VANTAGE_CLIENT)) return false;
    const struct both both = both_of(stitch, kept);
    return death_of(&both) == CAPAN_STITCH_DIED_BEHIND && is_resent(both.come) && is_resent(both.sent);
}

static struct capan_stitch_own own_of(const struct verdict *verdict) {
    return verdict ? (struct capan_stitch_own){true, verdict->kind, verdict->certainty, is_needless(verdict)}
                   : (struct capan_stitch_own){.there = false};
}

void capan_joined_packet(struct capan_stitch *stitch, const struct kept_row *kept, struct capan_stitch_row *row) {
    if (!kept->seam->way[kept->direction].from_a || !kept->span) return;
    struct both both = both_of(stitch, kept);
    both.was_lost = follow_losses(kept, &both, &both.lost_frame);
    row->own[both.sender] = own_of(both.sent);
    row->own[other_side(both.sender)] = own_of(both.come);
    const bool here = both.sender == CAPAN_STITCH_A ? kept->a_frame : kept->b_frame;
    if (kept->fate == CAPAN_STITCH_DUPLICATED || kept->fate == CAPAN_STITCH_DUPLICATED_BACK)
        report_copy(stitch, &both, row);
    if (!here || kept->fate == CAPAN_STITCH_COPIED) return;
    if (both.sent_again || is_resent(both.sent)) report_verdict(stitch, &both, row);
    report_contradictions(stitch, &both, row);
}
