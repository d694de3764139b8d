/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "bytes.h"
#include "seqnum.h"
#include "stitching.h"

/* While the clocks are not known, or where they were set, neither capture is read further than so many packets ahead.
 */
enum { AHEAD_MAX = 4096, UNLIKE_MAX = 32 };

#define MEMORY_USUAL (UINT64_C(256) << 20)

/* What is kept at most by the usual memory; by less, or more, in proportion. */
static const struct stitch_limits usual = {
    .waiting = 1 << 17, .done = 1 << 14, .strands = 1 << 15, .seams = 1 << 12, .rows = 1 << 19, .verdicts = 1 << 16};

static size_t part_of(size_t limit, uint64_t memory) {
    enum { LEAST = 64 };
    return (size_t)max_u64(LEAST, memory / (MEMORY_USUAL / limit));
}

static struct stitch_limits limits_of(uint64_t memory) {
    return (struct stitch_limits){.waiting = part_of(usual.waiting, memory),
                                  .done = part_of(usual.done, memory),
                                  .strands = part_of(usual.strands, memory),
                                  .seams = part_of(usual.seams, memory),
                                  .rows = part_of(usual.rows, memory),
                                  .verdicts = part_of(usual.verdicts, memory)};
}

/* --- begin and end --- */

static bool begin_side(struct capan_stitch *stitch, enum capan_stitch_side which) {
    struct stitch_side *side = &stitch->side[which];
    const uint64_t seed = stitch->config.seed;
    capan_index_init(&side->exact, seed, &stitch->alloc);
    capan_index_init(&side->loose, seed, &stitch->alloc);
    capan_index_init(&side->strands, seed, &stitch->alloc);
    capan_index_init(&side->flows, seed, &stitch->alloc);
    capan_ages_init(&side->done);
    for (enum hint hint = 0; hint < HINTS; hint++) capan_index_init(&side->hints[hint], seed, &stitch->alloc);
    return capan_joined_begin(stitch, which);
}

struct capan_stitch *capan_stitch_new(const struct capan_stitch_config *config, const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_stitch *stitch = capan_new(alloc, sizeof *stitch);
    if (!stitch) return NULL;
    stitch->config = *config;
    stitch->alloc = *alloc;
    if (!stitch->config.memory) stitch->config.memory = MEMORY_USUAL;
    stitch->most = limits_of(stitch->config.memory);
    capan_ages_init(&stitch->seams);
    const bool a = begin_side(stitch, CAPAN_STITCH_A), b = begin_side(stitch, CAPAN_STITCH_B);
    if (a && b) return stitch;
    capan_stitch_free(stitch);
    return NULL;
}

static void free_sightings(struct capan_stitch *stitch, struct capan_ages *ages) {
    struct capan_indexed *at;
    while ((at = capan_ages_oldest(ages))) {
        struct sighting *sighting = (struct sighting *)at;
        at->newer->older = at->older;
        at->older->newer = at->newer;
        if (sighting->hints) capan_delete(&stitch->alloc, sighting->hints, sizeof *sighting->hints);
        capan_delete(&stitch->alloc, sighting, sizeof *sighting);
    }
}

static void free_strands(struct capan_stitch *stitch, struct capan_index *strands) {
    struct capan_indexed *at;
    while ((at = capan_index_oldest(strands))) {
        capan_index_remove(strands, at);
        capan_delete(&stitch->alloc, at, sizeof(struct strand));
    }
}

static void end_side(struct capan_stitch *stitch, enum capan_stitch_side which) {
    struct stitch_side *side = &stitch->side[which];
    free_sightings(stitch, &side->exact.ages);
    free_sightings(stitch, &side->done);
    free_strands(stitch, &side->strands);
    free_strands(stitch, &side->flows);
    for (enum hint hint = 0; hint < HINTS; hint++) capan_index_free(&side->hints[hint]);
    capan_index_free(&side->exact);
    capan_index_free(&side->loose);
    capan_index_free(&side->strands);
    capan_index_free(&side->flows);
    capan_joined_end(stitch, which);
}

void capan_stitch_free(struct capan_stitch *stitch) {
    if (!stitch) return;
    const struct capan_alloc alloc = stitch->alloc;
    end_side(stitch, CAPAN_STITCH_A);
    end_side(stitch, CAPAN_STITCH_B);
    for (struct capan_indexed *at; (at = capan_ages_oldest(&stitch->seams));) {
        at->newer->older = at->older;
        at->older->newer = at->newer;
        capan_delete(&alloc, at, sizeof(struct seam));
    }
    for (struct sighting *at = stitch->spare, *next; at; at = next) {
        next = at->after;
        capan_delete(&alloc, at, sizeof *at);
    }
    capan_delete(&alloc, stitch->rows, stitch->row_capacity * sizeof *stitch->rows);
    capan_self_free(stitch);
    capan_delete(&alloc, stitch, sizeof *stitch);
}

/* --- seams --- */

static void end_strand(struct capan_stitch *stitch, struct strand *strand) {
    while (strand->oldest) capan_fate_end(stitch, strand->oldest);
}

/* Datagrams that have all been held against each other are done with. */
static bool may_go_on(const struct seam *seam) {
    const struct strand *a = seam->of[CAPAN_STITCH_A], *b = seam->of[CAPAN_STITCH_B];
    return a->protocol == CAPAN_STITCH_TCP || a->waiting || b->waiting;
}

/* Many at once: the clock is fitted once for all of them. */
static void make_room(struct capan_stitch *stitch) {
    const size_t end = stitch->most.seams / 4;
    if (stitch->seam_count < stitch->most.seams) return;
    struct capan_indexed *at = capan_ages_oldest(&stitch->seams);
    for (size_t i = 0; at && i < end; i++, at = capan_ages_newer(&stitch->seams, at)) {
        stitch->totals.given_up += may_go_on((struct seam *)at);
        end_strand(stitch, ((struct seam *)at)->of[CAPAN_STITCH_A]);
        end_strand(stitch, ((struct seam *)at)->of[CAPAN_STITCH_B]);
    }
    capan_rows_flush(stitch, true);
    for (size_t i = 0; i < end; i++) capan_seam_end(stitch, (struct seam *)capan_ages_oldest(&stitch->seams));
}

struct seam *capan_seam_new(struct capan_stitch *stitch, const struct sighting *one, const struct sighting *other) {
    const struct sighting *a = one->side == CAPAN_STITCH_A ? one : other, *b = a == one ? other : one;
    make_room(stitch);
    struct seam *seam = capan_new(&stitch->alloc, sizeof *seam);
    if (!seam) return NULL;
    seam->of[CAPAN_STITCH_A] = a->strand;
    seam->of[CAPAN_STITCH_B] = b->strand;
    seam->flip = a->direction != b->direction;
    seam->begin_ns = a->strand->first_ns;
    struct seam_way *way = &seam->way[a->direction], *back = &seam->way[!a->direction];
    way->shift = b->seq - a->seq;
    way->shift_known = true;
    if (a->flags & b->flags & CAPAN_TH_ACK) back->shift = b->ack - a->ack, back->shift_known = true;
    if (way->shift || back->shift) seam->rewrites |= UINT64_C(1) << CAPAN_STITCH_REWRITES_SEQUENCE;
    for (int i = 0; i < 2; i++) seam->way[i].window_scale[0] = seam->way[i].window_scale[1] = -1;
    seam->ages.newer = seam->ages.older = &seam->ages;
    capan_ages_renew(&stitch->seams, &seam->ages);
    stitch->seam_count++;
    a->strand->seam = b->strand->seam = seam;
    return seam;
}

static void delete_strand(struct capan_stitch *stitch, struct strand *strand) {
    capan_index_remove(strands_of(stitch, strand), &strand->in);
    capan_delete(&stitch->alloc, strand, sizeof *strand);
}

void capan_seam_end(struct capan_stitch *stitch, struct seam *seam) {
    end_strand(stitch, seam->of[CAPAN_STITCH_A]);
    end_strand(stitch, seam->of[CAPAN_STITCH_B]);
    capan_rows_flush(stitch, true);
    capan_account_report(stitch, seam);
    delete_strand(stitch, seam->of[CAPAN_STITCH_A]);
    delete_strand(stitch, seam->of[CAPAN_STITCH_B]);
    seam->ages.newer->older = seam->ages.older;
    seam->ages.older->newer = seam->ages.newer;
    stitch->seam_count--;
    capan_delete(&stitch->alloc, seam, sizeof *seam);
}

/* --- packets --- */

/* Both go on alike until they meet. Where so many have not met, one began much later: what it has is kept, and the
 * other one comes to it, if the clocks are as near to each other as most are. */
static enum capan_stitch_side unmet_next(const struct capan_stitch *stitch) {
    const struct stitch_side *a = &stitch->side[CAPAN_STITCH_A], *b = &stitch->side[CAPAN_STITCH_B];
    const size_t many = stitch->most.waiting / 2;
    const bool alike = a->packets < many || b->packets < many;
    const bool behind = alike ? b->packets < a->packets : b->now_ns < a->now_ns;
    return behind ? CAPAN_STITCH_B : CAPAN_STITCH_A;
}

/* The one whose time is behind, by what is known of the clocks. */
enum capan_stitch_side capan_stitch_next(const struct capan_stitch *stitch) {
    const struct stitch_side *a = &stitch->side[CAPAN_STITCH_A], *b = &stitch->side[CAPAN_STITCH_B];
    int64_t offset_ns;
    if (a->ended || b->ended) return a->ended ? CAPAN_STITCH_B : CAPAN_STITCH_A;
    if (!a->began || !b->began) return a->began ? CAPAN_STITCH_B : CAPAN_STITCH_A;
    if (stitch->run > AHEAD_MAX) return other_side((enum capan_stitch_side)stitch->run_side);
    if (!capan_clock_now(&stitch->bounds, &offset_ns, NULL)) return unmet_next(stitch);
    return b->now_ns - offset_ns < a->now_ns ? CAPAN_STITCH_B : CAPAN_STITCH_A;
}

static void skip(struct strand *strand, unsigned direction, struct seen_hole hole, int64_t time_ns) {
    strand->skipped[direction][strand->skipped_next[direction]++ % SKIPPED] = (struct skipped){hole, time_ns};
    capan_match_acked(strand, direction, hole, true);
}

/* Octets that were acknowledged before they were recorded, and not before they came by: the capture missed nothing, its
 * records are out of order. */
static void note_disorder(struct strand *strand, const struct sighting *sighting) {
    const struct seen_hole octets = {sighting->seq, sighting->seq + sighting->len};
    if (!sighting->len || !strand->seam) return;
    for (size_t i = 0; i < SKIPPED; i++) {
        const struct skipped *skipped = &strand->skipped[sighting->direction][i];
        if (skipped->time_ns && sighting->time_ns <= skipped->time_ns && capan_seq_lt(octets.from, skipped->hole.to) &&
            capan_seq_lt(skipped->hole.from, octets.to))
            capan_match_acked(strand, sighting->direction, octets, false);
    }
}

/* An acknowledgement of octets that this capture has not: it missed them. */
static void note_acked(struct strand *strand, const struct sighting *sighting) {
    const unsigned acked = !sighting->direction;
    struct seen_hole hole;
    const bool refuses = strand->has_syn[acked] && sighting->ack == strand->syn[acked] + 1;
    if (!(sighting->flags & CAPAN_TH_ACK) || ((sighting->flags & CAPAN_TH_RST) && !refuses)) return;
    if (!strand->has_acked[acked] || capan_seq_lt(strand->acked[acked], sighting->ack))
        strand->acked[acked] = sighting->ack;
    strand->has_acked[acked] = true;
    while (!(sighting->flags & CAPAN_TH_SYN) && capan_seen_skip(&strand->seen[acked], sighting->ack, &hole))
        if (strand->seam) skip(strand, acked, hole, sighting->time_ns);
}

static bool is_fresh(const struct strand *strand, const struct sighting *sighting) {
    const unsigned acked = !sighting->direction;
    return (sighting->flags & CAPAN_TH_ACK) &&
           (!strand->has_acked[acked] || capan_seq_lt(strand->acked[acked], sighting->ack));
}

static void note_octets(struct strand *strand, struct sighting *sighting) {
    const uint32_t from = sighting->seq + !!(sighting->flags & CAPAN_TH_SYN);
    struct seen *seen = &strand->seen[sighting->direction];
    if (sighting->len > strand->longest[sighting->direction]) strand->longest[sighting->direction] = sighting->len;
    const bool fin = sighting->flags & CAPAN_TH_FIN;
    if (capan_seen_add(seen, from, from + sighting->len)) sighting->again = true;
    sighting->answered = (sighting->again || fin) && strand->has_acked[sighting->direction] &&
                         !capan_seq_lt(strand->acked[sighting->direction], from + sighting->len + fin);
}

static bool read_packet(struct sighting *sighting, const struct capan_packet *packet) {
    struct capan_tcp_header header;
    if (!capan_tcp_header_parse(&header, packet)) return false;
    capan_sighting_read(sighting, packet, &header);
    return true;
}

static void begin(struct capan_stitch *stitch, enum capan_stitch_side which, const struct capan_packet *packet) {
    struct stitch_side *side = &stitch->side[which];
    stitch->run = which == stitch->run_side ? stitch->run + 1 : 1;
    stitch->run_side = (uint8_t)which;
    if (!side->began) side->first_ns = packet->time_ns;
    side->began = true;
    side->now_ns = packet->time_ns;
    side->packets++;
}

/* Its connection's number, as its own analysis has it. */
static enum capan_result analyse(struct stitch_side *side, const struct capan_packet *packet, uint32_t *stream) {
    uint64_t serial;
    const enum capan_result result = capan_analysis_segment(side->analysis, packet, CAPAN_STREAM_AUTO, &serial);
    if (result != CAPAN_OK) return result;
    const struct capan_segment *segment = capan_analysis_pending(side->analysis, serial, NULL);
    *stream = segment ? segment->stream : 0;
    return CAPAN_OK;
}

/* It is held against the other capture, and waits where its twin is not there. */
static enum capan_result hold(struct capan_stitch *stitch, const struct sighting *read) {
    struct strand *strand = read->strand;
    struct sighting *sighting = capan_match_new(stitch, read);
    if (!sighting) return CAPAN_NO_MEMORY;
    strand->packets++;
    if (!strand->seam) {
        capan_match_place(stitch, sighting);
        capan_meet(stitch, sighting);
    } else {
        capan_ages_renew(&stitch->seams, &strand->seam->ages);
        if (!capan_match(stitch, sighting)) capan_match_place(stitch, sighting);
    }
    if (strand->seam && strand->seam->learned) capan_meet_again(stitch, strand->seam);
    return CAPAN_OK;
}

static void go_on(struct capan_stitch *stitch) {
    if (stitch->unlike > UNLIKE_MAX && !stitch->alike && !stitch->lenient) capan_meet_leniently(stitch);
    capan_fate_expire(stitch, CAPAN_STITCH_A);
    capan_fate_expire(stitch, CAPAN_STITCH_B);
}

static enum capan_result take(struct capan_stitch *stitch, enum capan_stitch_side which,
                              const struct capan_packet *packet, struct sighting *read) {
    struct stitch_side *side = &stitch->side[which];
    uint32_t stream = 0;
    begin(stitch, which, packet);
    if (analyse(side, packet, &stream) != CAPAN_OK) return CAPAN_NO_MEMORY;
    read->side = (uint8_t)which;
    struct strand *strand = capan_strand_of(stitch, which, packet, read, stream);
    if (!strand) return CAPAN_NO_MEMORY;
    read->strand = strand;
    note_octets(strand, read);
    read->fresh = is_fresh(strand, read);
    note_disorder(strand, read);
    if (hold(stitch, read) != CAPAN_OK) return CAPAN_NO_MEMORY;
    note_acked(strand, read);
    go_on(stitch);
    return CAPAN_OK;
}

enum capan_result capan_stitch_packet(struct capan_stitch *stitch, enum capan_stitch_side which,
                                      const struct capan_packet *packet) {
    struct sighting read;
    if (!read_packet(&read, packet)) return CAPAN_OK;
    return take(stitch, which, packet, &read);
}

enum capan_result capan_stitch_self(struct capan_stitch *stitch, const struct capan_packet *packet) {
    struct sighting read;
    if (!read_packet(&read, packet)) return CAPAN_OK;
    return take(stitch, capan_self_side(stitch, &read, packet), packet, &read);
}

static enum capan_result take_datagram(struct capan_stitch *stitch, enum capan_stitch_side which,
                                       const struct capan_packet *packet, const struct capan_endpoint ends[2],
                                       struct sighting *read) {
    begin(stitch, which, packet);
    stitch->side[which].datagrams++;
    read->side = (uint8_t)which;
    read->strand = capan_strand_of_datagram(stitch, which, packet, ends, read);
    if (!read->strand) return CAPAN_NO_MEMORY;
    const uint32_t looks = read->seq ^ read->content ^ read->window;
    read->again = read->strand->before[read->direction] == looks;
    read->strand->before[read->direction] = looks;
    if (hold(stitch, read) != CAPAN_OK) return CAPAN_NO_MEMORY;
    go_on(stitch);
    return CAPAN_OK;
}

enum capan_result capan_stitch_datagram(struct capan_stitch *stitch, enum capan_stitch_side which,
                                        const struct capan_packet *packet, enum capan_stitch_protocol protocol) {
    struct sighting read;
    struct capan_endpoint ends[2];
    if (!capan_datagram_read(&read, ends, packet, protocol)) return CAPAN_OK;
    return take_datagram(stitch, which, packet, ends, &read);
}

enum capan_result capan_stitch_self_datagram(struct capan_stitch *stitch, const struct capan_packet *packet,
                                             enum capan_stitch_protocol protocol) {
    struct sighting read;
    struct capan_endpoint ends[2];
    if (!capan_datagram_read(&read, ends, packet, protocol)) return CAPAN_OK;
    return take_datagram(stitch, capan_self_side(stitch, &read, packet), packet, ends, &read);
}

void capan_stitch_icmp(struct capan_stitch *stitch, enum capan_stitch_side which, const struct capan_packet *packet) {
    capan_analysis_icmp(stitch->side[which].analysis, packet);
}

void capan_stitch_end(struct capan_stitch *stitch, enum capan_stitch_side which) {
    if (!stitch->side[which].ended) capan_analysis_finish(stitch->side[which].analysis);
    stitch->side[which].ended = true;
}

/* --- the end --- */

static void report_clock(struct capan_stitch *stitch) {
    capan_clock_fit(&stitch->bounds, &stitch->clock);
    stitch->config.row(stitch->config.context,
                       &(struct capan_stitch_row){.row = CAPAN_STITCH_CLOCK, .clock = &stitch->clock});
}

static void decide_all(struct capan_stitch *stitch, enum capan_stitch_side which) {
    struct capan_index *exact = &stitch->side[which].exact;
    for (struct capan_indexed *at; (at = capan_index_oldest(exact));) capan_fate_end(stitch, (struct sighting *)at);
}

static void retire_all(struct capan_stitch *stitch, struct capan_index *strands) {
    for (struct capan_indexed *at; (at = capan_index_oldest(strands));)
        capan_strand_retire(stitch, (struct strand *)at);
}

void capan_stitch_finish(struct capan_stitch *stitch) {
    capan_stitch_end(stitch, CAPAN_STITCH_A);
    capan_stitch_end(stitch, CAPAN_STITCH_B);
    if (stitch->looks_unlike && !stitch->alike) capan_meet_leniently(stitch);
    for (struct capan_indexed *at = capan_ages_oldest(&stitch->seams); at; at = capan_ages_newer(&stitch->seams, at))
        capan_travel_settle(stitch, (struct seam *)at);
    decide_all(stitch, CAPAN_STITCH_A);
    decide_all(stitch, CAPAN_STITCH_B);
    report_clock(stitch);
    capan_rows_flush(stitch, true);
    for (int side = 0; side < CAPAN_STITCH_SIDES; side++) {
        retire_all(stitch, &stitch->side[side].strands);
        retire_all(stitch, &stitch->side[side].flows);
    }
    capan_account_totals(stitch);
}

void capan_stitch_count(const struct capan_stitch *stitch, struct capan_stitch_totals *totals) {
    *totals = stitch->totals;
}

const struct capan_stitch_clock *capan_stitch_clock(const struct capan_stitch *stitch) {
    return &stitch->clock;
}
